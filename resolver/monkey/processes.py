"""Probes on this machine: a few processes, each with a prober of its own.

A process that dies leaves its probe as not known and is replaced; one that takes longer than anything a
prober allows is ended. Where processes die again and again before they have done anything, it is no use.
"""

from __future__ import annotations

import selectors
from collections.abc import Iterable, Iterator

from resolver.monkey.executor import Assignment, Done
from resolver.monkey.recipes import Recipe
from resolver.monkey.worker_process import WorkerProcess

TICK_S = 1.0


class Processes:
    """Implements `resolver.monkey.executor.Executor`.

    Args:
        jobs: processes.
        recipe: of their probers.
        deadline_s: a probe that takes longer is given up.
    """

    def __init__(self, jobs: int, recipe: Recipe, deadline_s: float) -> None:
        self._jobs, self._recipe, self._deadline_s = jobs, recipe, deadline_s
        self._workers: list[WorkerProcess] = []

    @property
    def pids(self) -> list[int]:
        """The processes that are there."""
        return [worker.pid for worker in self._workers]

    def run(self, assignments: Iterable[Assignment]) -> Iterator[Done]:
        """See `Executor`."""
        waiting = iter(assignments)
        is_over = False
        try:
            while True:
                while not is_over and (idle := self._idle()) is not None:
                    following = next(waiting, None)
                    if following is None:
                        is_over = True
                    else:
                        idle.assign(following)
                if not any(worker.assignment for worker in self._workers):
                    return
                yield from self._awaited()
        finally:
            for worker in self._workers:
                worker.end()
            self._workers.clear()

    def _idle(self) -> WorkerProcess | None:
        idle = next((worker for worker in self._workers if worker.assignment is None), None)
        if idle is None and len(self._workers) < self._jobs:
            idle = WorkerProcess(self._recipe)
            self._workers.append(idle)
        return idle

    def _awaited(self) -> Iterator[Done]:
        """What has come of what is under way, as soon as anything has."""
        with selectors.DefaultSelector() as selector:
            for worker in self._workers:
                if worker.assignment is not None:
                    selector.register(worker, selectors.EVENT_READ, worker)
            ready = [key.data for key, _ in selector.select(TICK_S)]
        for worker in ready:
            done = worker.receive()
            if done is not None:
                yield done
        for worker in self._workers:
            if worker.busy_s() > self._deadline_s:
                done = worker.give_up("timeout", f"nothing came of it in {self._deadline_s:g} s")
                if done is not None:
                    yield done
        self._workers = [worker for worker in self._workers if worker.is_alive]
