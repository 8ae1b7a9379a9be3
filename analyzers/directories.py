"""`DirectoryReader`: a real directory as a `FileReader`.

Its content is hostile: every component is opened relative to the directory above it without following
links, so that a path cannot leave the root even while somebody exchanges directories for links; a FIFO
cannot hang the reader and a device is never opened. `HeldDirectoryReader` is the same for whole trees: it
keeps the directories on the way to the last path open.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from analyzers.files import (
    FileEntry,
    FileKind,
    FileMissingError,
    FileReaderError,
    FileStat,
    Fingerprint,
    TooManyFilesError,
    UnreadableError,
    WrongKindError,
    path_parts,
)

_ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


class DirectoryReader:
    """Reads below one directory; the root itself may be a link, since it is the user who names it."""

    def __init__(self, root: Path, *, limit_children: int = 1_000_000) -> None:
        self._root, self._limit_children = root, limit_children

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`.

        Raises:
            TooManyFilesError: the directory has more children than this reader's limit.
        """
        with self._entered(directory, path_parts(directory)) as descriptor, _refusals(directory):
            found = []
            with os.scandir(descriptor) as children:
                for child in children:
                    found.append(FileEntry(os.fsencode(child.name), _kind(child)))
                    if len(found) > self._limit_children:
                        raise TooManyFilesError(directory, f"more than {self._limit_children:,} children")
            return tuple(sorted(found))

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        with self._parent(path) as (parent, name):
            self._expect(path, FileKind.FILE, os.stat(name, dir_fd=parent, follow_symlinks=False))
            descriptor = os.open(name, _READ, dir_fd=parent)
        stream = os.fdopen(descriptor, "rb")
        try:
            self._expect(path, FileKind.FILE, os.fstat(descriptor))
        except FileReaderError:
            stream.close()
            raise
        return stream

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        with self._parent(path) as (parent, name):
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        kind = FileKind.of_mode(status.st_mode)
        size_bytes = 0 if kind is FileKind.DIRECTORY else status.st_size
        return FileStat(kind=kind, size_bytes=size_bytes, mode=status.st_mode & 0o7777)

    def fingerprint(self, path: bytes) -> Fingerprint:
        """See `analyzers.files.Fingerprinted`."""
        with self._parent(path) as (parent, name):
            status = os.stat(name, dir_fd=parent, follow_symlinks=False)
        return Fingerprint(
            size_bytes=status.st_size,
            modified_ns=status.st_mtime_ns,
            changed_ns=status.st_ctime_ns,
            inode=status.st_ino,
            device=status.st_dev,
            mode=status.st_mode,
        )

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        with self._parent(path) as (parent, name):
            self._expect(path, FileKind.SYMLINK, os.stat(name, dir_fd=parent, follow_symlinks=False))
            return os.readlink(name, dir_fd=parent)

    @staticmethod
    def _expect(path: bytes, kind: FileKind, status: os.stat_result) -> None:
        if (found := FileKind.of_mode(status.st_mode)) is not kind:
            raise WrongKindError(path, kind, found)

    @contextlib.contextmanager
    def _parent(self, path: bytes) -> Iterator[tuple[int, bytes]]:
        *above, name = path_parts(path) or (b".",)
        with self._entered(path, tuple(above)) as descriptor, _refusals(path):
            yield descriptor, name

    @contextlib.contextmanager
    def _entered(self, path: bytes, parts: tuple[bytes, ...]) -> Iterator[int]:
        """A descriptor of the directory that the parts name, entered one by one."""
        with _refusals(path):
            descriptor = os.open(self._root, _ENTER)
        try:
            for part in parts:
                with _refusals(path):
                    below = self._enter(path, descriptor, part)
                os.close(descriptor)
                descriptor = below
            yield descriptor
        finally:
            os.close(descriptor)

    def _enter(self, path: bytes, parent: int, part: bytes) -> int:
        # Asking first gives the kind for the message; O_NOFOLLOW is what keeps the promise.
        self._expect(path, FileKind.DIRECTORY, os.stat(part, dir_fd=parent, follow_symlinks=False))
        return os.open(part, _ENTER | os.O_NOFOLLOW, dir_fd=parent)


class HeldDirectoryReader(DirectoryReader):
    """Reads below one directory, for who reads much of it in order; to be closed, and for one thread.

    A directory is entered as `DirectoryReader` enters it, but only where the path leaves the last one: what
    is exchanged meanwhile is seen when it is entered again, and what is open lay below the root.
    """

    def __init__(self, root: Path, *, limit_children: int = 1_000_000) -> None:
        super().__init__(root, limit_children=limit_children)
        self._held: list[tuple[bytes, int]] = []  # the root first, then one component below another

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of every directory; the reader opens them again when it is asked further."""
        self._leave(0)

    def _leave(self, depth: int) -> None:
        while len(self._held) > depth:
            os.close(self._held.pop()[1])

    @contextlib.contextmanager
    def _entered(self, path: bytes, parts: tuple[bytes, ...]) -> Iterator[int]:
        yield self._hold(path, parts)

    def _hold(self, path: bytes, parts: tuple[bytes, ...]) -> int:
        if not self._held:
            with _refusals(path):
                self._held.append((b"", os.open(self._root, _ENTER)))
        depth = 1
        for (held, _), part in zip(self._held[1:], parts, strict=False):
            if held != part:
                break
            depth += 1
        self._leave(depth)
        for part in parts[depth - 1 :]:
            with _refusals(path):
                self._held.append((part, self._enter(path, self._held[-1][1], part)))
        return self._held[-1][1]


def _kind(child: os.DirEntry[str]) -> FileKind:
    if child.is_file(follow_symlinks=False):  # most are
        return FileKind.FILE
    if child.is_dir(follow_symlinks=False):
        return FileKind.DIRECTORY
    return FileKind.SYMLINK if child.is_symlink() else FileKind.OTHER


@contextlib.contextmanager
def _refusals(path: bytes) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissingError(path) from error
    except OSError as error:
        raise UnreadableError(path, error.strerror or str(error)) from error
