"""Which entries of a directory are installed distributions, by their names: `InstalledEntry` out.

Source: https://packaging.python.org/en/latest/specifications/recording-installed-packages/ and
https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator

import msgspec

from analyzers.files import FileEntry, FileKind, joined

_PYTHON_OF_EGG = re.compile(r"-py[0-9][0-9.]*(?:-[^-]*){0,4}$", re.ASCII)
_LEFT_OVER = b"~"
"""What pip renames while it uninstalls begins so. Source: pip, ``AdjacentTempDirectory``."""


class InstalledForm(enum.StrEnum):
    """How an installed distribution keeps its metadata."""

    DIST_INFO = "dist-info"
    EGG_INFO = "egg-info"
    EGG_INFO_FILE = "egg-info file"
    EGG = "egg"
    EGG_FILE = "egg file"
    EGG_LINK = "egg-link"


_FORMS = {
    (b".dist-info", FileKind.DIRECTORY): InstalledForm.DIST_INFO,
    (b".egg-info", FileKind.DIRECTORY): InstalledForm.EGG_INFO,
    (b".egg-info", FileKind.FILE): InstalledForm.EGG_INFO_FILE,
    (b".egg", FileKind.DIRECTORY): InstalledForm.EGG,
    (b".egg", FileKind.FILE): InstalledForm.EGG_FILE,
    (b".egg-link", FileKind.FILE): InstalledForm.EGG_LINK,
}
ENDINGS = tuple({ending for ending, _ in _FORMS})


class InstalledEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a directory that stands for an installed distribution.

    Attributes:
        path: of the metadata, or of the egg or link.
        name: as the name of the entry has it, not normalised.
        version: the same; None where it has none.
        is_left_over: an uninstallation that was interrupted renamed it; no tool counts it.
    """

    path: bytes
    form: InstalledForm
    name: str
    version: str | None = None
    is_left_over: bool = False


def installed_entries(directory: bytes, children: Iterable[FileEntry]) -> Iterator[InstalledEntry]:
    """The distributions among the children of a directory, in their order.

    A link counts as what the caller says it is: its kind is taken from `children`.
    """
    for child in children:
        if not child.name.endswith(ENDINGS):
            continue
        stem, dot, ending = child.name.rpartition(b".")
        form = _FORMS.get((dot + ending, child.kind))
        if form is None or not stem:
            continue
        name, version = named(stem.decode("utf-8", "backslashreplace"))
        yield InstalledEntry(
            path=joined(directory, child.name),
            form=form,
            name=name,
            version=version,
            is_left_over=child.name.startswith(_LEFT_OVER),
        )


def named(stem: str) -> tuple[str, str | None]:
    """Name and version in the name of a ``*.dist-info``, ``*.egg-info`` or egg, without its ending."""
    name, _, version = _PYTHON_OF_EGG.sub("", stem, count=1).partition("-")
    return name or stem, version or None
