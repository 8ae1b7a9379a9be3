"""Chooses and reads one release of an open project, and hints at what will be read next."""

from __future__ import annotations

from collections.abc import Mapping

from resolver.progress import Progress
from resolver.search.deciding import Decisions
from resolver.search.galloping import Galloping
from resolver.states.blame import blocked_by
from resolver.states.dependencies import Dependency
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import ABSENT, bit


class Settler:
    """Settles projects one by one.

    Args:
        decisions: what is chosen, and in which order.
        galloping: skips long series.
    """

    def __init__(
        self, universe: Universe, decisions: Decisions, galloping: Galloping, progress: Progress
    ) -> None:
        self._universe, self._decisions = universe, decisions
        self._galloping, self._progress = galloping, progress

    def settle(self, project: Project, preferred: Mapping[str, int] | None = None) -> None:
        """Choose and read one release; decide for it only if what it asks for can be met in this state.

        Args:
            project: an open project.
            preferred: what to choose where it can be; then the order of projects is not learned from.
        """
        universe, propagation = self._universe, self._universe.propagation
        domain = propagation.domains[project.variable]
        position = (preferred or {}).get(project.name, -1)
        if position < 0 or not domain & bit(position):
            position = self._decisions.release(project, domain & ~ABSENT)
        if universe.unread_parts(project, position):
            dependencies = universe.expand(project, position)
            if preferred is not None:
                self._universe.propagation.propagate()
            elif self._is_reordered(project, position, dependencies):
                return
            self.prefetch(dependencies)
        if propagation.domains[project.variable] != domain:
            return
        if domain & (domain - 1):
            propagation.decide(project.variable, bit(position))
            self._universe.propagation.propagate()
        if preferred is None:
            self._tell(project, position)

    def _is_reordered(self, project: Project, position: int, dependencies: list[Dependency]) -> bool:
        """Draw the conclusions of what was read; True when the predictor then wants another order."""
        propagation = self._universe.propagation
        blocked = blocked_by(dependencies, self._universe)
        culprit: Project | None = None
        if blocked is not None and blocked.level:
            culprit = self._universe.owner(propagation.decided_at(blocked.level))
        elif blocked is not None:
            self._galloping.refused_by_fact(project, position, blocked.on)
        self._universe.propagation.propagate()
        if culprit is None or not self._decisions.refuted(project, culprit):
            return False
        level = propagation.level_of_decision(culprit.variable)
        if level:
            propagation.backjump(level - 1)
            self._universe.propagation.propagate()
        return True

    def _tell(self, project: Project, position: int) -> None:
        needed, settled = self._universe.present_and_settled()
        self._progress.settled(project.name, project.version(position), settled, needed)

    def prefetch(self, dependencies: list[Dependency]) -> None:
        """Hint at the releases that will probably be read next; never influences a decision."""
        domains = self._universe.propagation.domains
        for dependency in dependencies:
            project = self._universe.projects[dependency.project]
            position = project.best(domains[project.variable] & ~ABSENT)
            if position is None or not project.versions.texts:
                continue
            files = project.files(position, self._universe.context.target)
            if files and self._universe.unread_parts(project, position):
                self._universe.source.prefetch_metadata(project.name, files[0])
