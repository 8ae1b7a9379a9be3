"""One process that probes, seen from the run: what goes to it, what comes from it, and its end."""

from __future__ import annotations

import contextlib
import signal
import time

import msgspec

from analyzers.undecodable import UNDECODABLE
from resolver.monkey.executor import Assignment, Done, not_known
from resolver.monkey.recipes import Recipe
from resolver.search.isolated_process import IsolatedProcess

GRACE_S = 10.0
"""So long a process may take to clear up when it is ended."""


class WorkerProcess:
    """A fresh interpreter with a prober of its own; see `resolver.search.isolated_process`.

    Attributes:
        assignment: what it is at; None while it waits.
        is_alive: whether it takes further ones.
    """

    def __init__(self, recipe: Recipe) -> None:
        self.assignment: Assignment | None = None
        self.is_alive = True
        self._began_s = 0.0
        self._process = IsolatedProcess("resolver.monkey.worker")
        self._tell(recipe)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def fileno(self) -> int:
        """Of what comes from it."""
        return self._process.fileno()

    def assign(self, assignment: Assignment) -> None:
        """Have it probe a stack."""
        self.assignment, self._began_s = assignment, time.monotonic()
        self._tell(assignment)

    def busy_s(self) -> float:
        """How long it has been at it."""
        return time.monotonic() - self._began_s if self.assignment is not None else 0.0

    def receive(self) -> Done | None:
        """What came of the assignment, also where the process has ended; None before."""
        line = self._process.receive()
        if line is None:
            return None
        if not line:
            return self._died()
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
        self._process.close(GRACE_S)

    def _died(self) -> Done | None:
        code = self._process.wait()
        words = self._process.last_words()
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        told = f": {words}" if words else ""
        return self.give_up("worker-died", f"the process that probed it ended with {how}{told}")

    def _tell(self, message: Recipe | Assignment) -> None:
        with contextlib.suppress(BrokenPipeError):  # its end is seen where its answer is awaited
            self._process.send(msgspec.json.encode(message))
