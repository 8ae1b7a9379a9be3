"""Charges releases that were seen to fail by themselves, where that is not certain enough to refute them."""

from __future__ import annotations

from typing import Annotated

import msgspec

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.projects import Project

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class ObservedReleasesStep(msgspec.Struct, frozen=True, kw_only=True):
    """Charges a release that was seen to fail elsewhere, by others, or not every time.

    Attributes:
        loss: what is lost where that is as good as certain, from 0 to 1.
    """

    name = "observed-releases"
    loss: Share = 1.0

    def applies(self, context: Context) -> bool:
        """Where the store has observations, and the type of recommendation examines stacks."""
        return context.observed is not None and context.recommendation.strides

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """None where nothing was seen, and for what the stride refutes."""
        if context.observed is None:
            return None
        doubtful = [one for one in context.observed.alone(project, position) if not one.is_certain]
        if not doubtful:
            return None
        from resolver.observed.failures import reason

        worst = max(doubtful, key=lambda one: one.doubt)
        score = -round(1_000_000 * self.loss * worst.doubt)
        return reason(worst, self.name, Level.WARNING, score) if score else None
