"""How large the space is in which a stack is searched: every project that may be met, and its releases.

Method: the closure of the requirements over what their newest usable releases ask for on the target, breadth
first. Each project counts the releases that no sieve refuses and that the user's requirements and constraints
admit. The number of combinations is the product of these counts; that most of them contradict
each other is what a search finds out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import msgspec

from analyzers.reports import Report, Unknown
from resolver.context import Context
from resolver.source import ReleaseSource
from resolver.states.dependencies import Dependency
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import positions
from resolver.units.verbs import Sieve

_PLAIN_UP_TO = 12


class SpaceProject(msgspec.Struct, frozen=True, kw_only=True):
    """One project of the closure.

    Attributes:
        depth: 0 for a requirement, 1 for what one asks for, and so on.
        listed: releases that the index lists.
        usable: releases that count.
        read: releases of which the metadata was read.
    """

    name: str
    depth: int
    listed: int
    usable: int
    read: int


class Space(Report, frozen=True, kw_only=True):
    """The closure of requirements.

    Attributes:
        combinations: the product of the usable releases, rounded where it is large, such as ``1.39e20``.
        combinations_log10: its decimal logarithm; None where it is 0.
        is_complete: whether the budget sufficed to read the newest releases of every project.
        missing: projects that are asked for and no index has.
    """

    requirements: tuple[str, ...]
    projects: tuple[SpaceProject, ...]
    releases: int
    combinations: str
    combinations_log10: float | None
    releases_per_project: int
    is_complete: bool
    missing: tuple[str, ...]


class Closure(msgspec.Struct, frozen=True):
    """What `closure` found.

    Attributes:
        projects: those with a listing.
        missing: those without.
        unknowns: what could not be read.
    """

    projects: tuple[SpaceProject, ...]
    missing: tuple[str, ...]
    unknowns: tuple[Unknown, ...]
    is_complete: bool


class _Walk:
    """Reads breadth first, one depth at a time, so that requests of one depth go out together."""

    def __init__(self, universe: Universe, most_releases: int, budget: int) -> None:
        self.universe = universe
        self.is_complete = True
        self._most_releases = most_releases
        self._budget = budget
        self._admitted: dict[str, int] = {}
        self._depths: dict[str, int] = {}
        self._read: dict[str, set[int]] = {}
        self._seen: set[tuple[str, str | None]] = set()

    def run(self) -> None:
        context = self.universe.context
        dependencies = [requirement.dependency for requirement in context.requirements]
        depth = 0
        while dependencies:
            depth += 1
            dependencies = self._asked_by(dependencies, depth)

    def counted(self, project: Project) -> int:
        """The releases that count, as a mask."""
        if project.name not in self._admitted:
            admitted = project.usable
            for statement in self.universe.context.statements(project.name):
                admitted &= project.versions.mask(statement.specifiers)
            self._admitted[project.name] = admitted
        return self._admitted[project.name]

    def told(self) -> Iterator[SpaceProject]:
        for name, depth in self._depths.items():
            project = self.universe.project(name)
            if project.listing is not None:
                yield SpaceProject(
                    name=name,
                    depth=depth,
                    listed=len(project.versions),
                    usable=self.counted(project).bit_count(),
                    read=len(self._read.get(name, ())),
                )

    def _project(self, name: str, depth: int) -> Project:
        self._depths.setdefault(name, depth)
        return self.universe.project(name)

    def _asked_by(self, dependencies: Iterable[Dependency], depth: int) -> list[Dependency]:
        """What the newest releases of these projects ask for and was not met before."""
        parts = dict.fromkeys((d.project, extra) for d in dependencies for extra in (None, *d.extras))
        new = [part for part in parts if part not in self._seen]
        self._seen.update(new)
        source = self.universe.source
        source.prefetch_listings([name for name, _ in new])
        chosen = [(self._project(name, depth - 1), part) for name, part in new]
        hinted = {project.name: project for project, _ in chosen}
        unread = [(project, at) for project in hinted.values() for at in self._newest(project)]
        for project, position in unread[: self._budget]:
            for file in project.files(position, self.universe.context.target)[:1]:
                source.prefetch_metadata(project.name, file)
        found: dict[tuple[str, tuple[str, ...]], Dependency] = {}
        for project, part in chosen:
            for position in self._newest(project):
                for dependency in self._dependencies(project, position, part):
                    found.setdefault((dependency.project, dependency.extras), dependency)
        source.prefetch_listings([name for name, _ in found])
        for name, _ in found:
            self._project(name, depth)
        return list(found.values())

    def _newest(self, project: Project) -> list[int]:
        """Positions of the releases to read, newest first."""
        return list(positions(self.counted(project)))[: self._most_releases]

    def _dependencies(self, project: Project, position: int, part: str | None) -> list[Dependency]:
        read = self._read.setdefault(project.name, set())
        if position not in read:
            if self._budget <= 0:
                self.is_complete = False
                return []
            self._budget -= 1
            read.add(position)
        return self.universe.reader.dependencies(project, position, part)


def closure(
    context: Context, source: ReleaseSource, sieves: Iterable[Sieve], *, most_releases: int, budget: int
) -> Closure:
    """Every project that the requirements may bring in.

    Args:
        context: whose requirements are looked at.
        source: of listings and metadata.
        sieves: those that apply.
        most_releases: so many of the newest usable releases of each project are read.
        budget: so many releases are read in all.

    Raises:
        KnowledgeError: something that is needed could not be had.
    """
    walk = _Walk(Universe(source, context, tuple(sieves)), most_releases, budget)
    walk.run()
    missing = (name for name, project in walk.universe.projects.items() if project.listing is None)
    return Closure(
        projects=tuple(walk.told()),
        missing=tuple(sorted(missing)),
        unknowns=tuple(sorted(walk.universe.reader.unknowns)),
        is_complete=walk.is_complete,
    )


def log10_of_product(counts: Iterable[int]) -> float | None:
    """The decimal logarithm of a product; None where it is 0."""
    factors = list(counts)
    return None if 0 in factors else math.fsum(map(math.log10, factors))


def product_in_words(counts: Iterable[int]) -> str:
    """A product: exact below a million millions, else with three digits, such as ``1.39e20``."""
    factors = list(counts)
    logarithm = log10_of_product(factors)
    if logarithm is None or logarithm < _PLAIN_UP_TO:
        return f"{math.prod(factors):,}"
    exponent = math.floor(logarithm)
    mantissa = f"{10 ** (logarithm - exponent):.2f}"
    return f"1.00e{exponent + 1}" if mantissa == "10.00" else f"{mantissa}e{exponent}"
