"""Prefers newer releases: what is lost grows ever more slowly with every release that was passed over."""

from __future__ import annotations

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.projects import Project

HALF_LOST_AFTER = 10
"""With this many preferable releases passed over, half of what freshness can count is lost."""


class FreshnessStep:
    """Regret ``-n / (n + HALF_LOST_AFTER)`` for n usable releases that would have been tried before."""

    name = "freshness"

    def applies(self, context: Context) -> bool:
        """Where the type of recommendation gives it a weight."""
        return self.name in context.recommendation.weights

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """None for the release that comes first."""
        passed = project.preferred_to(position).bit_count()
        if not passed:
            return None
        newest = project.best(project.preferred_to(position))
        assert newest is not None
        releases = "release" if passed == 1 else "releases"
        return Justification(
            unit=self.name,
            score=-(1_000_000 * passed // (passed + HALF_LOST_AFTER)),
            message=f"{passed} preferable {releases} passed over, up to {project.version(newest)}",
        )
