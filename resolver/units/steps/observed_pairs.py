"""Charges pairs of releases that were seen to fail, where that is not certain enough to refute them."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.projects import Project
from resolver.units.steps.observed_releases import Share


class ObservedPairsStep(msgspec.Struct, frozen=True, kw_only=True):
    """Charges a release beside one with which it was seen to fail elsewhere, by others, or not every time.

    Attributes:
        loss: what is lost where that is as good as certain, from 0 to 1.
    """

    name = "observed-pairs"
    loss: Share = 1.0

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
        if not doubtful:
            return None
        from resolver.observed import reason

        worst = max(doubtful, key=lambda one: one.doubt)
        score = -round(1_000_000 * self.loss * worst.doubt)
        return reason(worst, self.name, Level.WARNING, score) if score else None
