"""`FollowingFiles`: a root file system seen as programs in it see it, through its symbolic links."""

from __future__ import annotations

from typing import BinaryIO

from analyzers.files import FileEntry, FileKind, FileReaderError, FileStat, joined
from images.native.elf_file import ElfFile
from images.roots.links import resolved
from images.roots.root_files import RootFiles

_LIMIT_DEPTH = 100


class FollowingFiles:
    """A `FileReader` that follows links, never out of the root; a path may also hold ``..``."""

    def __init__(self, files: RootFiles) -> None:
        self._files = files
        self._directories: dict[bytes, bytes] = {}

    def real(self, path: bytes) -> bytes:
        """The path without links, as `images.roots.links.resolved` has it.

        Raises:
            FileReaderError: it leads nowhere.
        """
        above, _, name = path.rpartition(b"/")
        if name in (b"", b".", b".."):
            return resolved(self._files, path)
        below = joined(self._above(above), name)
        return resolved(self._files, below) if self._files.stat(below).kind is FileKind.SYMLINK else below

    def _above(self, directory: bytes) -> bytes:
        """The same of a directory; each that is on the way to another is resolved once."""
        found = self._directories.get(directory)
        if found is None:
            is_deep = directory.count(b"/") > _LIMIT_DEPTH
            found = resolved(self._files, directory) if is_deep else self.real(directory)
            self._directories[directory] = found
        return found

    def found(self, path: bytes) -> bytes | None:
        """The same, or None where it leads nowhere."""
        try:
            return self.real(path)
        except FileReaderError:
            return None

    def directory(self, path: bytes) -> bytes | None:
        """The same of a directory, or None where there is none."""
        real = self.found(path)
        return real if real is not None and self._files.stat(real).kind is FileKind.DIRECTORY else None

    def file(self, path: bytes) -> bytes | None:
        """The same of a regular file, or None where there is none."""
        real = self.found(path)
        return real if real is not None and self._files.stat(real).kind is FileKind.FILE else None

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`; the kind of a link is that of a link."""
        return self._files.list(self.real(directory))

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        return self._files.open(self.real(path))

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`; of what a link leads to."""
        return self._files.stat(self.real(path))

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        return self._files.read_link(path)

    def layer(self, path: bytes) -> int | None:
        """The layer of what a path leads to; None where it leads nowhere or there are no layers."""
        real = self.found(path)
        return None if real is None else self._files.layer(real)

    def elf(self, path: bytes) -> ElfFile | None:
        """See `RootFiles.elf`."""
        real = self.found(path)
        return None if real is None else self._files.elf(real)
