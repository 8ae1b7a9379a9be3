"""The search: decisions lead to a stack, a predictor to better ones, and strides examine what comes out.

Resolve, examine, learn, resolve again: whatever refutes a decision, a candidate or a complete stack becomes
an incompatibility, and the search goes on from where it was. It ends with a stack or with a proof that there
is none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

import msgspec

from knowledge.errors import OfflineError, TransportError
from resolver.advising.existing import positions_of
from resolver.advising.relaxations import Relaxation, relaxations
from resolver.context import Context, Lock
from resolver.landscapes.explored import ExploredLandscape
from resolver.landscapes.history import History
from resolver.pipeline import Pipeline
from resolver.predictors.protocol import Predictor
from resolver.probes.records import ProbeOutcome, Probes
from resolver.progress import NoProgress, Progress
from resolver.score import Scorer
from resolver.search.bounding import Bounding
from resolver.search.budget import Budget, SearchStoppedError, StoppedBy
from resolver.search.deciding import Decisions
from resolver.search.doubts import Doubts
from resolver.search.examining import Examiner
from resolver.search.galloping import Galloping
from resolver.search.interruption import (
    BreakableSieve,
    BreakableSource,
    Interruption,
    SearchInterruptedError,
)
from resolver.search.refuted import RefutedStacks
from resolver.search.settling import Settler
from resolver.search.solution import Solution
from resolver.source import ReleaseSource
from resolver.states.propagation import UnsatisfiableError
from resolver.states.reaching import reached
from resolver.states.stack import Stack
from resolver.states.universe import Universe

if TYPE_CHECKING:
    from resolver.probes.trials import Trials
    from resolver.search.improving import Improved

BOUND_STEPS = 1_000
"""Work on the bound of a stack that is not going to be improved any more."""
MOST_CONFLICTS = 50
"""A stack that cannot be assembled with fewer conflicts is given up."""


class Resolver:
    """One run of the search.

    Args:
        pipeline: the units that apply to `context`.
        galloping: makes what skips long series.
        budget: how long to look for better stacks than the first.
        elapsed_s: seconds of the run, which the budget's time limit counts.
        decisions: those that lead to the first stack.
        interruption: through which the run can be asked to end.
        memory_bytes: what the process takes, which the budget's memory limit counts.
    """

    def __init__(
        self,
        context: Context,
        source: ReleaseSource,
        pipeline: Pipeline,
        predictor: Predictor,
        progress: Progress | None = None,
        galloping: Callable[[Universe], Galloping] = Galloping,
        budget: Budget | None = None,
        elapsed_s: Callable[[], float] = lambda: 0.0,
        decisions: Decisions | None = None,
        interruption: Interruption | None = None,
        memory_bytes: Callable[[], int] = lambda: 0,
    ) -> None:
        self._interruption = interruption or Interruption()
        self._memory_bytes = memory_bytes
        self.context = context
        self.pipeline = pipeline
        self.predictor = predictor
        self.decisions = decisions or Decisions()
        self.universe = Universe(
            BreakableSource(source, self._interruption),
            context,
            [BreakableSieve(sieve, self._interruption) for sieve in pipeline.sieves],
            pipeline.pseudonyms,
        )
        self.universe.propagation.watch = self._watch
        reader = self.universe.reader
        self.scorer = Scorer(
            pipeline.steps,
            pipeline.pair_steps,
            context,
            reader.dependencies,
            self.universe.stand_ins.is_asked,
        )
        self._doubts = Doubts(self.universe)
        self._refuted = RefutedStacks(self.universe)
        self._trials: Trials | None = None
        if context.prober is not None:
            from resolver.probes.trials import Trials  # brings what reads code, which few searches ask for

            self._trials = Trials(self.universe, self._refuted, self.scorer, context.prober)
        self._budget = budget or Budget()
        self._elapsed_s = elapsed_s
        self._conflicts_end = 0
        self._ends_at_s: float | None = None
        self._memory_limit_bytes: int | None = None
        self._progress = progress or NoProgress()
        self._settler = Settler(self.universe, self.decisions, galloping(self.universe), self._progress)
        self._examiner = Examiner(
            pipeline.strides, self.universe, self._refuted, self._trials, self._interruption, self._progress
        )

    @property
    def stacks_examined(self) -> int:
        """How many complete stacks strides were asked about."""
        return self._examiner.examined

    def solve(self) -> Solution:
        """The best stack found that every stride accepts; the state of the search is that of this stack.

        Raises:
            UnsatisfiableError: there is none; it carries the proof.
            NotProvenError: none was found, and the proof rests on releases that were not read.
            SearchStoppedError: none was found within the budget.
            KnowledgeError: something needed could not be had.
        """
        self.universe.require(self.context.requirements)
        self._settler.prefetch([requirement.dependency for requirement in self.context.requirements])
        solution = self._improved(self._proven())
        return solution if self._trials is None else self._tried(solution, self._trials)

    @property
    def probes(self) -> Probes | None:
        """What came of trying stacks where none is left; None where none was to be tried."""
        return None if self._trials is None else self._trials.told(ProbeOutcome.FAILED)

    def landscape(self, most_read: int) -> ExploredLandscape:
        """What was searched, to walk on; the search stands at no stack any more.

        Args:
            most_read: releases that are read for it.
        """
        self._undecide()
        return ExploredLandscape(self.universe, self.scorer, most_read)

    def least_bad(self, error: UnsatisfiableError) -> Stack | None:
        """The stack with the least evidence against it, where evidence alone leaves none.

        Args:
            error: that `solve` raised; the search then stands at the stack.
        """
        best = self._refuted.least_bad(error, self.scorer.stack_score)
        if best is None:
            return None
        return self._stand_at(best)

    def _stand_at(self, stack: Stack) -> Stack | None:
        """A stack that evidence speaks against, with the search standing at it."""
        self._refuted.suspend()
        self.universe.withdraw(list(self.universe.conjectures))
        strides, self._examiner.strides = self._examiner.strides, ()
        try:
            self._undecide()
            return self._assembled({name: member.position for name, member in stack.members.items()})
        finally:
            self._examiner.strides = strides

    def relaxations(self, error: UnsatisfiableError) -> list[Relaxation]:
        """What would make the requirements solvable, after `solve` has raised `error`."""
        requirements = self.context.requirements
        return relaxations(error.proof, requirements, self.universe, self.scorer, self._proven)

    def _proven(self) -> Stack:
        """The first stack, or a proof that rests on nothing unverified that there is none."""
        self._conflicts_end = self.universe.propagation.conflicts + self._budget.conflicts
        self._ends_at_s = self._budget.time_limit_s
        self._memory_limit_bytes = self._budget.memory_limit_bytes
        while True:
            try:
                return self._search()
            except MemoryError:
                raise SearchStoppedError(StoppedBy.MEMORY) from None
            except UnsatisfiableError as error:
                if self._trials is not None and self._trials.relieve(error):
                    continue
                if not self._refuted.is_narrowed(error):
                    self._doubts.resolve(error)

    def _search(self) -> Stack:
        """The first stack that every stride accepts."""
        self._propagate()
        while True:
            self._watch()
            if self._interruption.reason is not None:  # another run of the command had a stack already
                raise SearchInterruptedError
            candidates = self.universe.open_projects()
            if candidates:
                self._settler.settle(self.decisions.project(candidates, self.universe))
                continue
            stack = reached(self.universe)
            if self._examiner.accepts(stack):
                return stack

    def _watch(self) -> None:
        """End a search that has used up its conflicts, its time or its memory."""
        if self.universe.propagation.conflicts > self._conflicts_end:
            raise SearchStoppedError(StoppedBy.CONFLICTS)
        if self._ends_at_s is not None and self._elapsed_s() > self._ends_at_s:
            raise SearchStoppedError(StoppedBy.TIME)
        if self._memory_limit_bytes is not None and self._memory_bytes() >= self._memory_limit_bytes:
            raise SearchStoppedError(StoppedBy.MEMORY)

    def _improved(self, stack: Stack) -> Solution:
        """The best stack that can be reached from a first one within the budget, and the bound."""
        self._interruption.hold()
        stack = self._start(stack)
        score = self.scorer.stack_score(stack)
        bounding = Bounding(self.universe, self.scorer, stack, self._open_assumptions(), self._is_end_wished)
        history = History(self.predictor.name)
        history.record(0, score, score, bounding.value, {})
        if not self.predictor.improves or (score >= bounding.value and self._budget.count == 1):
            bounding.tighten(BOUND_STEPS, score)
            reason = StoppedBy.BOUND if score >= bounding.value else StoppedBy.FIRST_STACK
            return Solution(stack, score, bounding.value, reason, history=history)
        from resolver.search.improving import Improvement  # what moves is dear to import

        self._undecide()
        improvement = Improvement(
            scorer=self.scorer,
            budget=self._budget,
            judged=self._judged,
            elapsed_s=self._elapsed_s,
            first=stack,
            bounding=bounding,
            history=history,
            progress=self._progress,
            interruption=self._interruption,
            memory_bytes=self._memory_bytes,
        )
        found = improvement.run(self.predictor)
        del improvement  # its tables may be what memory is short of
        best = self._settled(found)
        bounding.refresh()
        bounding.tighten(BOUND_STEPS, found.score)
        return Solution(
            best, found.score, bounding.value, found.stopped_by, found.others, found.moves, history
        )

    def _open_assumptions(self) -> int:
        return self._doubts.open_assumptions() | self.universe.conjectured

    def _tried(self, solution: Solution, trials: Trials) -> Solution:
        """The best stack that passes when it is built and run, with the search standing at it."""
        from resolver.probes.best import best_that_passes

        def again() -> Solution:
            self.universe.suspend(0)
            return self._improved(self._proven())

        solution, outcome = best_that_passes(
            solution, trials, again, self._interruption, self._is_end_wished, self.scorer
        )
        if outcome is ProbeOutcome.PASSED:
            self._undecide_anew()
            self._restored(solution.stack)
        elif outcome is ProbeOutcome.FAILED:
            self._stand_at(solution.stack)
        return msgspec.structs.replace(solution, probes=trials.told(outcome))

    def _is_end_wished(self) -> bool:
        return self._interruption.reason is not None or self._elapsed_s() > self._budget.climb_s

    def _start(self, stack: Stack) -> Stack:
        """Where the search for better stacks begins."""
        if not self.predictor.improves or not self.context.locks or self.context.preferences:
            return stack
        try:
            return self._better_of(stack, self.context.locks)
        except SearchInterruptedError:
            self._undecide_anew()
            return self._restored(stack)

    def _settled(self, found: Improved) -> Stack:
        """The best stack, with the search standing at it again, and what moves met brought to account."""
        if found.was_broken_off:
            self._undecide_anew()
            return self._restored(found.stack)
        self._undecide()
        if not found.stopped_by.is_wish:
            try:
                self.universe.expand_all()  # what moves met says more about the bound
            except SearchInterruptedError:
                self._undecide_anew()
        return self._restored(found.stack)

    def _better_of(self, stack: Stack, locks: Iterable[Lock]) -> Stack:
        """The best of a stack and what locks lead to: where none is preferred, each can still be a start."""
        best = stack
        for lock in locks:
            positions = positions_of(lock, self.universe)
            if any(positions.get(name) != member.position for name, member in best.members.items()):
                other = self._assembled(positions)
                if other is not None and self.scorer.stack_score(other) > self.scorer.stack_score(best):
                    best = other
        return self._restored(best)

    def _restored(self, stack: Stack) -> Stack:
        """A stack that was accepted, with the search standing at it again.

        Who wishes the end does not have it examined again: that might take long.
        """
        strides = self._examiner.strides
        if self._interruption.reason is not None:
            self._examiner.strides = ()
        try:
            again = self._assembled({name: member.position for name, member in stack.members.items()})
        except SearchInterruptedError:  # the wish came while it was examined
            self._undecide_anew()
            return self._restored(stack)
        finally:
            self._examiner.strides = strides
        assert again is not None  # it is what it was put together from
        return again

    def _judged(self, positions: Mapping[str, int]) -> Stack | None:
        """The stack that holds these releases, where propagation and strides let it."""
        stack = self._assembled(positions)
        self._undecide()
        return stack

    def _undecide(self) -> None:
        """Go back to what holds whatever is decided."""
        self.universe.propagation.backjump(0)
        try:
            self._propagate()
        except UnsatisfiableError:  # only a hypothesis can say so where a stack is known
            self.universe.suspend(self._doubts.open_assumptions())
            self._propagate()

    def _undecide_anew(self) -> None:
        """Go back likewise from wherever something was broken off: what was half done is looked at again."""
        self.universe.suspend(0)
        self._undecide()

    def _assembled(self, preferred: Mapping[str, int]) -> Stack | None:
        """The stack with everything as preferred where that can be; None where it fails."""
        universe, propagation = self.universe, self.universe.propagation
        propagation.backjump(0)
        self._conflicts_end = propagation.conflicts + MOST_CONFLICTS
        self._ends_at_s = self._memory_limit_bytes = None
        try:
            while candidates := universe.open_projects():
                for project in candidates:
                    if universe.is_open(project):
                        self._settler.settle(project, preferred)
            stack = reached(self.universe)
            return stack if self._examiner.accepts(stack) else None
        except (SearchStoppedError, OfflineError, TransportError):
            return None
        except UnsatisfiableError:  # only a hypothesis can say so where a stack is known
            universe.suspend(self._doubts.open_assumptions())
            return None

    def _propagate(self) -> None:
        self.universe.propagation.propagate()
