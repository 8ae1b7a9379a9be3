"""Instances under construction: projects, asks and losses are added one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from resolver.landscapes.instance import Asking, Instance, InstanceProject, PairLoss
from resolver.landscapes.landscape import Ask
from resolver.states.versions import span


class Draft:
    """An instance to be; positions count from the oldest release."""

    def __init__(self, name: str, origin: str) -> None:
        self.projects: list[InstanceProject] = []
        self.requirements: list[Ask] = []
        self.refuted: list[tuple[tuple[int, int], ...]] = []
        self._name, self._origin = name, origin

    def add(self, name: str, scores: Sequence[int]) -> int:
        """A project with a release for each score; its number."""
        versions = tuple(str(position + 1) for position in range(len(scores)))
        self.projects.append(InstanceProject(name=name, versions=versions, scores=tuple(scores)))
        return len(self.projects) - 1

    def rescore(self, project: int, scores: Sequence[int]) -> None:
        """Other scores for a project."""
        self.projects[project] = msgspec.structs.replace(self.projects[project], scores=tuple(scores))

    def size(self, project: int) -> int:
        """How many releases a project has."""
        return len(self.projects[project].versions)

    def every(self, project: int) -> int:
        """The mask of all its releases."""
        return span(0, self.size(project))

    def newest(self, project: int, count: int) -> int:
        """The mask of its newest releases."""
        return span(max(0, self.size(project) - count), self.size(project))

    def require(self, project: int, mask: int | None = None, extras: Iterable[str] = ()) -> None:
        """A requirement."""
        self.requirements.append(Ask(project, self._mask(project, mask), tuple(sorted(extras))))

    def ask(
        self,
        project: int,
        releases: int,
        other: int,
        mask: int | None = None,
        *,
        part: str | None = None,
        extras: Iterable[str] = (),
        others: Sequence[tuple[int, int]] = (),
    ) -> None:
        """Releases of one project ask for another."""
        ask = Ask(other, self._mask(other, mask), tuple(sorted(extras)), tuple(others))
        before = self.projects[project]
        asks = (*before.asks, Asking(releases, part, ask))
        self.projects[project] = msgspec.structs.replace(before, asks=asks)

    def lose(
        self, project: int, releases: int, other: int, beside: int, score: int, part: str | None = None
    ) -> None:
        """Releases of one project lose beside those of another that it asks for."""
        before = self.projects[project]
        losses = (*before.losses, PairLoss(releases, part, other, beside, score))
        self.projects[project] = msgspec.structs.replace(before, losses=losses)

    def refute(self, *terms: tuple[int, int]) -> None:
        """These cannot all hold."""
        self.refuted.append(terms)

    def instance(self) -> Instance:
        """What was drafted."""
        return Instance(
            name=self._name,
            origin=self._origin,
            projects=tuple(self.projects),
            requirements=tuple(self.requirements),
            refuted=tuple(self.refuted),
        )

    def _mask(self, project: int, mask: int | None) -> int:
        return self.every(project) if mask is None else mask
