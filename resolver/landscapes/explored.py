"""The universe of a run as a landscape: a release is read when a move first meets it, up to a limit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from packaging.specifiers import InvalidSpecifier

from analyzers.reports import Unknown
from knowledge.errors import OfflineError, TransportError
from resolver.landscapes.landscape import Ask, Pair
from resolver.score import Scorer
from resolver.states.dependencies import Dependency
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import ABSENT, bit

MOST_READ = 100
"""Releases that are read for moves."""

_Key = tuple[int, int, str | None]


class ExploredLandscape:
    """Implements `resolver.landscapes.landscape.Landscape` over a universe that stands without decisions.

    Args:
        most_read: releases that are read for moves.

    Attributes:
        names: of the projects, in the order in which they were met.
    """

    def __init__(self, universe: Universe, scorer: Scorer, most_read: int = MOST_READ) -> None:
        self.names: list[str] = []
        self._universe = universe
        self._scorer = scorer
        self._numbers: dict[str, int] = {}
        self._projects: list[Project] = []
        self._asks: dict[_Key, Sequence[Ask] | None] = {}
        self._pairs: dict[_Key, Sequence[Pair]] = {}
        self._refutations: list[Mapping[int, int]] = []
        self._proven: list[Mapping[int, int]] = []
        self._excluding: set[tuple[int, int]] = set()
        self._seen = 0
        self._read = 0
        self._most_read = most_read
        asked, _ = self._collected([r.dependency for r in universe.context.requirements], frozenset())
        self.requirements: Sequence[Ask] = asked or ()
        self._refutations += map(self._numbered, universe.conjectures.values())

    def _numbered(self, masks: Mapping[str, int]) -> dict[int, int]:
        return {self.number(name): mask for name, mask in masks.items()}

    def number(self, name: str) -> int:
        """The number of a project; what is known of one that is met for the first time is drawn at once."""
        number = self._numbers.get(name)
        if number is None:
            if name not in self._universe.projects:
                self._universe.project(name)
                self._universe.propagation.propagate()
            number = self._numbers[name] = len(self.names)
            self.names.append(name)
            self._projects.append(self._universe.projects[name])
        return number

    @property
    def refutations(self) -> Sequence[Mapping[int, int]]:
        """Those of strides, the pairs of which one stands in for the other, and what is only assumed."""
        self._meet()
        return self._refutations

    @property
    def proven(self) -> Sequence[Mapping[int, int]]:
        """Those refutations that are not only assumed."""
        self._meet()
        return self._proven

    def _meet(self) -> None:
        known = self._universe.refutations
        for refuted in known[self._seen :]:
            self._refute(self._numbered(refuted))
        self._seen = len(known)

    def _refute(self, masks: Mapping[int, int]) -> None:
        self._refutations.append(masks)
        self._proven.append(masks)

    def domain(self, project: int) -> int:
        """The releases that are possible whatever is decided."""
        return self._universe.propagation.domains[self._projects[project].variable] & ~ABSENT

    def kept(self, project: int) -> int:
        """What a lock prefers."""
        return self._projects[project].preferred

    def ranked(self, project: int) -> Sequence[int]:
        """What a lock prefers, then by score; among equals in the order in which they are tried."""
        found, score = self._projects[project], self._scorer.release_score
        possible = self.domain(project) & found.usable
        return sorted(
            found.ordered(possible), key=lambda at: (not found.preferred & bit(at), -score(found, at))
        )

    def asks(self, project: int, position: int, part: str | None) -> Sequence[Ask] | None:
        """What a release asks for; None where it cannot be had, or not be read any more."""
        key = (project, position, part)
        if key in self._asks:
            return self._asks[key]
        reader, found = self._universe.reader, self._projects[project]
        if not reader.was_read(found, position):
            if self._read >= self._most_read:
                return None
            self._read += 1
        self._asks[key] = None
        try:
            if not isinstance(reader.metadata(found, position), Unknown):
                self._add(key, reader.dependencies(found, position, part))
        except (OfflineError, TransportError) as error:
            if (
                self._read < self._most_read
            ):  # what is known suffices to go on, and every attempt takes its time
                self._read = self._most_read
                reader.unknowns.add(Unknown(what="better stacks", where=found.name, reason=str(error)))
        return self._asks[key]

    def known_asks(self, project: int, position: int, part: str | None) -> Sequence[Ask] | None:
        """What a release asks for as far as that is known without reading anything; None for nothing known.

        A release that can never be had is said to ask for what cannot be.
        """
        reader, found = self._universe.reader, self._projects[project]
        if not reader.was_read(found, position):
            return None
        key = (project, position, part)
        if key not in self._asks:
            if isinstance(reader.metadata(found, position), Unknown):
                return [Ask(project, 0)]
            dependencies = reader.dependencies(found, position, part)
            if any(asked.project not in self._universe.projects for asked in dependencies):
                return None
        asks = self.asks(project, position, part)
        return [Ask(project, 0)] if asks is None else asks

    def read(self, releases: Sequence[tuple[int, int]]) -> bool:
        """Read releases, by project and position, as far as the limit allows; whether any was."""
        before = self._read
        self.hint(releases)
        for project, position in releases:
            self.asks(project, position, None)
        return self._read > before

    def variable(self, project: int) -> int:
        """The number of a project's domain in the propagation."""
        return self._projects[project].variable

    def score(self, project: int, position: int) -> int:
        """What the steps say."""
        return self._scorer.release_score(self._projects[project], position)

    def pairs(self, project: int, position: int, part: str | None) -> Sequence[Pair]:
        """One for each project and what is asked of it, where any unit looks at pairs."""
        return self._pairs.get((project, position, part), ())

    def pair_score(self, project: int, position: int, pair: Pair, other: int) -> int:
        """What the steps that look at pairs say."""
        place = self._projects[project], position, self._projects[pair.project], other, pair.key
        return self._scorer.pair_score(*place)

    def is_known(self, project: int, position: int) -> bool:
        """Whether its metadata were read."""
        return self._universe.reader.was_read(self._projects[project], position)

    def hint(self, moves: Iterable[tuple[int, int]]) -> None:
        """Have releases read ahead."""
        universe = self._universe
        for number, position in moves:
            project = self._projects[number]
            if self._read < self._most_read and not universe.reader.was_read(project, position):
                for file in project.files(position, universe.context.target)[:1]:
                    universe.source.prefetch_metadata(project.name, file)

    def _add(self, key: _Key, dependencies: Iterable[Dependency]) -> None:
        project, position, part = key
        own: frozenset[Pair] = frozenset()
        if part is not None and self._scorer.sees_pairs:
            self.asks(project, position, None)
            own = frozenset(self._pairs.get((project, position, None), ()))
        self._asks[key], self._pairs[key] = self._collected(dependencies, own)

    def _collected(
        self, dependencies: Iterable[Dependency], apart_from: frozenset[Pair]
    ) -> tuple[Sequence[Ask] | None, Sequence[Pair]]:
        """Several dependencies, each project once; None where one of them can never be met."""
        masks: dict[int, int] = {}
        extras: dict[int, set[str]] = {}
        pairs: dict[Pair, None] = {}
        for asked in dependencies:
            number = self.number(asked.project)
            try:
                mask = self._projects[number].versions.mask(asked.specifiers)
            except InvalidSpecifier:
                return None, ()
            if asked.url is not None:
                return None, ()
            masks[number] = masks.get(number, -1) & mask
            extras.setdefault(number, set()).update(asked.extras)
            pair = Pair(number, asked.specifiers)
            if self._scorer.sees_pairs and pair not in apart_from:
                pairs[pair] = None
        asks = [
            Ask(number, mask, tuple(sorted(extras[number])), self._others(number, mask))
            for number, mask in masks.items()
        ]
        return asks, tuple(pairs)

    def _others(self, number: int, mask: int) -> tuple[tuple[int, int], ...]:
        """What may stand in for a project, and is in no stack with it."""
        found = []
        for name, serving in self._universe.stand_ins.named(self.names[number], mask):
            other = self.number(name)
            found.append((other, serving))
            if (number, other) not in self._excluding:
                self._excluding.add((number, other))
                self._refute({number: -1 & ~ABSENT, other: -1 & ~ABSENT})
        return tuple(found)
