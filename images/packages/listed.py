"""What one package database lists: `PackageList`, put together by a `Lister` that keeps it within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

import msgspec

_SHOWN_TROUBLES = 20
_LIMIT_PACKAGES = 100_000
"""A whole distribution has some 70,000."""

_WORD = re.compile(rb"[!-~]{1,256}")
_LIMIT_TEXT_BYTES = 4096

_LIMIT_DEPENDS_BYTES = 64 << 10
_LIMIT_DEPENDS = 1000
_LISTED_NAME = re.compile(rb"(?:(?<=^)|(?<=[\s,|]))[A-Za-z0-9][A-Za-z0-9+._-]{0,255}(?=$|[\s,|:(<>=~])")

PackageKey = tuple[str, str, str | None]
"""Name, version, architecture: what makes a package the same in two states of a database."""


class ListedPackage(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An installed package as its database has it; see `images.reports.records.SystemPackage`."""

    name: str
    version: str
    arch: str | None = None
    source: str | None = None
    source_version: str | None = None
    depends: tuple[str, ...] = ()
    license: str | None = None

    @property
    def key(self) -> PackageKey:
        """What tells it from others."""
        return self.name, self.version, self.arch


class HalfInstalled(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A package whose installation began and did not end.

    Attributes:
        state: as its database names it.
    """

    name: str
    version: str
    state: str


class PackageList(msgspec.Struct, frozen=True, kw_only=True):
    """The installed packages of a database.

    Attributes:
        half_installed: not among `packages`.
        troubles: what could not be read, a sentence each that names the place; only the first few.
    """

    packages: tuple[ListedPackage, ...] = ()
    half_installed: tuple[HalfInstalled, ...] = ()
    troubles: tuple[str, ...] = ()

    @property
    def keys(self) -> frozenset[PackageKey]:
        """Of all packages."""
        return frozenset(package.key for package in self.packages)


class WordError(ValueError):
    """A name or version that no tool would have written."""


class FullError(Exception):
    """There are more packages than any system has."""


def word(value: bytes, what: str) -> str:
    """A name, version or architecture.

    Raises:
        WordError: it is empty, long, or holds anything but printable ASCII without spaces.
    """
    if not value:
        raise WordError(f"no {what}")
    if _WORD.fullmatch(value) is None:
        shown = repr(value[:40].decode("utf-8", "backslashreplace"))
        raise WordError(f"{what} {shown}{'…' if len(value) > 40 else ''}: it cannot be one")
    return value.decode("ascii")


def names(value: bytes) -> tuple[str, ...]:
    """The names of packages in a dependency field, each once, without the versions that are demanded."""
    found = (match[0].decode("ascii") for match in _LISTED_NAME.finditer(value[:_LIMIT_DEPENDS_BYTES]))
    return tuple(dict.fromkeys(islice(found, _LIMIT_DEPENDS)))


def text(value: bytes) -> str | None:
    """A text such as a licence; None where it is empty or too long to be one."""
    return value.decode("utf-8", "backslashreplace") if 0 < len(value) <= _LIMIT_TEXT_BYTES else None


class Lister:
    """Collects what a reader finds; one bad entry is a trouble, too many of them are counted."""

    def __init__(self) -> None:
        self._packages: list[ListedPackage] = []
        self._troubles: list[str] = []
        self._more = 0

    def add(self, package: ListedPackage) -> None:
        """Note a package.

        Raises:
            FullError: there is no room for it.
        """
        if len(self._packages) >= _LIMIT_PACKAGES:
            raise FullError(f"more than {_LIMIT_PACKAGES:,} packages: the others are left out")
        self._packages.append(package)

    def trouble(self, reason: str) -> None:
        """Note what could not be read."""
        if len(self._troubles) < _SHOWN_TROUBLES:
            self._troubles.append(reason)
        else:
            self._more += 1

    def listed(self, half_installed: Iterable[HalfInstalled] = ()) -> PackageList:
        """All of it."""
        more = (f"and {self._more:,} more of the kind",) if self._more else ()
        return PackageList(
            packages=tuple(self._packages),
            half_installed=tuple(half_installed),
            troubles=(*self._troubles, *more),
        )
