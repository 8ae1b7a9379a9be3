"""By which slip one name becomes another: the families of typosquats that were published, and what is left.

Source: Taylor et al. 2020, "Defending Against Package Typosquatting"; Vu et al. 2020, "Typosquatting and
Combosquatting Attacks on the Python Ecosystem".
"""

from __future__ import annotations

import enum

from analyzers.source.names.mistaken_letters import neighbours, shape

_LOOKALIKES = (
    *(("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("2", "z"), ("3", "e"), ("4", "a")),
    *(("rn", "m"), ("vv", "w"), ("cl", "d")),
)
_VOWELS = frozenset("aeiouy")
AFFIXES = (
    *("python-", "python3-", "py-", "py3-", "py", "lib", "lib-", "the-", "pip-", "pypi-", "real-", "new-"),
    *("-python", "-python3", "-py", "-py3", "py", "-lib", "lib", "-dev", "-utils", "-tools", "-api", "-sdk"),
    *("-core", "-client", "-package", "-pip", "-pypi", "-module", "-official", "s", "2", "3"),
)
"""What is put before (``py-``) or behind (``-py``) a known name; one without a hyphen is put at both ends."""


class Slip(enum.StrEnum):
    """What tells a name from a popular one."""

    LOOKALIKE = "letters that look alike"
    SWAPPED = "two letters swapped"
    REPEATED = "a letter repeated"
    OMITTED = "a letter left out"
    NEIGHBOUR = "a neighbouring key"
    VOWEL = "another vowel"
    WORDS = "its words in another order"
    SEPARATORS = "hyphens in other places"
    INSERTED = "a letter too many"
    SUBSTITUTED = "another letter"
    AFFIX = "something put before or behind it"
    DISTANT = "two letters"

    @property
    def is_mechanical(self) -> bool:
        """Whether fingers and eyes make it, so that honest names are seldom apart by it."""
        return self not in (Slip.INSERTED, Slip.SUBSTITUTED, Slip.AFFIX, Slip.DISTANT)


def slip_between(name: str, popular: str) -> Slip | None:
    """The slip that makes `name` of `popular`, both normalised; None where they are further apart.

    Numbers that differ tell releases of one thing apart and are no slip. Affixes are not looked at.
    """
    if name == popular:
        return None
    if name.replace("-", "") == popular.replace("-", ""):
        return Slip.SEPARATORS
    if len(name) == len(popular) and sorted(name.split("-")) == sorted(popular.split("-")):
        return Slip.WORDS
    if shape(name, _LOOKALIKES) == shape(popular, _LOOKALIKES):
        return Slip.LOOKALIKE
    if len(name) == len(popular):
        return _of_equal_length(name, popular)
    if len(name) == len(popular) + 1:
        return _added(name, popular)
    if len(name) + 1 == len(popular):
        at = _odd_one(popular, name)
        if at is not None:
            return None if popular[at].isdigit() else Slip.OMITTED
    return Slip.DISTANT if is_within_two(name, popular) and not _differ_in_numbers(name, popular) else None


def _of_equal_length(name: str, popular: str) -> Slip | None:
    differing = [at for at, letter in enumerate(name) if letter != popular[at]]
    if len(differing) == 1:
        here, there = name[differing[0]], popular[differing[0]]
        if here.isdigit() and there.isdigit():
            return None
        if "-" in (here, there):
            return Slip.SUBSTITUTED
        if there in neighbours().get(here, ""):
            return Slip.NEIGHBOUR
        return Slip.VOWEL if {here, there} <= _VOWELS else Slip.SUBSTITUTED
    if len(differing) == 2 and differing[1] == differing[0] + 1:
        first, second = differing
        if name[first] == popular[second] and name[second] == popular[first]:
            return Slip.SWAPPED
    return Slip.DISTANT if is_within_two(name, popular) and not _differ_in_numbers(name, popular) else None


def _added(name: str, popular: str) -> Slip | None:
    at = _odd_one(name, popular)
    if at is None:
        apart = is_within_two(name, popular) and not _differ_in_numbers(name, popular)
        return Slip.DISTANT if apart else None
    added = name[at]
    if added.isdigit():
        return None
    if added in name[max(at - 1, 0) : at] + name[at + 1 : at + 2]:
        return Slip.REPEATED
    return Slip.INSERTED


def _odd_one(longer: str, shorter: str) -> int | None:
    """Place of the one letter that the longer name has and the shorter has not."""
    at = next((at for at, letter in enumerate(shorter) if longer[at] != letter), len(shorter))
    return at if longer[:at] + longer[at + 1 :] == shorter else None


def _differ_in_numbers(name: str, popular: str) -> bool:
    """Whether letters agree, so that numbers alone tell the names apart."""
    return _letters(name) == _letters(popular)


def _letters(name: str) -> str:
    return "".join(letter for letter in name if letter.isalpha())


def is_within_two(name: str, other: str) -> bool:
    """Whether at most two letters are added, left out, replaced, or swapped with the one beside them.

    Source: optimal string alignment; Damerau 1964.
    """
    most = 2
    if abs(len(name) - len(other)) > most:
        return False
    far = most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(name, 1):
        last, before = before, row
        row = [at] + [far] * len(other)
        for to in range(max(1, at - most), min(len(other), at + most) + 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != other[to - 1]))
            if at > 1 and to > 1 and letter == other[to - 2] and name[at - 2] == other[to - 1]:
                cost = min(cost, last[to - 2] + 1)
            row[to] = cost
        if min(row) > most:
            return False
    return row[-1] <= most
