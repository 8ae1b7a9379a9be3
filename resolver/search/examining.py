"""What strides say of a complete stack: it is accepted, or what refutes it is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resolver.progress import Progress
from resolver.search.interruption import Interruption
from resolver.search.refuted import RefutedStacks
from resolver.states.stack import Stack
from resolver.states.universe import Universe
from resolver.states.versions import bit
from resolver.units.verbs import Stride
from resolver.units.verdicts import Refutation

if TYPE_CHECKING:
    from resolver.probes.trials import Trials


class Examiner:
    """Asks the strides of a run.

    Args:
        strides: what is dear comes last.
        trials: recall what was seen to fail of a stack that is refuted; None where none are made.

    Attributes:
        strides: those that are asked from now on.
        examined: how many stacks they were asked about.
    """

    def __init__(
        self,
        strides: Sequence[Stride],
        universe: Universe,
        refuted: RefutedStacks,
        trials: Trials | None,
        interruption: Interruption,
        progress: Progress,
    ) -> None:
        self.strides = strides
        self.examined = 0
        self._universe, self._refuted, self._trials = universe, refuted, trials
        self._interruption, self._progress = interruption, progress

    def accepts(self, stack: Stack) -> bool:
        """Whether nothing speaks against a stack; what does is learned, with what follows from it.

        Raises:
            SearchInterruptedError: the end is wished for.
            UnsatisfiableError: what was learned leaves no stack.
            ValueError: a stride refutes a stack other than the one that it was shown.
        """
        self.examined += 1
        self._progress.examined(self.examined)
        refutations = self._refutations(stack)
        for refutation in refutations:
            for name, releases in refutation.releases.items():
                if name not in stack.members or not releases & bit(stack.members[name].position):
                    raise ValueError(
                        f"{refutation.reason.unit} refutes a stack other than the one it was shown"
                    )
            self._universe.refute(refutation)
        if refutations:
            if self._trials is not None:
                self._trials.recall(stack)
            self._refuted.remember(stack, refutations)
            self._universe.propagation.propagate()
        return not refutations

    def _refutations(self, stack: Stack) -> Sequence[Refutation]:
        for stride in self.strides:
            with self._interruption.breakable():
                found = stride.examine(stack, self._universe.context)
                counted = [each for each in found if self._refuted.counts(each, stack)]
            if counted:
                return counted
        return ()
