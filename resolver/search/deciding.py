"""The decisions that lead to the first stack: projects as they were named, newest releases first.

Algorithm: requirements in their order, then dependencies in the order of the metadata. A project that some
requirement pins exactly comes earlier, since deciding it late only costs conflicts. When a decision has
refuted `PATIENCE` candidates of another project, that project is settled before it from then on: otherwise
the search would walk to a release so old that it states no bound at all. Cost: linear in the number of open
projects.
"""

from __future__ import annotations

from collections import Counter

from resolver.states.projects import Project
from resolver.states.universe import Universe

PATIENCE = 5


class Decisions:
    """Chooses; the resolver owns the state. However bad the choices, the search stays complete.

    Source: the priorities of uv and of pip's resolver, as their documentation describes them.
    """

    def __init__(self) -> None:
        self._bumped: list[str] = []
        self._refuted: Counter[tuple[str, str]] = Counter()

    def project(self, candidates: list[Project], universe: Universe) -> Project:
        """Which open project to settle next: bumped ones first, then pinned ones, then by first mention.

        Args:
            candidates: not empty, in the order of first mention.
            universe: in which they are open.
        """
        open_names = {project.name: project for project in candidates} if self._bumped else {}
        for name in self._bumped:
            if name in open_names:
                return open_names[name]
        return next(universe.pinned(candidates), candidates[0])

    def release(self, project: Project, domain: int) -> int:
        """Position of the release to try: the first in the project's order; `domain` holds at least one."""
        position = project.best(domain)
        assert position is not None
        return position

    def refuted(self, project: Project, culprit: Project) -> bool:
        """Told when a candidate of `project` died by the decision on `culprit`.

        Returns:
            True, at the `PATIENCE`-th time, to go back to before that decision: from then on `project` is
            settled first.
        """
        pair = (project.name, culprit.name)
        self._refuted[pair] += 1
        if self._refuted[pair] != PATIENCE:
            return False
        self._bumped = [name for name in self._bumped if name not in pair]
        self._bumped.extend(pair)
        return True
