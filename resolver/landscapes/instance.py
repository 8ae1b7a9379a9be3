"""A landscape written down: a state space with its scores, of which nothing needs to be read any more.

Frozen from a run or made up, an instance is what predictors are compared on, what an exact oracle solves, and
what the processes of a portfolio are given.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from resolver.landscapes.landscape import Ask, Pair
from resolver.states.versions import ABSENT, positions, span


class Asking(msgspec.Struct, frozen=True, array_like=True):
    """What several releases of one project ask for in the same way.

    Attributes:
        releases: mask.
        part: the extra that asks; None for the releases themselves.
    """

    releases: int
    part: str | None
    ask: Ask


class PairLoss(msgspec.Struct, frozen=True, array_like=True):
    """What releases of a project lose beside releases of another, where a part of theirs is active.

    Attributes:
        releases: mask.
        part: likewise as in `Asking`.
        project: number of the other one.
        beside: mask of its releases.
        score: in millionths, below 0.
    """

    releases: int
    part: str | None
    project: int
    beside: int
    score: int


class InstanceProject(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One project.

    Attributes:
        versions: oldest first.
        scores: of each release, in millionths, at most 0.
        domain: mask of the releases that can be in a stack; None for all.
        ranks: positions, best first; empty for those of the domain by score, newer ones first among equals.
    """

    name: str
    versions: tuple[str, ...]
    scores: tuple[int, ...]
    domain: int | None = None
    ranks: tuple[int, ...] = ()
    kept: int = 0
    asks: tuple[Asking, ...] = ()
    losses: tuple[PairLoss, ...] = ()


class Instance(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A whole state space.

    Attributes:
        origin: where it comes from, in a sentence.
        refuted: pairs of a project's number and a mask that cannot all hold.
    """

    name: str
    origin: str = ""
    projects: tuple[InstanceProject, ...]
    requirements: tuple[Ask, ...]
    refuted: tuple[tuple[tuple[int, int], ...], ...] = ()


class InstanceLandscape:
    """An instance to walk on; implements `resolver.landscapes.landscape.Landscape`."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.names: Sequence[str] = [project.name for project in instance.projects]
        self.requirements: Sequence[Ask] = instance.requirements
        self.refutations: Sequence[Mapping[int, int]] = [dict(one) for one in instance.refuted]
        self._domains = [_domain(project) for project in instance.projects]
        self._ranked = [_ranks(project, self._domains[i]) for i, project in enumerate(instance.projects)]
        self._asks: dict[tuple[int, int, str | None], tuple[Ask, ...]] = {}
        self._pairs: dict[tuple[int, int, str | None], tuple[Pair, ...]] = {}

    def domain(self, project: int) -> int:
        """See `Landscape`, as for all others."""
        return self._domains[project]

    def kept(self, project: int) -> int:
        """What a lock prefers."""
        return self.instance.projects[project].kept

    def ranked(self, project: int) -> Sequence[int]:
        """All positions of the domain."""
        return self._ranked[project]

    def asks(self, project: int, position: int, part: str | None) -> Sequence[Ask]:
        """What a release asks for; never None."""
        key = (project, position, part)
        if key not in self._asks:
            own = 2 << position
            of_project = self.instance.projects[project].asks
            self._asks[key] = tuple(a.ask for a in of_project if a.part == part and a.releases & own)
        return self._asks[key]

    def score(self, project: int, position: int) -> int:
        """What a release adds."""
        return self.instance.projects[project].scores[position]

    def pairs(self, project: int, position: int, part: str | None) -> Sequence[Pair]:
        """The losses of a release, by their number."""
        key = (project, position, part)
        if key not in self._pairs:
            own = 2 << position
            losses = self.instance.projects[project].losses
            self._pairs[key] = tuple(
                Pair(loss.project, str(number))
                for number, loss in enumerate(losses)
                if loss.part == part and loss.releases & own
            )
        return self._pairs[key]

    def pair_score(self, project: int, position: int, pair: Pair, other: int) -> int:
        """What a release adds beside another."""
        loss = self.instance.projects[project].losses[int(pair.key)]
        return loss.score if loss.beside & (2 << other) else 0

    def is_known(self, project: int, position: int) -> bool:
        """Everything is."""
        return True

    def hint(self, moves: Iterable[tuple[int, int]]) -> None:
        """Nothing needs to be read."""


def _domain(project: InstanceProject) -> int:
    everything = span(0, len(project.versions))
    return everything if project.domain is None else project.domain & everything & ~ABSENT


def _ranks(project: InstanceProject, domain: int) -> Sequence[int]:
    if project.ranks:
        return project.ranks
    return sorted(positions(domain), key=lambda at: (-project.scores[at], -at))
