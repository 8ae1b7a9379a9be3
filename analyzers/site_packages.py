"""Where a prefix keeps installed distributions: a venv, a conda environment, a system, an image's root."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from analyzers.files import FileEntry, FileKind, FileReader, FileReaderError, joined
from analyzers.reports import Unknown

_NAMES = frozenset({b"site-packages", b"dist-packages"})
_PYTHON = re.compile(rb"(?:python|pypy)(3(?:\.[0-9]{1,2})?)t?", re.ASCII)
# Nothing is installed below these, or what is there is none of the prefix's own.
_PASSED_OVER = frozenset(
    {b"proc", b"sys", b"dev", b"run", b"node_modules", b"__pycache__", b".git", b"include", b"share", b"bin"}
)
_LIMIT_DEPTH = 9
_LIMIT_ENTRIES = 300_000


class SitePackages(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A directory of installed distributions.

    Attributes:
        directory: relative to what was searched.
        python: version of the Python that uses it, as its path says: ``3.11``, or ``3`` on Debian.
    """

    directory: bytes
    python: str | None = None


def site_packages(reader: FileReader, unknowns: list[Unknown] | None = None) -> list[SitePackages]:
    """The directories of installed distributions at or below the root of a reader, nearest first.

    ``lib/pythonX.Y/site-packages``, ``lib64``, Debian's ``dist-packages``, Windows' ``Lib/site-packages``,
    conda environments and what lies deeper in an image; links are not followed, so that each is found once.

    Args:
        reader: the tree.
        unknowns: gets a directory that cannot be listed, and that the search was cut short.
    """
    found: list[SitePackages] = []
    level, seen = [b""], 0
    for depth in range(_LIMIT_DEPTH):
        following: list[bytes] = []
        for directory in level:
            try:
                children = reader.list(directory)
            except FileReaderError as error:
                _note(unknowns, directory, error.reason)
                continue
            seen += len(children)
            if not depth and _holds_distributions(children):
                return [SitePackages(directory=b"")]
            for child in _directories(children):
                path = joined(directory, child.name)
                if child.name in _NAMES:
                    found.append(SitePackages(directory=path, python=_python(path)))
                else:
                    following.append(path)
            if seen > _LIMIT_ENTRIES:
                _note(
                    unknowns,
                    directory,
                    f"more than {_LIMIT_ENTRIES:,} entries in the tree; the rest is left out",
                )
                return found
        level = following
    return found


def _directories(children: tuple[FileEntry, ...]) -> Iterator[FileEntry]:
    for child in children:
        if child.kind is FileKind.DIRECTORY and child.name not in _PASSED_OVER:
            yield child


def _holds_distributions(children: tuple[FileEntry, ...]) -> bool:
    return any(child.name.endswith((b".dist-info", b".egg-info", b".egg-link")) for child in children)


def _python(path: bytes) -> str | None:
    for part in reversed(path.split(b"/")):
        if found := _PYTHON.fullmatch(part):
            return found[1].decode()
    return None


def _note(unknowns: list[Unknown] | None, directory: bytes, reason: str) -> None:
    if unknowns is not None and len(unknowns) < 1_000:
        where = directory.decode("utf-8", "backslashreplace") or "."
        unknowns.append(Unknown(what="directory", where=where, reason=reason))
