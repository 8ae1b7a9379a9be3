"""Whether a package is suspected to pose as a popular one, and why.

Three things must come together: a name near to a popular one, no standing of its own, and a text that does
not make it a relative. Nothing here proves anything: it is a reason to look twice.
"""

from __future__ import annotations

from datetime import date

import msgspec

from topics.impostors.kinship import Kinship
from topics.impostors.nearness import Near
from topics.impostors.slips import Slip

_SETTLED_YEARS = 2
_SETTLED_RELEASES = 5
_OLD_YEARS = 5
_TELLING_LETTERS = 9
"""So long names are seldom one letter apart by chance."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How long a project has been there: impostors are found and removed.

    Attributes:
        first: day of its first upload, such as 2020-01-31; None where it is not known.
        releases: how many there are.
    """

    first: str | None = None
    releases: int = 0

    def is_settled(self, today: date | None) -> bool:
        """Whether a project is too old for an impostor; never where a date is not known."""
        began = _day(self.first)
        if began is None or today is None:
            return False
        years = (today - began).days / 365.25
        return years >= _OLD_YEARS or (years >= _SETTLED_YEARS and self.releases >= _SETTLED_RELEASES)


class Suspicion(msgspec.Struct, frozen=True, kw_only=True):
    """A package that may pose as another.

    Attributes:
        name: normalised.
        near: the popular name.
        kinship: of what it says to what the popular one says.
    """

    name: str
    near: Near
    kinship: Kinship

    @property
    def message(self) -> str:
        """In words."""
        near = self.near
        slip = f"{self.name} looks like {near.popular} (number {near.rank} by downloads) but for {near.slip}"
        says = f"{self.kinship} as {near.popular}" if self.kinship is Kinship.COPIED else self.kinship
        return f"{slip}; it is not widely used, and {says}"


def suspicion(name: str, near: Near, kinship: Kinship) -> Suspicion | None:
    """What is held against a package that is near to a popular one and not settled; None for nothing.

    A slip of fingers or eyes is forgiven where the text is of a relative, or speaks of the package by its
    name. What many honest names differ by, a word before or behind, other letters, counts mostly where the
    package is silent or copies.
    """
    doubted = Suspicion(name=name, near=near, kinship=kinship)
    match near.slip:
        case Slip.AFFIX | Slip.DISTANT:
            is_held = kinship is Kinship.COPIED or (near.slip is Slip.AFFIX and kinship is Kinship.SILENT)
        case Slip.VOWEL | Slip.SUBSTITUTED | Slip.INSERTED:
            is_silent = kinship in (Kinship.SILENT, Kinship.COPIED, Kinship.UNCOMPARED)
            is_held = is_silent or (kinship is Kinship.FOREIGN and len(near.popular) >= _TELLING_LETTERS)
        case _:
            is_held = kinship not in (Kinship.AKIN, Kinship.NAMED)
    return doubted if is_held else None


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text[:10])
    except ValueError:
        return None
