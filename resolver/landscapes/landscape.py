"""What a search among stacks walks on: numbered projects, what releases ask for, and what they score.

Two things are landscapes: the universe of a run, where a release is read when a move first meets it
(`resolver.landscapes.explored`), and an instance frozen from one or made up (`resolver.landscapes.instance`).
Predictors, bounds and benchmarks see nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import msgspec

Part = tuple[int, str | None]
"""A project by its number (None), or one of its extras."""


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """One project that a release asks for, by itself or for one of its extras.

    Attributes:
        project: its number.
        mask: the releases of it that serve.
        extras: of it that are asked for, sorted.
        others: numbers of projects that may stand in for it, with the releases of theirs that serve.
    """

    project: int
    mask: int
    extras: tuple[str, ...] = ()
    others: tuple[tuple[int, int], ...] = ()

    def parts(self) -> Iterator[Part]:
        """What it brings into force, of those that may stand in as well; a project before its extras."""
        for project in (self.project, *(other for other, _ in self.others)):
            for part in (None, *self.extras):
                yield project, part


class Pair(msgspec.Struct, frozen=True, array_like=True):
    """What a release, or one of its extras, loses beside releases of a project that it asks for.

    Attributes:
        project: number of the one that is asked for.
        key: tells the pairs of one release and one project apart.
    """

    project: int
    key: str


class Landscape(Protocol):
    """Projects by number, from 0; releases by position, 0 the oldest; masks as in `resolver.states.versions`.

    A stack is valid when every requirement is met, everything in it asks for what is in it, each ask by its
    project or by one that stands in for it, no refutation holds, and nothing is in it that nobody asks for.
    Its score is the sum of `score` over its releases and of `pair_score` over the pairs of their active parts
    whose project is in it.
    """

    @property
    def names(self) -> Sequence[str]:
        """The names of all projects known so far; more may be met while asking."""

    @property
    def requirements(self) -> Sequence[Ask]:
        """What the user asks for."""

    @property
    def refutations(self) -> Sequence[Mapping[int, int]]:
        """Masks of releases that cannot stand in one stack; a mask without `ABSENT` asks for a release."""

    def domain(self, project: int) -> int:
        """The releases that can be in some stack."""

    def kept(self, project: int) -> int:
        """The releases that no move gives up for another: what a lock prefers."""

    def ranked(self, project: int) -> Sequence[int]:
        """The positions of all releases that a move may put the project to, best first."""

    def asks(self, project: int, position: int, part: str | None) -> Sequence[Ask] | None:
        """What a release asks for, by itself (None) or for an extra; each project once.

        None where it cannot be had, or cannot be read any more.
        """

    def score(self, project: int, position: int) -> int:
        """What a release adds to the score, in millionths, at most 0."""

    def pairs(self, project: int, position: int, part: str | None) -> Sequence[Pair]:
        """What of a release may lose beside others; for an extra, without the pairs of the release itself."""

    def pair_score(self, project: int, position: int, pair: Pair, other: int) -> int:
        """What a release adds to the score beside one release of the project of a pair, at most 0."""

    def is_known(self, project: int, position: int) -> bool:
        """Whether asking about a release reads nothing."""

    def hint(self, moves: Iterable[tuple[int, int]]) -> None:
        """Tell about which releases, by project and position, will probably be asked."""
