"""What a predictor is: it chooses what to decide next, and may learn from what came of it."""

from __future__ import annotations

from typing import Protocol

from resolver.projects import Project
from resolver.universe import Universe


class Predictor(Protocol):
    """Chooses; the resolver owns the state. However bad the choices, the search stays complete."""

    @property
    def name(self) -> str:
        """How the predictor is called in configuration and reports."""

    @property
    def climbs(self) -> bool:
        """Whether better stacks are looked for once the first is found (see `resolver.climbing`)."""

    def project(self, candidates: list[Project], universe: Universe) -> Project:
        """Which open project to settle next; `candidates` is not empty and in order of first mention."""

    def release(self, project: Project, domain: int) -> int:
        """Position of the release to try; `domain` holds at least one."""

    def refuted(self, project: Project, culprit: Project) -> bool:
        """Told when a candidate of `project` died by the decision on `culprit`.

        Returns:
            True to go back to before that decision, with `project` to be settled first.
        """
