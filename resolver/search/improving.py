"""From the first stack to the best that a predictor reaches within the budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing

import msgspec

from resolver.landscapes.explored import ExploredLandscape
from resolver.landscapes.history import History
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk
from resolver.predictors.protocol import Predictor
from resolver.progress import NoProgress, Progress, Standing
from resolver.score import Scorer
from resolver.search.bounding import Bounding
from resolver.search.budget import Budget, StoppedBy
from resolver.search.interruption import Interruption, SearchInterruptedError
from resolver.states.stack import Stack

AROUND = 5
"""Releases of each project that are tried beside the best stack where several stacks are asked for."""

PROOF_STEPS = 50_000
"""Work on the bound before moves are made, each time that more is known; 12 to 100 microseconds each."""
PROOF_ROUNDS = 10
"""So often more is read for the bound."""

TICK_S = 0.1
"""So often a person who waits is told how the search stands, and the memory is measured."""
RESERVE_BYTES = 16 << 20
"""Given up when memory ends, so that the best stack can still be reported."""

Judged = Callable[[Mapping[str, int]], Stack | None]
"""The stack that holds these releases, where propagation and strides let it."""


class Improved(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        stack: the best one.
        moves: how many were made.
        was_broken_off: whether the search ended in the middle of something.
        others: the next best, with their scores, best first.
    """

    stack: Stack
    score: int
    stopped_by: StoppedBy
    moves: int = 0
    was_broken_off: bool = False
    others: tuple[tuple[Stack, int], ...] = ()


class Improvement:
    """One search of a run.

    Args:
        scorer: of the run.
        budget: of the run.
        judged: see `Judged`.
        elapsed_s: seconds of the run.
        first: a stack that stands.
        bounding: what no stack exceeds.
        history: is told how the search goes.
        progress: likewise, as long as someone waits.
        interruption: of the run.
        memory_bytes: what the process takes.
    """

    def __init__(
        self,
        scorer: Scorer,
        budget: Budget,
        judged: Judged,
        elapsed_s: Callable[[], float],
        first: Stack,
        bounding: Bounding,
        *,
        history: History | None = None,
        progress: Progress | None = None,
        interruption: Interruption | None = None,
        memory_bytes: Callable[[], int] = lambda: 0,
    ) -> None:
        self._judged, self._budget, self._elapsed_s, self._bounding = judged, budget, elapsed_s, bounding
        self._scorer = scorer
        self._first = self._best = first
        self._landscape: ExploredLandscape | None = None
        self._progress = progress or NoProgress()
        self._interruption = interruption or Interruption()
        self._memory_bytes = memory_bytes
        self._history = history
        self._name = ""
        self._tick_at_s = 0.0
        self._was_broken_off = False
        self._reserve: bytearray | None = None

    def run(self, predictor: Predictor) -> Improved:
        """Search until something ends it; whatever that is, the best stack so far is the result."""
        self._name = predictor.name
        self._reserve = bytearray(RESERVE_BYTES)
        try:
            search = self._search(self._bounding.landscape)
        except ValueError:  # an alternative that no move knows how to keep
            return self._found(StoppedBy.EXHAUSTED)
        except KeyboardInterrupt as error:
            return self._found(self._broken_off(error))
        except MemoryError:
            return self._found(self._exhausted())
        history = self._history or History(predictor.name)
        reason = self._stepped(predictor, search, history)
        others = () if reason is StoppedBy.MEMORY else tuple(self._others(search))
        return self._found(reason, search.moves, others)

    def _search(self, landscape: ExploredLandscape) -> Search:
        self._landscape, budget = landscape, self._budget
        walk = Walk(landscape, self._numbered(self._first))
        return Search(
            walk, seed=budget.seed, judge=self._stands, limit=budget.moves, keep=max(0, budget.count - 1)
        )

    def _found(
        self, reason: StoppedBy, moves: int = 0, others: tuple[tuple[Stack, int], ...] = ()
    ) -> Improved:
        score = self._scorer.stack_score(self._best)
        return Improved(self._best, score, reason, moves, self._was_broken_off, others)

    def _stepped(self, predictor: Predictor, search: Search, history: History) -> StoppedBy:
        walk, record, bounding = search.walk, history.record, self._bounding
        reason: StoppedBy | None = None
        try:
            self._prove(search)
            if (reason := self._ends(search)) is None:
                with closing(predictor.steps(search)) as steps:
                    for _ in steps:
                        if search.moves >= history.due or search.best_score > history.best:
                            record(
                                search.moves, walk.score, search.best_score, bounding.value, search.signals
                            )
                        if (reason := self._ends(search)) is not None:
                            break
            record(search.moves, walk.score, search.best_score, bounding.value, search.signals)
        except KeyboardInterrupt as error:
            reason = self._broken_off(error)
        except MemoryError:
            reason = self._exhausted()
        return reason or StoppedBy.EXHAUSTED

    def _prove(self, search: Search) -> None:
        """Lower the bound towards the best score, and take over the best stack that the proof comes to."""
        bounding, landscape = self._bounding, self._bounding.landscape
        for _ in range(PROOF_ROUNDS):
            bounding.tighten(PROOF_STEPS, search.best_score)
            if bounding.best is not None and bounding.best[1] > search.best_score:
                search.visit(bounding.best[0])
            unread = bounding.unread
            if self._ends(search) is not None or not landscape.read(unread):
                return
            bounding.refresh()

    def _broken_off(self, error: KeyboardInterrupt) -> StoppedBy:
        """The reason for the first wish to end; whoever wishes it again will not wait for a report."""
        reason = self._interruption.reason
        if reason is not None and not isinstance(error, SearchInterruptedError):
            raise error
        self._was_broken_off = True
        return reason or StoppedBy.INTERRUPTED

    def _exhausted(self) -> StoppedBy:
        """Memory ended before anybody had said how much there is."""
        self._reserve = None
        self._was_broken_off = True
        return StoppedBy.MEMORY

    def _ends(self, search: Search) -> StoppedBy | None:
        if search.best_score >= self._bounding.value:
            return StoppedBy.BOUND
        if search.moves >= self._budget.moves:
            return StoppedBy.MOVES
        if self._interruption.reason is not None:
            return self._interruption.reason
        now_s = self._elapsed_s()
        if now_s >= self._tick_at_s:
            self._tick_at_s = now_s + TICK_S
            standing = Standing(
                self._name, search.moves, search.best_score, self._bounding.value, search.signals
            )
            self._progress.searched(standing)
            if self._is_full():
                return StoppedBy.MEMORY
        return StoppedBy.TIME if now_s > self._budget.climb_s else None

    def _is_full(self) -> bool:
        limit = self._budget.memory_limit_bytes
        return limit is not None and self._memory_bytes() >= limit

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
        except KeyboardInterrupt as error:
            self._broken_off(error)
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
            if self._is_late() or self._interruption.reason is not None:
                return
            mark = walk.mark()
            if walk.move(project, at):
                search.note()
                walk.undo(mark)

    def _numbered(self, stack: Stack) -> dict[int, int]:
        assert self._landscape is not None
        number = self._landscape.number
        return dict(sorted((number(name), member.position) for name, member in stack.members.items()))

    def _named(self, positions: Mapping[int, int]) -> dict[str, int]:
        assert self._landscape is not None
        names = self._landscape.names
        return {names[project]: position for project, position in positions.items()}
