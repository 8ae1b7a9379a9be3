"""Work shared out among forks of this process: each knows all that it knows, and sends back what it found.

Linking asks much of all files for each of them, so that forks are given it for nothing. What they send is
unpickled, which is safe only because they are this program.
"""

from __future__ import annotations

import bisect
import contextlib
import itertools
import os
import pickle
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Generic, NoReturn, TypeVar

Found = TypeVar("Found")
Work = Callable[[slice], Found]

_WORTHWHILE = 1 << 19
"""Below this much work a fork would take longer than it spares."""


def shared_out(work: Work[Found], weights: Sequence[int], jobs: int) -> list[Found]:
    """What work finds in each of a few ranges that make up the whole, in their order.

    Args:
        work: on the things in a range of their numbers, wherever it runs.
        weights: how much work each thing is, in bytes.
        jobs: processes at the most; with 1, for little work, or where no process can fork, it is this one.
    """
    is_shared = jobs > 1 and sum(weights) > _WORTHWHILE and hasattr(os, "fork") and _has_one_thread()
    shares = list(_shares(weights, jobs if is_shared else 1))
    forks: list[_Fork[Found]] = []
    try:
        for share in shares[1:]:
            forks.append(_Fork(work, share))  # noqa: PERF401  # should one fail, those before it are ended
        return [work(shares[0]), *(fork.found() for fork in forks)]
    finally:
        for fork in forks:
            fork.end()


def _has_one_thread() -> bool:
    """Whether no other thread may hold a lock, which a fork would copy, closed for ever."""
    try:
        # Here stand those too that the interpreter did not start.
        return sum(1 for _ in Path("/proc/self/task").iterdir()) == 1
    except OSError:
        return threading.active_count() == 1


def _shares(weights: Sequence[int], jobs: int) -> Iterator[slice]:
    """As many ranges of about the same weight, or fewer where some would be empty."""
    ends = list(itertools.accumulate(weights))
    start = 0
    for number in range(1, jobs):
        end = min(bisect.bisect_left(ends, ends[-1] * number / jobs, start) + 1, len(ends))
        if start < end < len(ends):
            yield slice(start, end)
            start = end
    yield slice(start, len(ends))


class _Fork(Generic[Found]):
    """A fork that works on one range; should it die, or never be, this process does its work."""

    def __init__(self, work: Work[Found], share: slice) -> None:
        self._work, self._share = work, share
        self._process = 0
        self._reads, writes = os.pipe()
        try:
            process = os.fork()
            if process == 0:
                _serve(writes, work, share)
            self._process = process
        except OSError:
            pass  # the system has no room for another process
        finally:
            os.close(writes)

    def found(self) -> Found:
        """What it found, as soon as it has."""
        with os.fdopen(os.dup(self._reads), "rb") as pipe:
            data = pipe.read()
        if not self._process or self._waited() != 0:
            return self._work(self._share)
        found: Found = pickle.loads(data)
        return found

    def end(self) -> None:
        """End it, whatever it is doing."""
        if self._process:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process, signal.SIGKILL)
            self._waited()
        os.close(self._reads)

    def _waited(self) -> int:
        """Its exit code, once it has ended."""
        process, self._process = self._process, 0
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def _serve(writes: int, work: Work[Found], share: slice) -> NoReturn:
    """Work in the fork, which must never get back to where its parent goes on."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever waits for the result
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        data = pickle.dumps(work(share), pickle.HIGHEST_PROTOCOL)
        with os.fdopen(writes, "wb") as pipe:
            pipe.write(data)
        code = 0
    finally:
        os._exit(code)
