"""`SingleFileReader`: one file that a user named, which may be a link, as a tree that holds nothing else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from analyzers.files import (
    FileEntry,
    FileKind,
    FileMissingError,
    FileStat,
    UnreadableError,
    WrongKindError,
    path_parts,
)
from analyzers.trees import DIRECTORY_STAT


class SingleFileReader:
    """A tree of one file.

    Attributes:
        name: of the file.
    """

    def __init__(self, path: Path) -> None:
        self._path, self.name = path, os.fsencode(path.name)

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`."""
        if directory:
            self._expect(directory)
            raise WrongKindError(directory, FileKind.DIRECTORY, FileKind.FILE)
        return (FileEntry(self.name, FileKind.FILE),)

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        self._expect(path)
        try:
            return self._path.open("rb")
        except OSError as error:
            raise UnreadableError(path, error.strerror or str(error)) from error

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        if not path:
            return DIRECTORY_STAT
        self._expect(path)
        try:
            status = self._path.stat()
        except OSError as error:
            raise UnreadableError(path, error.strerror or str(error)) from error
        return FileStat(kind=FileKind.FILE, size_bytes=status.st_size, mode=status.st_mode & 0o7777)

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        self._expect(path)
        raise WrongKindError(path, FileKind.SYMLINK, FileKind.FILE)

    def _expect(self, path: bytes) -> None:
        path_parts(path)
        if not path:
            raise WrongKindError(path, FileKind.FILE, FileKind.DIRECTORY)
        if path != self.name:
            raise FileMissingError(path)
