"""Trees of files without a disk: the index of paths that memory and archives share, and `MemoryReader`.

`SubtreeReader` is a part of any tree.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import BinaryIO

from analyzers.files import (
    FileEntry,
    FileKind,
    FileMissingError,
    FileReader,
    FileReaderError,
    FileStat,
    TooManyFilesError,
    UnsafePathError,
    WrongKindError,
    joined,
    path_parts,
)

DIRECTORY_STAT = FileStat(kind=FileKind.DIRECTORY, size_bytes=0, mode=0o755)

_Directory = dict[bytes, "_Directory | FileKind"]


class FileTree:
    """Which paths exist and of what kind; directories above a path are implied."""

    def __init__(self, limit_entries: int = 1_000_000) -> None:
        self._root: _Directory = {}
        self._limit, self._count = limit_entries, 0

    def add(self, path: bytes, kind: FileKind) -> None:
        """Place a path; a directory may be placed again.

        Raises:
            UnsafePathError: the path is unsafe, taken, or below something that is no directory.
            TooManyFilesError: the tree is full.
        """
        *above, name = path_parts(path) or (b"",)
        directory = self._root
        for part in above:
            directory = self._enter(path, directory, part)
        if kind is FileKind.DIRECTORY:
            if name:
                self._enter(path, directory, name)
        elif not name or name in directory:
            raise UnsafePathError(path, "two entries have this path")
        else:
            self._take_place(path)
            directory[name] = kind

    def _enter(self, path: bytes, directory: _Directory, part: bytes) -> _Directory:
        below = directory.get(part)
        if below is None:
            self._take_place(path)
            below = directory[part] = {}
        if isinstance(below, FileKind):
            raise UnsafePathError(path, f"both a {below} and a directory have this path or lead to it")
        return below

    def _take_place(self, path: bytes) -> None:
        self._count += 1
        if self._count > self._limit:
            raise TooManyFilesError(path, f"more than {self._limit:,} entries in the tree")

    def kind(self, path: bytes) -> FileKind:
        """The kind of what a path names.

        Raises:
            FileReaderError: unsafe, missing, or below something that is no directory.
        """
        found = self._find(path)
        return found if isinstance(found, FileKind) else FileKind.DIRECTORY

    def expect(self, path: bytes, kind: FileKind) -> None:
        """Pass if a path is of this kind.

        Raises:
            FileReaderError: it is of another kind, unsafe, or missing.
        """
        if (found := self.kind(path)) is not kind:
            raise WrongKindError(path, kind, found)

    def children(self, path: bytes) -> tuple[FileEntry, ...]:
        """The direct children of a directory, sorted by name.

        Raises:
            FileReaderError: the path is no directory, unsafe, or missing.
        """
        found = self._find(path)
        if isinstance(found, FileKind):
            raise WrongKindError(path, FileKind.DIRECTORY, found)
        return tuple(
            FileEntry(name, below if isinstance(below, FileKind) else FileKind.DIRECTORY)
            for name, below in sorted(found.items(), key=lambda item: item[0])
        )

    def _find(self, path: bytes) -> _Directory | FileKind:
        found: _Directory | FileKind = self._root
        for part in path_parts(path):
            if isinstance(found, FileKind):
                raise WrongKindError(path, FileKind.DIRECTORY, found)
            below = found.get(part)
            if below is None:
                raise FileMissingError(path)
            found = below
        return found


class MemoryReader:
    """A `FileReader` over files and links that are given as mappings from path to content or target."""

    def __init__(self, files: Mapping[bytes, bytes], links: Mapping[bytes, bytes] | None = None) -> None:
        self._files, self._links, self._tree = dict(files), dict(links or {}), FileTree()
        for path in self._files:
            self._tree.add(path, FileKind.FILE)
        for path in self._links:
            self._tree.add(path, FileKind.SYMLINK)

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`."""
        return self._tree.children(directory)

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        self._tree.expect(path, FileKind.FILE)
        return BytesIO(self._files[path])

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        match self._tree.kind(path):
            case FileKind.FILE:
                return FileStat(kind=FileKind.FILE, size_bytes=len(self._files[path]), mode=0o644)
            case FileKind.SYMLINK:
                return FileStat(kind=FileKind.SYMLINK, size_bytes=len(self._links[path]), mode=0o777)
            case _:
                return DIRECTORY_STAT

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        self._tree.expect(path, FileKind.SYMLINK)
        return self._links[path]


class SubtreeReader:
    """One directory of a tree as a tree; errors name paths within it."""

    def __init__(self, reader: FileReader, directory: bytes) -> None:
        self._reader, self._directory = reader, directory

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`."""
        with self._renamed(directory):
            return self._reader.list(self._whole(directory))

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        with self._renamed(path):
            return self._reader.open(self._whole(path))

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        with self._renamed(path):
            return self._reader.stat(self._whole(path))

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        with self._renamed(path):
            return self._reader.read_link(self._whole(path))

    def _whole(self, path: bytes) -> bytes:
        path_parts(path)
        return joined(self._directory, path) if path else self._directory

    @contextlib.contextmanager
    def _renamed(self, path: bytes) -> Iterator[None]:
        try:
            yield
        except FileReaderError as error:
            error.path = path
            raise
