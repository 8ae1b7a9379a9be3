"""Prefers newer releases: what is lost grows ever more slowly with every release that was passed over."""

from __future__ import annotations

from typing import Annotated

import msgspec

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.states.projects import Project

HALF_LOST_AFTER = 10


class FreshnessStep(msgspec.Struct, frozen=True, kw_only=True):
    """Prefers newer releases.

    The loss is ``-n / (n + half_lost_after)`` for n usable releases that would have been tried before.

    Attributes:
        half_lost_after: with so many preferable releases passed over, half of what can be lost is lost.
    """

    name = "freshness"
    half_lost_after: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)] = HALF_LOST_AFTER

    def applies(self, context: Context) -> bool:
        """Where the type of recommendation gives it a weight."""
        return self.name in context.recommendation.weights

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """None for the release that comes first."""
        preferable = project.preferred_to(position)
        passed = preferable.bit_count()
        if not passed:
            return None
        newest = project.best(preferable)
        assert newest is not None
        releases = "release" if passed == 1 else "releases"
        return Justification(
            unit=self.name,
            score=-(1_000_000 * passed // (passed + self.half_lost_after)),
            message=f"{passed} preferable {releases} passed over, up to {project.version(newest)}",
        )
