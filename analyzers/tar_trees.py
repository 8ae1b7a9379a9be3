"""`TarReader`: a tar archive as a `FileReader`, read once from end to end and never unpacked to a disk.

What may be asked for is said beforehand, for only that is kept: as it is up to some size, beyond that
compressed. Links are left out: what they lead to inside of the archive is seen itself.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

import msgspec

from analyzers.files import (
    FileEntry,
    FileKind,
    FileReaderError,
    FileStat,
    FileTooLargeError,
    UnreadableError,
    WrongKindError,
)
from analyzers.tars import DEFAULT_LIMITS, TarError, TarLimits, TarStream
from analyzers.trees import DIRECTORY_STAT, FileTree

_SUFFIX = re.compile(r"(?:\.tar)?\.[A-Za-z0-9]+$")
_LEVEL = 1


class KeepLimits(msgspec.Struct, frozen=True, kw_only=True):
    """How much of an archive is kept in memory.

    Attributes:
        file_bytes: of one file.
        plain_bytes: of all files that are kept as they are; the others are compressed.
        kept_bytes: of all files as they are kept.
    """

    file_bytes: int = 64 << 20
    plain_bytes: int = 64 << 20
    kept_bytes: int = 128 << 20


DEFAULT_KEEP = KeepLimits()


class TarReader:
    """The members of an archive that are wanted.

    Args:
        chunks: the archive's bytes.
        filename: its suffix tells the compression.
        wanted: whether the content of a file may be asked for, by its path.
        limits: what reading may cost.
        keep: what may be kept.

    Attributes:
        refused: members that have no safe place, and why the archive was not read to its end.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        filename: str,
        wanted: Callable[[bytes], bool],
        limits: TarLimits = DEFAULT_LIMITS,
        keep: KeepLimits = DEFAULT_KEEP,
    ) -> None:
        self._wanted, self._keep = wanted, keep
        self._tree = FileTree(limit_entries=4 * limits.headers)
        self._sizes: dict[bytes, int] = {}
        self._contents: dict[bytes, tuple[bool, bytes]] = {}
        self._plain_bytes = self._kept_bytes = 0
        self.refused: list[FileReaderError] = []
        suffix = _SUFFIX.search(filename.lower())
        try:
            self._read(TarStream(chunks, suffix[0] if suffix else "", limits))
        except TarError as error:
            self.refused.append(UnreadableError(b"", f"the archive was not read to its end: {error}"))

    def _read(self, stream: TarStream) -> None:
        for member in stream.members():
            path = member.path.removeprefix(b"./").rstrip(b"/")
            if not member.is_file or not path:
                continue
            if path not in self._sizes:  # a later member of the same path replaces the earlier one
                try:
                    self._tree.add(path, FileKind.FILE)
                except FileReaderError as error:
                    self.refused.append(error)
                    continue
            self._sizes[path] = member.size_bytes
            self._forget(path)
            if self._wanted(path) and member.size_bytes <= self._keep.file_bytes:
                self._hold(path, stream.content(member, self._keep.file_bytes))

    def _forget(self, path: bytes) -> None:
        if held := self._contents.pop(path, None):
            self._kept_bytes -= len(held[1])

    def _hold(self, path: bytes, content: bytes) -> None:
        is_plain = self._plain_bytes + len(content) <= self._keep.plain_bytes
        held = content if is_plain else zlib.compress(content, _LEVEL)
        if self._kept_bytes + len(held) <= self._keep.kept_bytes:
            self._plain_bytes += len(held) if is_plain else 0
            self._kept_bytes += len(held)
            self._contents[path] = (is_plain, held)

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`."""
        return self._tree.children(directory)

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`.

        Raises:
            FileReaderError: also for a file that was not wanted, or that there was no room for.
        """
        self._tree.expect(path, FileKind.FILE)
        if path not in self._contents:
            if self._sizes[path] > self._keep.file_bytes:
                raise FileTooLargeError(path, self._keep.file_bytes)
            reason = "there was no room to keep it" if self._wanted(path) else "it was not kept"
            raise UnreadableError(path, reason)
        is_plain, held = self._contents[path]
        return BytesIO(held if is_plain else zlib.decompress(held))

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        if self._tree.kind(path) is FileKind.DIRECTORY:
            return DIRECTORY_STAT
        return FileStat(kind=FileKind.FILE, size_bytes=self._sizes[path], mode=0o644)

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        raise WrongKindError(path, FileKind.SYMLINK, self._tree.kind(path))
