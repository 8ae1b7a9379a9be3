"""Wheels read by ranges: `WheelReader` is one as a tree of files, `WheelMetadata` finds its METADATA.

Over a `SparseReader` each function raises `RangeMissing` for what it lacks and is called again once that
was added; a wheel whose tail is known needs one more range at most for its metadata in nearly all cases.

Source: PEP 427 and the binary distribution format specification.
"""

from __future__ import annotations

import functools
from typing import BinaryIO

from analyzers.archives.zip_directories import DEFAULT_LIMITS, TAIL_BYTES, ZipError, ZipLimits, ZipMember
from analyzers.archives.zips import ZipArchive
from analyzers.files import FileEntry, FileKind, FileStat, WrongKindError
from analyzers.ranges import BytesReader, RangeMissing, RangeReader, SparseReader
from analyzers.trees import DIRECTORY_STAT, FileTree

__all__ = [
    "TAIL_BYTES",
    "BytesReader",
    "RangeMissing",
    "RangeReader",
    "SparseReader",
    "WheelError",
    "WheelMetadata",
    "WheelReader",
    "ZipError",
    "ZipLimits",
    "wheel_dist_info",
    "wheel_metadata",
]

METADATA_LIMIT_BYTES = 16 << 20


class WheelError(ZipError):
    """A sound archive that is no wheel."""


class WheelReader:
    """A wheel as a `FileReader`; installers write every member as a regular file, so there are no links.

    Attributes:
        archive: its members, for callers that skip those with known content or fetch several at once.

    Raises:
        FileReaderError: when made, if the archive's directory cannot be trusted.
    """

    def __init__(self, reader: RangeReader, limits: ZipLimits = DEFAULT_LIMITS) -> None:
        self.archive = ZipArchive(reader, limits)

    @functools.cached_property
    def _tree(self) -> FileTree:
        tree = FileTree(limit_entries=4 * len(self.archive.members) + 1000)
        for path, member in self.archive.members.items():
            tree.add(path, FileKind.DIRECTORY if member.is_directory else FileKind.FILE)
        return tree

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`."""
        return self._tree.children(directory)

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        return self.archive.open(self._member(path))

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        if self._tree.kind(path) is FileKind.DIRECTORY:
            return DIRECTORY_STAT
        return FileStat(kind=FileKind.FILE, size_bytes=self.archive.members[path].size_bytes, mode=0o644)

    def stated(self, path: bytes) -> tuple[int, int] | None:
        """CRC-32 and size of a file's content, as the archive's directory states them."""
        member = self.archive.members.get(path)
        return None if member is None else (member.crc32, member.size_bytes)

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        raise WrongKindError(path, FileKind.SYMLINK, self._tree.kind(path))

    def _member(self, path: bytes) -> ZipMember:
        self._tree.expect(path, FileKind.FILE)
        return self.archive.members[path]


def wheel_dist_info(archive: ZipArchive) -> bytes:
    """The one ``*.dist-info`` directory at the root of a wheel.

    Raises:
        WheelError: there is none, or more than one.
    """
    roots = {path.partition(b"/")[0] for path in archive.members}
    found = sorted(root for root in roots if root.endswith(b".dist-info"))
    if len(found) != 1:
        names = ", ".join(name.decode("utf-8", "replace") for name in found[:3])
        raise WheelError(b"", f"a wheel has one *.dist-info directory, this one has {len(found)}: {names}")
    return found[0]


class WheelMetadata:
    """The METADATA of one wheel, which is asked for again once what was missing is there."""

    def __init__(self) -> None:
        self._archive: ZipArchive | None = None

    def __call__(self, reader: RangeReader) -> bytes:
        """The content of METADATA.

        Args:
            reader: the same at every call: a directory that was read is not read again.

        Raises:
            RangeMissing: by a `SparseReader`, for what must be fetched first.
            FileReaderError: the archive cannot be trusted, is no wheel (`WheelError`), or holds no METADATA.
        """
        if self._archive is None:
            self._archive = ZipArchive(reader, containing=b".dist-info/")
        path = wheel_dist_info(self._archive) + b"/METADATA"
        member = self._archive.members.get(path)
        if member is None:
            raise WheelError(path, "is missing from the wheel")
        return self._archive.read(member, METADATA_LIMIT_BYTES)


def wheel_metadata(reader: RangeReader) -> bytes:
    """The content of a wheel's METADATA, as `WheelMetadata` gives it at the first call."""
    return WheelMetadata()(reader)
