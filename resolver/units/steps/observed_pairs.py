"""Charges pairs of releases that were seen to fail, where that is not certain enough to refute them.

So are pairs that nobody tried and that lie behind one that fails; see `resolver.observed.nearby`.
"""

from __future__ import annotations

import msgspec

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.projects import Project
from resolver.units.steps.observed_releases import Share


class ObservedPairsStep(msgspec.Struct, frozen=True, kw_only=True):
    """Charges a release beside one with which it was seen to fail elsewhere, by others, or not every time.

    Attributes:
        loss: what is lost where that is as good as certain, from 0 to 1.
        guess: likewise, of a pair that nobody tried and that lies behind one that fails.
    """

    name = "observed-pairs"
    loss: Share = 1.0
    guess: Share = 1.0

    def applies(self, context: Context) -> bool:
        """Where the store has observations, and the type of recommendation examines stacks."""
        return context.observed is not None and context.recommendation.strides

    def score_pair(
        self,
        dependent: Project,
        at: int,
        dependency: Project,
        other: int,
        specifiers: str,
        context: Context,
    ) -> Justification | None:
        """None where nothing was seen, and for what the stride refutes."""
        if context.observed is None:
            return None
        found = context.observed.beside(dependent, at, dependency, other)
        doubtful = [one for one in found if not one.is_certain]
        if doubtful:
            from resolver.observed.failures import reason

            worst = max(doubtful, key=lambda one: one.doubt)
            score = -round(1_000_000 * self.loss * worst.doubt)
            return reason(worst, self.name, Level.WARNING, score) if score else None
        guess = context.observed.guess(dependent, at, dependency, other)
        if found or guess is None:
            return None
        from resolver.observed.failures import guessed

        score = -round(1_000_000 * self.guess * guess.doubt)
        pair = (
            f"{dependent.name} {dependent.version(at)} beside {dependency.name} {dependency.version(other)}"
        )
        return guessed(guess, pair, self.name, score) if score else None
