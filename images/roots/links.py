"""Symbolic links inside of a root file system: followed as a container would, never out of the root."""

from __future__ import annotations

import re

from analyzers.files import FileKind, FileReader, FileReaderError, joined

_LIMIT_LINKS = 40
"""As the kernel has it. Source: path_resolution(7)."""


class LinkLoopError(FileReaderError):
    """A path leads through more symbolic links than the kernel would follow."""

    def __init__(self, path: bytes) -> None:
        super().__init__(path, "too many levels of symbolic links")


def resolved(files: FileReader, path: bytes) -> bytes:
    """The path that a path leads to, itself no link and reached through none; the root is ``b""``.

    Args:
        files: the root file system.
        path: relative to the root or absolute; ``..`` above the root stays at the root.

    Raises:
        FileMissingError: nothing is there, or a link leads nowhere.
        LinkLoopError: there are more than 40 links on the way.
        FileReaderError: a component before the last is no directory.
    """
    pending = path.split(b"/")[::-1]
    found, links = b"", 0
    while pending:
        part = pending.pop()
        if part in (b"", b"."):
            continue
        if part == b"..":
            found = found.rpartition(b"/")[0]
            continue
        below = joined(found, part)
        if files.stat(below).kind is not FileKind.SYMLINK:
            found = below
            continue
        links += 1
        if links > _LIMIT_LINKS:
            raise LinkLoopError(path)
        target = files.read_link(below)
        if target.startswith(b"/"):
            found = b""
        pending.extend(target.split(b"/")[::-1])
    files.stat(found)
    return found


def led_to(files: FileReader, path: bytes) -> bytes | None:
    """The same, or None where it leads nowhere."""
    try:
        return resolved(files, path)
    except FileReaderError:
        return None


_ESCAPED = re.compile(rb"\\x([89a-f][0-9a-f])")


def path_of_shown(shown: str) -> bytes:
    """The path that `shown_path` shows so."""
    return _ESCAPED.sub(lambda found: bytes.fromhex(found[1].decode()), shown.encode().lstrip(b"/"))


def shown_path(path: bytes) -> str:
    """A path of the image as reports show it: absolute, what is not UTF-8 escaped."""
    return "/" + path.decode("utf-8", "backslashreplace")
