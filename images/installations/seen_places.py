"""What a root holds of Python, found once for all catalogers: a root does not change while it is read."""

from __future__ import annotations

import weakref

import msgspec

from analyzers.python_places import PythonPlaces, python_places
from analyzers.reports import Unknown
from images.installations.executables import Installation, installations
from images.roots.following import FollowingFiles
from images.roots.root_files import RootFiles


class SeenPlaces(msgspec.Struct, frozen=True, kw_only=True):
    """What a root holds of Python, and what could not be listed."""

    files: FollowingFiles
    places: PythonPlaces
    installations: tuple[Installation, ...]
    unknowns: tuple[Unknown, ...]


_seen: weakref.WeakKeyDictionary[RootFiles, SeenPlaces] = weakref.WeakKeyDictionary()


def seen_places(files: RootFiles) -> SeenPlaces:
    """What a root holds of Python."""
    if (seen := _seen.get(files)) is not None:
        return seen
    unknowns: list[Unknown] = []
    places = python_places(files, unknowns)
    absolute = tuple(msgspec.structs.replace(unknown, where=_absolute(unknown.where)) for unknown in unknowns)
    following = FollowingFiles(files)
    found = tuple(installations(following, places))
    seen = SeenPlaces(files=following, places=places, installations=found, unknowns=absolute)
    _seen[files] = seen
    return seen


def _absolute(where: str) -> str:
    return "/" if where == "." else f"/{where}"
