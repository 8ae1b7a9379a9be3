"""A process that probes: assignments come in as lines of JSON, what came of them goes out likewise.

It ends when its input does, also in the middle of a probe: SIGTERM then lets the prober clear up behind it.
Nothing but the messages goes to standard output.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import time
from typing import BinaryIO, NoReturn

import msgspec

from knowledge.probing.records import Prober
from resolver.monkey.executor import Assignment, Done, not_known
from resolver.monkey.recipes import Recipe


def main() -> None:
    """Serve whoever started this process."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    signal.signal(signal.SIGTERM, _end)
    orders: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    first = sys.stdin.buffer.readline()
    threading.Thread(target=_hear, args=(sys.stdin.buffer, orders), daemon=True).start()
    prober = msgspec.json.decode(first, type=Recipe).prober()
    decode = msgspec.json.Decoder(Assignment).decode
    while line := orders.get():
        answers.write(msgspec.json.encode(probed(prober, decode(line))) + b"\n")
        answers.flush()


def probed(prober: Prober, assignment: Assignment, worker: str = "") -> Done:
    """What comes of one assignment."""
    began = time.monotonic()
    try:
        result = prober.probe(assignment.task)
    except (OSError, MemoryError) as error:
        result = not_known(type(error).__name__, str(error))
    taken = round(time.monotonic() - began, 3)
    return Done(id=assignment.id, result=result, wall_s=taken, worker=worker or f"process {os.getpid()}")


def _hear(orders: BinaryIO, heard: queue.SimpleQueue[bytes]) -> None:
    for line in orders:
        heard.put(line)
    heard.put(b"")
    os.kill(os.getpid(), signal.SIGTERM)


def _end(number: int, frame: object) -> NoReturn:
    signal.signal(number, signal.SIG_IGN)
    raise SystemExit(128 + number)
