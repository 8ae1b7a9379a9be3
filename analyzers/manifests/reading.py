"""How parsers get at files: the one that is read, and those that it includes."""

from __future__ import annotations

from collections.abc import Callable

from analyzers.files import FileReader, UnsafePathError, read_file

FILE_LIMIT_BYTES = 32 << 20

ReadFile = Callable[[str], bytes]
"""Gives the content of a file by its path as locations show it; raises FileReaderError or OSError."""


def reading(reader: FileReader) -> ReadFile:
    """Reads the files of a tree by paths that are relative to its root; nothing outside of it."""

    def read(path: str) -> bytes:
        try:
            name = path.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError as error:
            raise UnsafePathError(path.encode("utf-8", "backslashreplace"), "no valid path") from error
        return read_file(reader, name, FILE_LIMIT_BYTES)

    return read
