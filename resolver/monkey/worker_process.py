"""One process that probes, seen from the run: what goes to it, what comes from it, and its end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time

import msgspec

from analyzers.undecodable import UNDECODABLE
from resolver.monkey.executor import Assignment, Done, not_known
from resolver.monkey.recipes import Recipe
from resolver.portfolio.child import importable

GRACE_S = 10.0
"""So long a process may take to clear up when it is ended."""
_START = (
    "import sys; sys.path += [p for p in sys.argv[1:] if p not in sys.path]; "
    "from resolver.monkey.worker import main; main()"
)


class WorkerProcess:
    """A fresh, isolated interpreter with a prober of its own; see `resolver.portfolio.child`.

    Attributes:
        assignment: what it is at; None while it waits.
        is_alive: whether it takes further ones.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.assignment: Assignment | None = None
        self.is_alive = True
        self._began_s = 0.0
        self._buffer = b""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  # closed by `end`
        flags = ["-I", *(["-B"] if sys.dont_write_bytecode else [])]
        self._process = subprocess.Popen(
            [sys.executable, *flags, "-c", _START, *importable()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            start_new_session=True,  # an interrupt is for this process, which then ends that one
        )
        self._tell(recipe)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def fileno(self) -> int:
        """Of what comes from it."""
        assert self._process.stdout is not None
        return self._process.stdout.fileno()

    def assign(self, assignment: Assignment) -> None:
        """Have it probe a stack."""
        self.assignment, self._began_s = assignment, time.monotonic()
        self._tell(assignment)

    def busy_s(self) -> float:
        """How long it has been at it."""
        return time.monotonic() - self._began_s if self.assignment is not None else 0.0

    def receive(self) -> Done | None:
        """What came of the assignment, also where the process has ended; None before."""
        received = os.read(self.fileno(), 1 << 20)
        if not received:
            return self._died()
        self._buffer += received
        if not self._buffer.endswith(b"\n"):
            return None
        line, self._buffer = self._buffer, b""
        try:
            done = msgspec.json.decode(line, type=Done)
        except UNDECODABLE as error:
            return self.give_up("bad-answer", str(error))
        self.assignment = None
        return done

    def give_up(self, error: str, message: str) -> Done | None:
        """End the process; what is to be said of its assignment, if it had one."""
        assignment, self.assignment = self.assignment, None
        taken = round(time.monotonic() - self._began_s, 3)
        self.end()
        if assignment is None:
            return None
        return Done(
            id=assignment.id, result=not_known(error, message), wall_s=taken, worker=f"process {self.pid}"
        )

    def end(self) -> None:
        """End the process: it is let clear up, for a while."""
        self.is_alive = False
        for stream in (self._process.stdin,):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        try:
            self._process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._log.close()

    def _died(self) -> Done | None:
        code = self._process.wait()
        told = self._last_words()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return self.give_up("worker-died", f"the process that probed it ended with {how}{told}")

    def _last_words(self) -> str:
        size = self._log.seek(0, os.SEEK_END)
        self._log.seek(max(0, size - 4096))
        told = self._log.read().decode("utf-8", "replace").strip().splitlines()
        return f": {told[-1][:200]}" if told else ""

    def _tell(self, message: Recipe | Assignment) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # its end is seen where its answer is awaited
            self._process.stdin.write(msgspec.json.encode(message) + b"\n")
            self._process.stdin.flush()
