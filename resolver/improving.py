"""From the first stack to the best that a predictor reaches within the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing

import msgspec

from resolver.budget import Budget, StoppedBy
from resolver.predictors.protocol import Predictor
from resolver.score import Scorer
from resolver.search.explored import ExploredLandscape
from resolver.search.search import Search
from resolver.search.walk import Walk
from resolver.stack import Stack
from resolver.universe import Universe

AROUND = 5
"""Releases of each project that are tried beside the best stack where several stacks are asked for."""

Judged = Callable[[Mapping[str, int]], Stack | None]
"""The stack that holds these releases, where propagation and strides let it."""


class Improved(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        stack: the best one.
        others: the next best, with their scores, best first.
    """

    stack: Stack
    score: int
    stopped_by: StoppedBy
    others: tuple[tuple[Stack, int], ...] = ()


class Improvement:
    """One search of a run.

    Args:
        universe: its propagation stands without decisions, here and whenever `judged` returns.
        scorer: of the run.
        budget: of the run.
        judged: see `Judged`.
        elapsed_s: seconds of the run.
        first: a stack that stands.
        bound: no stack scores better.
    """

    def __init__(
        self,
        universe: Universe,
        scorer: Scorer,
        budget: Budget,
        judged: Judged,
        elapsed_s: Callable[[], float],
        first: Stack,
        bound: int,
    ) -> None:
        self._judged, self._budget, self._elapsed_s, self._bound = judged, budget, elapsed_s, bound
        self._first = self._best = first
        self._first_score = scorer.stack_score(first)
        self._landscape = ExploredLandscape(universe, scorer)

    def run(self, predictor: Predictor) -> Improved:
        """Search until something ends it."""
        try:
            walk = Walk(self._landscape, self._numbered(self._first))
        except ValueError:  # an alternative that no move knows how to keep
            return Improved(self._first, self._first_score, StoppedBy.EXHAUSTED)
        budget = self._budget
        search = Search(
            walk, seed=budget.seed, judge=self._stands, limit=budget.moves, keep=max(0, budget.count - 1)
        )
        reason = self._stepped(predictor, search)
        return Improved(self._best, search.best_score, reason, tuple(self._others(search)))

    def _stepped(self, predictor: Predictor, search: Search) -> StoppedBy:
        try:
            if (reason := self._ends(search)) is not None:
                return reason
            with closing(predictor.steps(search)) as steps:
                for _ in steps:
                    if (reason := self._ends(search)) is not None:
                        return reason
        except KeyboardInterrupt:
            return StoppedBy.INTERRUPTED
        return StoppedBy.EXHAUSTED

    def _ends(self, search: Search) -> StoppedBy | None:
        if search.best_score >= self._bound:
            return StoppedBy.BOUND
        if search.moves >= self._budget.moves:
            return StoppedBy.MOVES
        return StoppedBy.TIME if self._is_late() else None

    def _is_late(self) -> bool:
        return self._elapsed_s() > self._budget.climb_s

    def _stands(self, positions: Mapping[int, int]) -> bool:
        """Whether a stack that scores best stands as it is; then that is the best one."""
        stack = self._judged(self._named(positions))
        if stack is None or self._numbered(stack) != positions:
            return False
        self._best = stack
        return True

    def _others(self, search: Search) -> Iterable[tuple[Stack, int]]:
        """The best stacks beside the best one, of those that were met and those around it."""
        found: list[tuple[Stack, int]] = []
        if self._budget.count < 2:
            return found
        try:
            self._look_around(search)
            for score, positions in search.runners_up():
                if len(found) == self._budget.count - 1 or self._is_late():
                    break
                stack = self._judged(self._named(positions))
                if stack is not None and self._numbered(stack) == positions:
                    found.append((stack, score))
        except KeyboardInterrupt:
            return found
        return found

    def _look_around(self, search: Search) -> None:
        """Meet what is one move away."""
        walk = search.walk
        walk.settle()
        walk.go(search.best)
        moves = sorted(
            (walk.involved(project) - walk.own(project, at), project, at)
            for project in walk.members
            for at in walk.candidates(project)[:AROUND]
            if at != walk.at[project]
        )
        for _, project, at in moves:
            if self._is_late():
                return
            mark = walk.mark()
            if walk.move(project, at):
                search.note()
                walk.undo(mark)

    def _numbered(self, stack: Stack) -> dict[int, int]:
        positions = {self._landscape.number(name): member.position for name, member in stack.members.items()}
        return dict(sorted(positions.items()))

    def _named(self, positions: Mapping[int, int]) -> dict[str, int]:
        names = self._landscape.names
        return {names[project]: position for project, position in positions.items()}
