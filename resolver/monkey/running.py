"""Works a plan off: has probed what has no result yet, writes each down, and adds stacks that isolate."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing

from resolver.monkey.blaming import Blame, blamed
from resolver.monkey.cleaning import cleaned
from resolver.monkey.executor import Assignment, Done, Executor
from resolver.monkey.journal import Journal, StackResult
from resolver.monkey.kinds import Outcome
from resolver.monkey.plan import Plan, PlannedStack, stack_id
from resolver.monkey.shrinking import Shrunk, shrunk
from resolver.monkey.terrain import Terrain

SHRINK_AT_ONCE = 8
"""Stacks that are added before it is looked at again what is to blame."""

Tell = Callable[[int, int, StackResult | None], None]
"""Hears how many stacks have a result, of how many, and the latest; None before there is one."""


class Run:
    """One run in a directory, from wherever an earlier one ended.

    Args:
        journal: has a plan.
        now: RFC 3339.

    Attributes:
        plan: as it is now.
        results: what is known so far, by id.
    """

    def __init__(
        self, journal: Journal, terrain: Terrain, executor: Executor, now: Callable[[], str], tell: Tell
    ) -> None:
        self._journal, self._terrain, self._executor = journal, terrain, executor
        self._now, self._tell = now, tell
        self.plan = journal.plan()
        self.results: dict[str, StackResult] = dict(journal.results(one.id for one in self.plan.stacks))

    @property
    def retried(self) -> int:
        """How many stacks have a result that says nothing of them."""
        return sum(not result.is_known for result in self.results.values())

    @property
    def open(self) -> list[PlannedStack]:
        """What is to be probed: what has no result, and what is not known."""
        results = self.results
        return [one for one in self.plan.stacks if one.id not in results or not results[one.id].is_known]

    def outcomes(self) -> list[Outcome]:
        """What came of the stacks, in the order of the plan."""
        return outcomes_of(self.plan, self.results)

    def blame(self) -> Blame:
        """See `resolver.monkey.blaming`."""
        return blamed(self.outcomes(), asking(self._terrain))

    def work(self) -> None:
        """Probe everything that is open, then isolate what failed.

        Raises:
            OSError: a result cannot be written; what was written before stays.
        """
        self._probe(self.open)
        while (left := self.plan.head.shrink - self._shrinks()) > 0:
            added = shrunk(self._terrain, self.blame(), self.outcomes(), min(left, SHRINK_AT_ONCE))
            if not added:
                return
            stacks = [self._planned(one) for one in added]
            self.plan = Plan(head=self.plan.head, stacks=(*self.plan.stacks, *stacks))
            self._journal.extend(self.plan)
            self._probe(stacks)

    def _shrinks(self) -> int:
        return sum(bool(one.shrinks) for one in self.plan.stacks)

    def _planned(self, one: Shrunk) -> PlannedStack:
        pins = self._terrain.pins(one.stack)
        return PlannedStack(
            id=stack_id(self.plan.head.demand.task(pins)), pins=pins, shrinks=one.origin, swapped=one.swapped
        )

    def _probe(self, stacks: list[PlannedStack]) -> None:
        demand = self.plan.head.demand
        assignments = [Assignment(id=one.id, task=demand.task(one.pins)) for one in stacks]
        self._tell_of(None)
        with closing(_iterator(self._executor, assignments)) as found:
            for done in found:
                before = self.results.get(done.id)
                result = StackResult(
                    id=done.id,
                    result=cleaned(done.result),
                    wall_s=done.wall_s,
                    worker=done.worker,
                    attempts=1 if before is None else before.attempts + 1,
                    created_at=self._now(),
                )
                self._journal.write(result)
                self.results[done.id] = result
                self._tell_of(result)

    def _tell_of(self, result: StackResult | None) -> None:
        self._tell(len(self.plan.stacks) - len(self.open), len(self.plan.stacks), result)


def outcomes_of(plan: Plan, results: Mapping[str, StackResult]) -> list[Outcome]:
    """What came of the stacks of a plan, in its order."""
    return [Outcome(one.id, one.releases, results[one.id].result) for one in plan.stacks if one.id in results]


def asking(terrain: Terrain) -> set[tuple[str, str]]:
    """Pairs of projects of which some release of the first asks for the second."""
    projects = terrain.instance.projects
    return {(one.name, projects[asking.ask.project].name) for one in projects for asking in one.asks}


def _iterator(executor: Executor, assignments: list[Assignment]) -> Generator[Done, None, None]:
    """One that can be closed, whatever the executor gives."""
    yield from executor.run(assignments)
