"""Where a prefix keeps installed distributions: a venv, a conda environment, a system, an image's root."""

from __future__ import annotations

import re

import msgspec

from analyzers.files import FileReader, FileReaderError
from analyzers.python_places import holds_distributions, python_places
from analyzers.reports import Unknown

_PYTHON = re.compile(rb"(?:python|pypy)(3(?:\.[0-9]{1,2})?)t?", re.ASCII)


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
    conda environments, what ``pip install --target`` filled, and what lies deeper in an image; links are not
    followed, so that each is found once.

    Args:
        reader: the tree.
        unknowns: gets a directory that cannot be listed, and that the search was cut short.
    """
    try:
        if holds_distributions(reader.list(b"")):
            return [SitePackages(directory=b"")]
    except FileReaderError:
        pass  # the walk says so
    places = python_places(reader, unknowns)
    found = sorted((*places.site_packages, *places.bundles), key=lambda path: path.count(b"/"))
    return [SitePackages(directory=path, python=_python(path)) for path in found]


def _python(path: bytes) -> str | None:
    for part in reversed(path.split(b"/")):
        if found := _PYTHON.fullmatch(part):
            return found[1].decode()
    return None
