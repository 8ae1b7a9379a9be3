"""`TarReader`: a tar archive as a `FileReader`, read once from end to end and never unpacked to a disk.

What may be asked for is said beforehand, for only that is kept: as it is up to some size, beyond that
compressed. Links are left out: what they lead to inside of the archive is seen itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

from analyzers.archives.tar_headers import TarError
from analyzers.archives.tars import DEFAULT_LIMITS, TarLimits, TarStream
from analyzers.files import (
    FileEntry,
    FileKind,
    FileReaderError,
    FileStat,
    FileTooLargeError,
    UnreadableError,
    WrongKindError,
)
from analyzers.kept_contents import DEFAULT_KEEP, KeepLimits, KeepRoom, KeptContent
from analyzers.trees import DIRECTORY_STAT, FileTree

_SUFFIX = re.compile(r"(?:\.tar)?\.[A-Za-z0-9]+$")


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
        self._contents: dict[bytes, KeptContent] = {}
        self._room = KeepRoom(keep)
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
            if held := self._contents.pop(path, None):
                self._room.release(held)
            if self._wanted(path) and member.size_bytes <= self._keep.file_bytes:
                held = self._room.kept(stream.content(member, self._keep.file_bytes))
                if held is not None:
                    self._contents[path] = held

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
        return BytesIO(self._contents[path].content())

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        if self._tree.kind(path) is FileKind.DIRECTORY:
            return DIRECTORY_STAT
        return FileStat(kind=FileKind.FILE, size_bytes=self._sizes[path], mode=0o644)

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        raise WrongKindError(path, FileKind.SYMLINK, self._tree.kind(path))
