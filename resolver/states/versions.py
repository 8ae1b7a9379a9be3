"""Sets of a project's releases as integers: bit 0 is "not in the stack", bit i + 1 the i-th oldest release.

Union, intersection and emptiness then cost one machine operation. A specifier becomes such a mask once, by
bisection: PEP 440 orders versions so that what a single clause admits is one run of them. What a clause
admits is asked of `packaging` alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

ABSENT = 1
"""The mask of "not in the stack"."""


def bit(position: int) -> int:
    """The mask of the release at `position`."""
    return 2 << position


def span(start: int, stop: int) -> int:
    """The mask of the releases from `start` up to but not including `stop`."""
    return ((1 << (stop - start)) - 1) << (start + 1) if stop > start else 0


def positions(mask: int) -> Iterator[int]:
    """Positions of the releases in a mask, newest first."""
    mask &= ~ABSENT
    while mask:
        top = mask.bit_length() - 1
        yield top - 1
        mask ^= 1 << top


def newest(mask: int) -> int:
    """Position of the newest release in a mask that holds one."""
    return mask.bit_length() - 2


def oldest(mask: int) -> int:
    """Position of the oldest release in a mask that holds one."""
    mask &= ~ABSENT
    return (mask & -mask).bit_length() - 2


class Versions:
    """The versions of one project, oldest first, parsed only when looked at.

    Args:
        texts: canonical and distinct versions in the order of PEP 440.
    """

    __slots__ = ("_masks", "_parsed", "everything", "texts")

    def __init__(self, texts: tuple[str, ...]) -> None:
        self.texts = texts
        self.everything = span(0, len(texts))
        self._parsed: list[Version | None] = [None] * len(texts)
        self._masks: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, position: int) -> Version:
        version = self._parsed[position]
        if version is None:
            version = self._parsed[position] = Version(self.texts[position])
        return version

    def mask(self, specifiers: str) -> int:
        """The releases that a specifier set admits, pre-releases included.

        Raises:
            InvalidSpecifier: the text is no specifier set.
        """
        mask = self._masks.get(specifiers)
        if mask is None:
            try:
                mask = self.everything
                for specifier in sorted(SpecifierSet(specifiers), key=str):
                    mask &= self._clause(specifier)
            except InvalidSpecifier:
                raise
            except ValueError as error:  # numbers beyond what Python takes
                raise InvalidSpecifier(f"invalid specifier: {specifiers[:200]!r}") from error
            self._masks[specifiers] = mask
        return mask

    def _clause(self, specifier: Specifier) -> int:
        def admits(position: int) -> bool:
            return specifier.contains(self[position], prereleases=True)

        end = len(self.texts)
        match specifier.operator:
            case ">=" | ">":
                return span(self._first(admits, 0, end), end)
            case "<=" | "<":
                return span(0, self._first(lambda position: not admits(position), 0, end))
            case "===":
                wanted = specifier.version.lower()
                return sum(bit(i) for i, text in enumerate(self.texts) if text.lower() == wanted)
            case "==" | "~=" | "!=":
                return self._run(specifier)
        raise InvalidSpecifier(f"unknown operator in {specifier}")

    def _run(self, specifier: Specifier) -> int:
        """The one run of versions that ``==`` or ``~=`` admits, or all others for ``!=``."""
        negated = specifier.operator == "!="
        positive = Specifier(f"=={specifier.version}") if negated else specifier
        floor = _floor(positive)
        end = len(self.texts)
        start = self._first(lambda position: self[position] >= floor, 0, end)
        stop = self._first(
            lambda position: not positive.contains(self[position], prereleases=True), start, end
        )
        run = span(start, stop)
        return self.everything & ~run if negated else run

    @staticmethod
    def _first(holds: Callable[[int], bool], low: int, high: int) -> int:
        """The first position in [low, high) from which on a monotone predicate holds, else `high`."""
        while low < high:
            middle = (low + high) // 2
            if holds(middle):
                high = middle
            else:
                low = middle + 1
        return low


def _floor(specifier: Specifier) -> Version:
    """The lowest version that ``==`` or ``~=`` can admit."""
    text = specifier.version
    if text.endswith(".*"):
        return Version(f"{text[:-2]}.dev0")
    try:
        return Version(text)
    except InvalidVersion as error:
        raise InvalidSpecifier(f"invalid version in {specifier}") from error
