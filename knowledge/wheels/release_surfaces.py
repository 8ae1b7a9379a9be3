"""The surface of a release, from its wheel on an index: neither installed nor downloaded.

The directory of the wheel says what its files are; of those that are not known by path, checksum and size the
ranges are read, joined, at once. What was read is kept: the next release needs what it changed alone.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from analyzers.api.conditions import Target
from analyzers.api.modules import Root, module_paths
from analyzers.api.offering import offers_of
from analyzers.api.offers import ReleaseOffers
from analyzers.api.surface import ModuleKey
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.archives.zips import ZipArchive
from analyzers.files import FileReaderError
from knowledge.catalog import Knowledge
from knowledge.errors import InvalidMetadataError
from knowledge.files.planned_reader import PlannedReader
from knowledge.releases import File
from knowledge.transport.urls import displayed
from knowledge.wheels.kept_modules import KeptModules
from knowledge.wheels.modules import WheelModules, cython_source, decoded, encoded, members_of

_INSTRUMENT = "wheel-modules/1"
_LIMIT_FILES = 100_000
_BATCH_BYTES = 8 << 20


class Reading(NamedTuple):
    """What a release's files say, and how many of them had to be read.

    Attributes:
        unreadable: files that could not be read, with the reason.
        roots: how many roots of `surfaces` are those of the release itself.
    """

    surfaces: DistributionSurfaces
    files: int
    read: int
    unreadable: tuple[tuple[str, str], ...]
    roots: int


class ReleaseSurfaces:
    """Surfaces for one target.

    Args:
        knowledge: opens files of indexes and keeps what was read.
        target: for which modules are read.
        now: seconds since the epoch.
        provider: gives the file of the release that a release's file needs for a top-level module; it is
            asked where all names of that module are imported.
    """

    def __init__(
        self,
        knowledge: Knowledge,
        target: Target,
        now: Callable[[], float],
        provider: Callable[[str, File, str], File | None] | None = None,
    ) -> None:
        self._knowledge, self._target, self._now, self._provider = knowledge, target, now, provider
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
        found = offers_of(reading.surfaces, names, reading.unreadable, reading.roots)
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
        known = self._kept(project)
        modules, opened = self._wheel(file)
        surfaces = DistributionSurfaces(modules.roots, self._target, known)
        sources = {
            source
            for root in modules.roots
            for path, _ in module_paths(root, _LIMIT_FILES)
            if (source := _source(path)) in modules.members
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
        roots = modules.roots
        if further := self._further(project, file, surfaces, sources):
            surfaces = DistributionSurfaces([*roots, *further], self._target, known)
        read = len(missing) if whole else 0
        return Reading(surfaces, len(sources), read, tuple(unreadable), len(roots))

    def _wheel(self, file: File) -> tuple[WheelModules, Callable[[], tuple[ZipArchive, PlannedReader]]]:
        @functools.cache
        def opened() -> tuple[ZipArchive, PlannedReader]:
            reader = PlannedReader(self._knowledge.remote_file(file))
            return ZipArchive(reader), reader

        return WheelModules(self._members(file, opened), opened), opened

    def _further(
        self, project: str, file: File, surfaces: DistributionSurfaces, sources: Collection[bytes]
    ) -> list[Root]:
        """The modules of other projects of which all names are imported."""
        if self._provider is None:
            return []
        own = {path.partition(b"/")[0].partition(b".")[0].decode() for path in sources}
        known = self._kept(project)
        wanted = {
            star.partition(".")[0]
            for name in surfaces.modules.files()
            if (module := surfaces.modules.get(name)) is not None
            for surface in module.surfaces
            for star in surface.stars
        }
        found: list[Root] = []
        for name in sorted(wanted - own - sys.stdlib_module_names - {""}):
            needed = self._provider(project, file, name)
            if needed is not None:
                modules, _ = self._wheel(needed)
                known.load(modules.members.values())
                found += modules.roots
        return found

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


def _source(path: bytes) -> bytes:
    return path if path.endswith((b".py", b".pyi")) else cython_source(path)


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
