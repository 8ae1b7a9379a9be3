"""What failures of pairs say of pairs that nobody tried: a guess, and called one.

A dependency breaks its dependents when it changes: what fails beside its release, fails beside later ones
too, and so do older releases of the dependent, which know even less of it. Where the dependency is too old
instead, it is the other way round. A pair that works, further on in the same direction, says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from resolver.observed.sightings import Sighting

GUESSED = 0.5
"""What a failure counts for pairs behind it that were not tried."""
ENCLOSED = 0.8
"""Likewise, for those that lie between two that fail."""


class Point(NamedTuple):
    """A pair, by the positions of its releases among those of their projects."""

    dependent: int
    dependency: int


class Guess(NamedTuple):
    """The failure that says the most of a pair, and how sure that is, from 0 to 1."""

    sighting: Sighting
    doubt: float


class Nearby:
    """The pairs of two projects that were tried.

    Args:
        failing: each with the pair that it blames.
        working: pairs that work.
        uploaded: of the dependent and of the dependency, when each release was uploaded; empty where that is
            not known.
    """

    def __init__(
        self,
        failing: Sequence[tuple[Point, Sighting]],
        working: Iterable[Point],
        uploaded: tuple[Sequence[str | None], Sequence[str | None]] = ((), ()),
    ) -> None:
        self._working = frozenset(working)
        self._failing = [(point, sighting) for point, sighting in failing if point not in self._working]
        self._uploaded = uploaded

    def guess(self, pair: Point) -> Guess | None:
        """What is to be feared of a pair; None for one that was tried, and where nothing is."""
        if pair in self._working or any(point == pair for point, _ in self._failing):
            return None
        best: Guess | None = None
        for point, sighting in self._failing:
            ahead = self._is_too_new(point)
            if not _is_behind(pair, point, ahead=ahead) or self._is_cleared(pair, ahead=ahead):
                continue
            certain = 1.0 if sighting.is_certain else sighting.doubt
            doubt = certain * (ENCLOSED if self._is_enclosed(pair, ahead=ahead) else GUESSED)
            if best is None or doubt > best.doubt:
                best = Guess(sighting, doubt)
        return best

    def _is_too_new(self, point: Point) -> bool:
        """Whether it is what the dependency became that fails, as far as can be told."""
        beside = [one.dependency for one in self._working if one.dependent == point.dependent]
        older = any(position < point.dependency for position in beside)
        newer = any(position > point.dependency for position in beside)
        if older != newer:
            return older
        dependents, dependencies = self._uploaded
        if point.dependent < len(dependents) and point.dependency < len(dependencies):
            first, second = dependents[point.dependent], dependencies[point.dependency]
            if first is not None and second is not None:
                return second >= first
        return True

    def _is_cleared(self, pair: Point, *, ahead: bool) -> bool:
        return any(_is_behind(one, pair, ahead=ahead) for one in self._working)

    def _is_enclosed(self, pair: Point, *, ahead: bool) -> bool:
        """Whether a pair further on fails, too."""
        return any(_is_behind(point, pair, ahead=ahead) for point, _ in self._failing)


def _is_behind(pair: Point, point: Point, *, ahead: bool) -> bool:
    """Whether a pair is as another or further on in the direction in which things get worse."""
    if ahead:
        return pair.dependent <= point.dependent and pair.dependency >= point.dependency
    return pair.dependent >= point.dependent and pair.dependency <= point.dependency
