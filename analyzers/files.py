"""The one way anything here reads files: `FileReader`, over a directory, memory, a wheel or an image.

Paths are relative POSIX bytes (``b"a/b.py"``, the root is ``b""``). A reader never follows a link, never
leaves its root, and leaves the cap on sizes to its caller, who reads through `read_file` or streams from
`open`. What cannot be read is a `FileReaderError` that names path and reason.
"""

from __future__ import annotations

import enum
import stat
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol, runtime_checkable

import msgspec

_CHUNK_BYTES = 1 << 20


class FileKind(enum.StrEnum):
    """What a path names."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    OTHER = "other"

    @classmethod
    def of_mode(cls, mode: int) -> FileKind:
        """The kind that the type bits of a ``st_mode`` state."""
        return _KINDS.get(stat.S_IFMT(mode), cls.OTHER)


_KINDS = {
    stat.S_IFREG: FileKind.FILE,
    stat.S_IFDIR: FileKind.DIRECTORY,
    stat.S_IFLNK: FileKind.SYMLINK,
}


_FOUND = {
    FileKind.FILE: "a file",
    FileKind.DIRECTORY: "a directory",
    FileKind.SYMLINK: "a symlink",
    FileKind.OTHER: "something else, such as a device",
}


class FileStat(msgspec.Struct, frozen=True, kw_only=True):
    """What is known about a path without reading it.

    Attributes:
        size_bytes: of the content; for a link the length of its target; 0 for a directory.
        mode: permission bits alone.
    """

    kind: FileKind
    size_bytes: int
    mode: int


class FileEntry(msgspec.Struct, frozen=True, order=True):
    """A direct child of a directory, by its name alone."""

    name: bytes
    kind: FileKind


class FileReader(Protocol):
    """Read access to one tree of files."""

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """The direct children, sorted by name."""

    def open(self, path: bytes) -> BinaryIO:
        """A stream over a regular file, to be closed by the caller; it need not be seekable."""

    def stat(self, path: bytes) -> FileStat:
        """Kind and size of what the path itself names, a link included."""

    def read_link(self, path: bytes) -> bytes:
        """The target of a symbolic link as written; it may point anywhere."""


class Fingerprint(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What changes of a file when somebody writes to it or exchanges it, as `stat` tells it.

    Attributes:
        changed_ns: when content or attributes last changed, which no program sets as it likes.
    """

    size_bytes: int
    modified_ns: int
    changed_ns: int
    inode: int
    device: int
    mode: int


@runtime_checkable
class Fingerprinted(Protocol):
    """A reader over files that stay where they are between runs."""

    def fingerprint(self, path: bytes) -> Fingerprint:
        """That of what the path itself names; of a file that is only read it stays the same."""


class FileReaderError(Exception):
    """A path could not be read; it is empty where the reason is about the whole archive."""

    def __init__(self, path: bytes, reason: str) -> None:
        super().__init__(f"{shown(path)}: {reason}" if path else reason)
        self.path, self.reason = path, reason


class FileMissingError(FileReaderError):
    """Nothing has this path."""

    def __init__(self, path: bytes) -> None:
        super().__init__(path, "no such file or directory")


class WrongKindError(FileReaderError):
    """The path, or a directory on the way to it, is not of the kind that was asked for."""

    def __init__(self, path: bytes, expected: FileKind, found: FileKind) -> None:
        super().__init__(path, f"expected a {expected}, found {_FOUND[found]}")
        self.expected, self.found = expected, found


class FileTooLargeError(FileReaderError):
    """The file exceeds what the caller was ready to read."""

    def __init__(self, path: bytes, limit_bytes: int) -> None:
        super().__init__(path, f"larger than the limit of {limit_bytes:,} bytes")
        self.limit_bytes = limit_bytes


class TooManyFilesError(FileReaderError):
    """A tree has more entries, or is deeper, than the caller was ready to look at."""


class UnsafePathError(FileReaderError):
    """The path could leave the root, or names nothing unambiguously."""


class UnreadableError(FileReaderError):
    """The system refused: permissions, input/output errors."""


def shown(path: bytes) -> str:
    """A path for messages: quoted, with everything escaped that could disturb a terminal."""
    return repr(path.decode("utf-8", "backslashreplace"))


def path_parts(path: bytes) -> tuple[bytes, ...]:
    """The components of a path; none for the root.

    Raises:
        UnsafePathError: the path is absolute, holds NUL, or an empty, ``.`` or ``..`` component.
    """
    if not path:
        return ()
    parts = tuple(path.split(b"/"))
    if b"\0" in path:
        raise UnsafePathError(path, "a path must not hold NUL")
    if path.startswith(b"/"):
        raise UnsafePathError(path, "a path must be relative")
    if any(part in (b"", b".", b"..") for part in parts):
        raise UnsafePathError(path, "a path must not have empty, '.' or '..' components")
    return parts


def joined(directory: bytes, name: bytes) -> bytes:
    """The path of a child; the directory may be the root."""
    return directory + b"/" + name if directory else name


def read_file(reader: FileReader, path: bytes, limit_bytes: int) -> bytes:
    """The content of a regular file.

    Raises:
        FileTooLargeError: it holds more than `limit_bytes`, whatever size it claims.
        FileReaderError: it cannot be read.
    """
    size_bytes = reader.stat(path).size_bytes
    if size_bytes > limit_bytes:
        raise FileTooLargeError(path, limit_bytes)
    # One byte more than stated: a short answer is nearly always all of it; the next one, empty, proves it.
    ask_bytes = min(_CHUNK_BYTES, size_bytes + 1)
    chunks: list[bytes] = []
    left = limit_bytes + 1
    with reader.open(path) as stream:
        while left > 0:
            chunk = stream.read(min(ask_bytes, left))
            if not chunk:
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)
            chunks.append(chunk)
            left -= len(chunk)
            ask_bytes = _CHUNK_BYTES if len(chunks) > 1 else ask_bytes
    raise FileTooLargeError(path, limit_bytes)


def walk(
    reader: FileReader,
    directory: bytes = b"",
    *,
    limit_entries: int = 1_000_000,
    limit_depth: int = 64,
    on_error: Callable[[FileReaderError], None] | None = None,
) -> Iterator[tuple[bytes, FileKind]]:
    """Every path below a directory with its kind, a directory before its children, links not followed.

    Args:
        reader: the tree.
        directory: where to start; it is not given itself.
        limit_entries: how many paths at most.
        limit_depth: how many directories below each other at most.
        on_error: told of a directory that cannot be listed, which is then passed over; without it the
            error is raised.

    Raises:
        TooManyFilesError: there are more entries or deeper directories than the limits allow.
    """
    pending, seen = [(directory, 1)], 0
    while pending:
        current, depth = pending.pop()
        if depth > limit_depth:
            raise TooManyFilesError(current, f"more than {limit_depth} directories deep")
        try:
            children = reader.list(current)
        except FileReaderError as error:
            if on_error is None:
                raise
            on_error(error)
            continue
        seen += len(children)
        if seen > limit_entries:
            raise TooManyFilesError(current, f"more than {limit_entries:,} entries in the tree")
        below = [(joined(current, child.name), child.kind) for child in children]
        yield from below
        pending.extend((path, depth + 1) for path, kind in reversed(below) if kind is FileKind.DIRECTORY)
