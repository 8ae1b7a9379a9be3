"""Which of two versions is newer, in the order of the tool that a package belongs to: `compared`."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

_DEB_PARTS = re.compile(r"([^0-9]*)([0-9]*)")
_RPM_PARTS = re.compile(r"[0-9]+|[a-zA-Z]+|~|\^")
_APK = re.compile(
    r"(?P<numbers>[0-9]+(?:\.[0-9]+)*)(?P<letter>[a-z]?)(?P<suffixes>(?:_[a-z]+[0-9]*)*)"
    r"(?:~[0-9a-f]+)?(?:-r(?P<release>[0-9]+))?"
)
_APK_SUFFIXES = {"alpha": -4, "beta": -3, "pre": -2, "rc": -1, "cvs": 1, "svn": 2, "git": 3, "hg": 4, "p": 5}
_LONGEST = 1000


def compared(kind: str, before: str, after: str) -> int | None:
    """Below 0 where `before` is the older one, above 0 where it is the newer one, 0 where they are equal.

    Args:
        kind: ``deb``, ``rpm``, ``apk``, ``conda`` or ``pypi``.

    Returns:
        None where there is no order, as for versions that are none of that kind.
    """
    if len(before) > _LONGEST or len(after) > _LONGEST:
        return None
    match kind:
        case "deb":
            return _of_keys(_deb(before), _deb(after))
        case "rpm":
            return _rpm(before, after)
        case "apk":
            first, second = _apk(before), _apk(after)
            return None if first is None or second is None else _sign(first, second)
        case _:
            return _python(before, after)


def _python(before: str, after: str) -> int | None:
    """By PEP 440, which most of conda's versions obey, too."""
    from packaging.version import InvalidVersion, Version

    try:
        first, second = Version(before), Version(after)
    except InvalidVersion:
        return None
    return (first > second) - (first < second)


def _deb(version: str) -> tuple[int, list[tuple[tuple[int, ...], int]], list[tuple[tuple[int, ...], int]]]:
    """Source: deb-version(7)."""
    epoch, colon, rest = version.partition(":")
    if not (colon and epoch.isascii() and epoch.isdecimal()):
        epoch, rest = "0", version
    upstream, hyphen, revision = rest.rpartition("-")
    return int(epoch), _deb_key(upstream if hyphen else revision), _deb_key(revision if hyphen else "")


def _deb_key(text: str) -> list[tuple[tuple[int, ...], int]]:
    """Alternating texts and numbers. In texts the tilde comes before the end, letters before the others."""
    return [
        ((*(-1 if c == "~" else ord(c) + (0 if c.isalpha() else 256) for c in letters), 0), int(digits or 0))
        for letters, digits in _DEB_PARTS.findall(text)
    ]


def _of_keys(
    first: tuple[int, list[tuple[tuple[int, ...], int]], list[tuple[tuple[int, ...], int]]],
    second: tuple[int, list[tuple[tuple[int, ...], int]], list[tuple[tuple[int, ...], int]]],
) -> int:
    if first[0] != second[0]:
        return -1 if first[0] < second[0] else 1
    end = ((0,), 0)
    for one, other in ((first[1], second[1]), (first[2], second[2])):
        for left, right in itertools.zip_longest(one, other, fillvalue=end):
            if left != right:
                return -1 if left < right else 1
    return 0


def _rpm(before: str, after: str) -> int:
    """Epoch, version and release, each by rpm's own rule."""
    for left, right in zip(_rpm_parts(before), _rpm_parts(after), strict=True):
        order = _rpm_order(left, right)
        if order:
            return order
    return 0


def _rpm_parts(version: str) -> tuple[str, str, str]:
    epoch, colon, rest = version.partition(":")
    number, _, release = (rest if colon else version).partition("-")
    return (epoch if colon else "0"), number, release


def _rpm_order(before: str, after: str) -> int:
    """Source: ``rpmvercmp`` of rpm 4.15 and later."""
    left, right = iter(_RPM_PARTS.findall(before)), iter(_RPM_PARTS.findall(after))
    for one, other in itertools.zip_longest(left, right, fillvalue=""):
        if one == other:
            continue
        if "~" in (one, other):
            return -1 if one == "~" else 1
        if one == "^":
            return -1 if other else 1
        if other == "^":
            return 1 if one else -1
        if one.isdigit() and other.isdigit():
            if int(one) != int(other):
                return 1 if int(one) > int(other) else -1
        elif one.isdigit() != other.isdigit():
            return 1 if one.isdigit() or not other else -1
        else:
            return 1 if one > other else -1
    return 0


def _apk(version: str) -> tuple[object, ...] | None:
    """Source: apk-package(5), "Package version specification"."""
    match = _APK.fullmatch(version)
    if match is None:
        return None
    numbers = tuple(map(int, match["numbers"].split(".")))
    suffixes = tuple(_apk_suffixes(match["suffixes"]))
    return numbers, match["letter"], (*suffixes, (0, 0)), int(match["release"] or 0)


def _apk_suffixes(text: str) -> Iterator[tuple[int, int]]:
    for name, number in re.findall(r"_([a-z]+)([0-9]*)", text):
        yield _APK_SUFFIXES.get(name, 0), int(number or 0)


def _sign(first: tuple[object, ...], second: tuple[object, ...]) -> int:
    return 0 if first == second else -1 if first < second else 1
