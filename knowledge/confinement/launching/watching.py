"""Follows a confined program to its end: its processes, their memory, and the time."""

from __future__ import annotations

import contextlib
import os
import re
import resource
import select
import signal
import time

from knowledge.confinement.launching import system_calls as calls
from knowledge.confinement.launching.orders import Order, Told

_INTERVAL_S = 0.1
_FIELDS = re.compile(rb"^(RssAnon|RssShmem|Threads):\s+(\d+)", re.MULTILINE)
_SHARE = re.compile(rb"^(Pss):\s+(\d+)", re.MULTILINE)
_AVAILABLE = re.compile(rb"^Mem(Total|Available):\s+(\d+)", re.MULTILINE)
_LEAST_AVAILABLE = 0.03
"""Of the memory of the machine: a program that takes more than it is seen to take is ended before that."""


class Watch:
    """What is known of the processes of one run.

    Args:
        order: what runs.
        is_alone: whether every process that can be seen belongs to it.
    """

    def __init__(self, order: Order, *, is_alone: bool) -> None:
        self._order, self._is_alone = order, is_alone
        self.most_processes = 1

    def fault(self, main: int) -> str:
        """The limit that is passed; empty for none."""
        pids = self._pids(main)
        used, threads = 0, 0
        for pid in pids:
            fields = _fields(f"/proc/{pid}/status", _FIELDS)
            used += (fields.get(b"RssAnon", 0) + fields.get(b"RssShmem", 0)) << 10
            threads += fields.get(b"Threads", 0)
        self.most_processes = max(self.most_processes, threads)
        if threads > self._order["processes"]:
            return "processes"
        if used > self._order["memory_bytes"]:  # pages that several share were counted for each
            exact = sum(_fields(f"/proc/{pid}/smaps_rollup", _SHARE).get(b"Pss", 0) for pid in pids)
            if exact << 10 > self._order["memory_bytes"]:
                return "memory"
        machine = _fields("/proc/meminfo", _AVAILABLE)
        if machine.get(b"Available", 1) < _LEAST_AVAILABLE * machine.get(b"Total", 1):
            return "memory of the machine"
        return ""

    def _pids(self, main: int) -> list[int]:
        found = _running()
        if self._is_alone:
            return [pid for pid in found if pid != 1]
        return descendants(os.getpid(), found)


def _running() -> list[int]:
    try:
        return [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:  # of another system than Linux
        return []


def descendants(of: int, among: list[int]) -> list[int]:
    """Processes that were started by one, by those and so on."""
    parents = {}
    for pid in among:
        with contextlib.suppress(OSError, ValueError, IndexError), open(f"/proc/{pid}/stat", "rb") as file:
            parents[pid] = int(file.read(4096).rpartition(b")")[2].split()[1])
    children: dict[int, list[int]] = {}
    for pid, parent in parents.items():
        children.setdefault(parent, []).append(pid)
    found: list[int] = []
    pending = [of]
    while pending:
        more = children.pop(pending.pop(), [])
        found += more
        pending += more
    return found


def _fields(path: str, pattern: re.Pattern[bytes]) -> dict[bytes, int]:
    try:
        with open(path, "rb") as file:
            return {name: int(value) for name, value in pattern.findall(file.read(1 << 16))}
    except OSError:  # it has just ended
        return {}


def follow(main: int, order: Order, asked: int, watch: Watch) -> Told:
    """Wait until a program ends, or has to be ended.

    Args:
        main: its process, a child of this one.
        order: what it may cost.
        asked: a descriptor at whose end the run shall end.
        watch: of its processes.
    """
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    began = time.monotonic()
    told = Told(code=None, stopped="", error="", wall_s=0.0, memory_bytes=0, most_processes=1)
    while True:
        code = _reaped(main)
        told["wall_s"] = time.monotonic() - began
        if code is not None:
            told["code"] = code
            break
        if told["wall_s"] > order["wall_s"]:
            told["stopped"] = "time"
            break
        told["stopped"] = watch.fault(main)
        if told["stopped"]:
            break
        left = order["wall_s"] - told["wall_s"] + 0.001
        ready, _, _ = select.select([wake, asked], [], [], min(_INTERVAL_S, left))
        if wake in ready:
            os.read(wake, 4096)
        if asked in ready:
            told["stopped"] = "asked"
            break
    signal.set_wakeup_fd(-1)
    told["memory_bytes"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    told["most_processes"] = watch.most_processes
    return told


def _reaped(main: int) -> int | None:
    """The end of the program, if it has ended; those that it left behind are buried as they end."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == main:
            code = os.waitstatus_to_exitcode(status)


def end_all(user: int | None) -> None:
    """End every descendant; where a namespace ends them with its first process this is not needed.

    Args:
        user: whose processes all belong to the run; None where that user has others too.
    """
    if user is not None:
        killer = os.fork()
        if killer == 0:
            with contextlib.suppress(OSError):
                os.setresuid(user, user, user)
                os.kill(-1, signal.SIGKILL)
            os._exit(0)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(killer, 0)
    for _ in range(100):
        pids = descendants(os.getpid(), _running())
        for pid in pids:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        _reaped(-1)
        if not pids:
            break
        time.sleep(0.01)


def adopt() -> None:
    """See to it that no descendant gets away."""
    with contextlib.suppress(OSError):
        calls.adopt_orphans()
