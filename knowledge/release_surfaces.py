"""The surface of a release, from its wheel on an index: neither installed nor downloaded.

The directory of the wheel says what its files are; of those that are not known by path, checksum and size the
ranges are read, joined, at once. What was read is kept: the next release needs what it changed alone.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from analyzers.api.conditions import Target
from analyzers.api.modules import module_paths
from analyzers.api.offering import offers_of
from analyzers.api.offers import ReleaseOffers
from analyzers.api.surface import ModuleKey
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.files import FileReaderError
from analyzers.zips import ZipArchive
from knowledge.catalog import Knowledge
from knowledge.errors import InvalidMetadataError
from knowledge.kept_modules import KeptModules
from knowledge.planned_reader import PlannedReader
from knowledge.releases import File
from knowledge.urls import displayed
from knowledge.wheel_modules import WheelModules, decoded, encoded, members_of

_INSTRUMENT = "wheel-modules/1"
_LIMIT_FILES = 100_000
_BATCH_BYTES = 8 << 20


class Reading(NamedTuple):
    """What a release's files say, and how many of them had to be read.

    Attributes:
        unreadable: files that could not be read, with the reason.
    """

    surfaces: DistributionSurfaces
    files: int
    read: int
    unreadable: tuple[tuple[str, str], ...]


class ReleaseSurfaces:
    """Surfaces for one target.

    Args:
        knowledge: opens files of indexes and keeps what was read.
        target: for which modules are read.
        now: seconds since the epoch.
    """

    def __init__(self, knowledge: Knowledge, target: Target, now: Callable[[], float]) -> None:
        self._knowledge, self._target, self._now = knowledge, target, now
        self._directories = knowledge.derivations(_INSTRUMENT, now)
        self._known: dict[str, KeptModules] = {}

    def offers(self, project: str, file: File, names: Collection[str] | None = None) -> ReleaseOffers:
        """What a release offers.

        Args:
            project: normalised.
            file: a wheel of the release.
            names: modules, with what is below them; None for all.

        Raises:
            KnowledgeError: the wheel cannot be read.
        """
        reading = self.surfaces(project, file, whole=names is None)
        found = offers_of(reading.surfaces, names, reading.unreadable)
        self._kept(project).flush()
        return found

    def surfaces(self, project: str, file: File, *, whole: bool = True) -> Reading:
        """Answers about the modules of a release.

        Args:
            project: normalised.
            file: a wheel of the release.
            whole: read all of them now, rather than those that questions lead to, one by one.

        Raises:
            KnowledgeError: the wheel cannot be read.
        """
        try:
            return self._read(project, file, whole)
        except FileReaderError as error:
            raise InvalidMetadataError(file.filename, displayed(file.url), str(error)) from error

    def _read(self, project: str, file: File, whole: bool) -> Reading:
        @functools.cache
        def opened() -> tuple[ZipArchive, PlannedReader]:
            reader = PlannedReader(self._knowledge.remote_file(file))
            return ZipArchive(reader), reader

        known = self._kept(project)
        modules = WheelModules(self._members(file, opened), opened)
        surfaces = DistributionSurfaces(modules.roots, self._target, known)
        sources = {
            path
            for root in modules.roots
            for path, _ in module_paths(root, _LIMIT_FILES)
            if path.endswith((b".py", b".pyi"))
        }
        known.load(modules.members[path] for path in sources)
        missing = sorted(path for path in sources if modules.members[path] not in known)
        unreadable = []
        for batch in _batches(missing, modules.members) if whole else ():
            modules.plan(batch)
            for path in batch:
                try:
                    surfaces.modules.surface(modules, path)
                except FileReaderError as error:
                    unreadable.append((path.decode("utf-8", "backslashreplace"), error.reason))
            opened()[1].forget()
        known.flush()
        return Reading(surfaces, len(sources), len(missing) if whole else 0, tuple(unreadable))

    def _members(
        self, file: File, opened: Callable[[], tuple[ZipArchive, PlannedReader]]
    ) -> tuple[ModuleKey, ...]:
        key = file.hashes.get("sha256") or file.url
        members = decoded(self._directories.known([key]).get(key))
        if members is None:
            members = members_of(opened()[0])
            self._directories.keep({key: encoded(members)})
        return members

    def _kept(self, project: str) -> KeptModules:
        if project not in self._known:
            self._known[project] = KeptModules(self._knowledge, project, self._target, self._now)
        return self._known[project]


def _batches(paths: list[bytes], members: Mapping[bytes, ModuleKey]) -> list[list[bytes]]:
    """The paths in groups of so many bytes that they may wait in memory together."""
    found: list[list[bytes]] = [[]]
    size_bytes = 0
    for path in paths:
        size_bytes += members[path].size_bytes
        if size_bytes > _BATCH_BYTES and found[-1]:
            found.append([])
            size_bytes = members[path].size_bytes
        found[-1].append(path)
    return [batch for batch in found if batch]
