"""The files of a wheel that make up its modules, as its directory states them: kept by the wheel's hash.

A wheel whose modules are all known is never opened; one of which some are not is opened for those alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import BinaryIO

import msgspec

from analyzers.api.modules import Root, is_module_file
from analyzers.api.surface import ModuleKey
from analyzers.archives.zips import ZipArchive
from analyzers.files import FileEntry, FileKind, FileStat, FileTooLargeError, WrongKindError
from analyzers.trees import DIRECTORY_STAT, FileTree
from analyzers.undecodable import UNDECODABLE
from knowledge.files.planned_reader import PlannedReader

LIMIT_SOURCE_BYTES = 160 << 20
"""Of the modules of one wheel, uncompressed; what comes after is not read."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[ModuleKey, ...]).decode


def members_of(archive: ZipArchive) -> tuple[ModuleKey, ...]:
    """Sources, stubs and compiled modules of an archive, and the Cython sources of these."""
    wanted = {
        path for path, member in archive.members.items() if not member.is_directory and is_module_file(path)
    }
    wanted |= {source for path in wanted if (source := cython_source(path)) in archive.members}
    return tuple(
        ModuleKey(path.decode("utf-8", "backslashreplace"), member.crc32, member.size_bytes)
        for path, member in archive.members.items()
        if path in wanted
    )


def cython_source(path: bytes) -> bytes:
    """Where the Cython source of a compiled module would lie."""
    directory, slash, name = path.rpartition(b"/")
    return directory + slash + name.partition(b".")[0] + b".pyx"


def encoded(members: tuple[ModuleKey, ...]) -> bytes:
    """As the store keeps them."""
    return _encode(members)


def decoded(payload: bytes | None) -> tuple[ModuleKey, ...] | None:
    """As they were; None where nothing was kept, or something else."""
    try:
        return None if payload is None else _decode(payload)
    except UNDECODABLE:
        return None


class WheelModules:
    """The modules of one wheel as a `FileReader` that states the content of its files.

    Args:
        members: what the directory states.
        opened: gives the archive when a file must be read.
    """

    def __init__(
        self, members: Iterable[ModuleKey], opened: Callable[[], tuple[ZipArchive, PlannedReader]]
    ) -> None:
        self.members: Mapping[bytes, ModuleKey] = {member.path.encode(): member for member in members}
        self._opened = opened
        self._tree = FileTree(limit_entries=4 * len(self.members) + 1000)
        self._refused: set[bytes] = set()
        total = 0
        for path, member in sorted(self.members.items(), key=lambda item: (item[0].count(b"/"), item[0])):
            self._tree.add(path, FileKind.FILE)
            if path.endswith((b".py", b".pyi")):
                total += member.size_bytes
                if total > LIMIT_SOURCE_BYTES:
                    self._refused.add(path)

    @property
    def roots(self) -> list[Root]:
        """Where its modules lie, what an installer moves to ``site-packages`` included.

        Source: binary distribution format, the ``.data`` directory.
        """
        found = [Root(self)]
        for child in self._tree.children(b""):
            if child.kind is FileKind.DIRECTORY and child.name.endswith(b".data"):
                found += [Root(self, child.name + b"/" + name) for name in (b"purelib", b"platlib")]
        return found

    def stated(self, path: bytes) -> tuple[int, int] | None:
        """See `analyzers.api.modules.StatesContent`."""
        member = self.members.get(path)
        return None if member is None else (member.crc32, member.size_bytes)

    def plan(self, paths: Iterable[bytes]) -> None:
        """Ask for several files at once; those that are too large in sum are left out."""
        wanted = [path for path in paths if path not in self._refused]
        if not wanted:
            return
        archive, reader = self._opened()
        members = (archive.members[path] for path in wanted if path in archive.members)
        reader.plan([archive.range_of(member) for member in members])

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`."""
        return self._tree.children(directory)

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        self._tree.expect(path, FileKind.FILE)
        if path in self._refused:
            raise FileTooLargeError(path, LIMIT_SOURCE_BYTES)
        archive, _ = self._opened()
        return archive.open(archive.members[path])

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        if self._tree.kind(path) is FileKind.DIRECTORY:
            return DIRECTORY_STAT
        return FileStat(kind=FileKind.FILE, size_bytes=self.members[path].size_bytes, mode=0o644)

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        raise WrongKindError(path, FileKind.SYMLINK, self._tree.kind(path))
