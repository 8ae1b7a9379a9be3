"""`DirectoryRoot`: a real directory, or this machine, as `RootFiles`.

It stays on the file system that the directory is on: what is mounted below it counts as empty. Of this
machine's root also what the kernel makes up is left out (``/proc``, ``/sys``, ``/dev``), wherever it lies.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Self

from analyzers.directories import HeldDirectoryReader
from analyzers.files import (
    FileEntry,
    FileKind,
    FileMissingError,
    FileReaderError,
    FileStat,
    TooManyFilesError,
    WrongKindError,
    walk,
)
from analyzers.reports import Unknown
from images.native.elf_file import ElfFile
from images.native.elf_parser import ELF_MAGIC, ElfParser
from images.roots.links import shown_path

_MADE_UP = (b"proc", b"sys", b"dev")
_SHARED_OBJECT, _EXECUTABLE = b".so", 0o111
_LIMIT_UNKNOWNS = 100
_READ_LIMIT_BYTES = 64 << 20


class DirectoryRoot:
    """Reads below one directory; to be closed, and for one thread.

    Args:
        path: the root; it may be a link, since it is the user who names it.
        elf: reads ELF files; without it none is looked at.
        limit_entries: how many paths are looked at for ELF files.
        limit_depth: how many directories below each other.

    Attributes:
        unknowns: what is mounted below the root and what could not be listed, as far as it was come by.

    Raises:
        FileReaderError: when made, if there is no such directory.
    """

    def __init__(
        self,
        path: Path,
        elf: ElfParser | None = None,
        *,
        limit_entries: int = 2_000_000,
        limit_depth: int = 256,
    ) -> None:
        self._files, self._elf = HeldDirectoryReader(path), elf
        self._limit_entries, self._limit_depth = limit_entries, limit_depth
        self._device = self._files.fingerprint(b"").device
        self._hidden = _MADE_UP if path.resolve() == Path("/") else ()
        self._elves: dict[bytes, ElfFile | None] = {}
        self._elf_paths: tuple[bytes, ...] | None = None
        self._unknowns: dict[bytes, Unknown] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of what is open; it is opened again when more is asked for."""
        self._files.close()

    @property
    def unknowns(self) -> tuple[Unknown, ...]:
        """See the class."""
        return tuple(self._unknowns.values())

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`; what is on another file system is empty."""
        self._expect_shown(directory)
        if directory and self._files.fingerprint(directory).device != self._device:
            self._remark(directory, "another file system is mounted there; it is not looked into")
            return ()
        children = self._files.list(directory)
        if directory or not self._hidden:
            return children
        return tuple(child for child in children if child.name not in self._hidden)

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        self._expect_shown(path)
        return self._files.open(path)

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        self._expect_shown(path)
        return self._files.stat(path)

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        self._expect_shown(path)
        return self._files.read_link(path)

    def layer(self, path: bytes) -> int | None:
        """See `RootFiles.layer`: there are none."""
        return None

    def sha256(self, path: bytes) -> bytes | None:
        """See `RootFiles.sha256`: nobody asks for digests of a directory."""
        return None

    def elf(self, path: bytes) -> ElfFile | None:
        """See `RootFiles.elf`."""
        if self._elf is None:
            return None
        if path not in self._elves:
            self._elves[path] = self._parsed(path, self._elf)
        return self._elves[path]

    def elf_paths(self) -> Iterator[bytes]:
        """See `RootFiles.elf_paths`.

        Files are looked into that can be executed or have ``.so`` in their names, so that not every file of
        a large disk is opened.
        """
        if self._elf_paths is None:
            self._elf_paths = tuple(sorted(self._found_elves()))
        return iter(self._elf_paths)

    def _found_elves(self) -> Iterator[bytes]:
        if self._elf is None:
            return
        entries = walk(
            self,
            limit_entries=self._limit_entries,
            limit_depth=self._limit_depth,
            on_error=lambda error: self._remark(error.path, error.reason),
        )
        try:
            for path, kind in entries:
                if kind is FileKind.FILE and self._may_be_elf(path) and self.elf(path) is not None:
                    yield path
        except TooManyFilesError as error:
            self._remark(error.path, error.reason)

    def _may_be_elf(self, path: bytes) -> bool:
        if _SHARED_OBJECT in path[path.rfind(b"/") + 1 :]:
            return True
        try:
            return bool(self._files.stat(path).mode & _EXECUTABLE)
        except FileReaderError:
            return False  # it is gone again

    def _parsed(self, path: bytes, parser: ElfParser) -> ElfFile | None:
        try:
            with self.open(path) as stream:
                if stream.read(len(ELF_MAGIC)) != ELF_MAGIC:
                    return None

                def read(offset: int, length: int) -> bytes:
                    stream.seek(max(offset, 0))
                    return stream.read(min(max(length, 0), _READ_LIMIT_BYTES))

                return parser.parse(read)
        except (FileMissingError, WrongKindError):
            return None
        except FileReaderError as error:
            self._remark(path, error.reason)
        except OSError as error:
            self._remark(path, error.strerror or str(error))
        except ValueError:
            self._remark(path, "a damaged ELF file")
        return None

    def _expect_shown(self, path: bytes) -> None:
        if self._hidden and path.partition(b"/")[0] in self._hidden:
            raise FileMissingError(path)

    def _remark(self, path: bytes, reason: str) -> None:
        if len(self._unknowns) < _LIMIT_UNKNOWNS:
            self._unknowns.setdefault(path, Unknown(what="path", where=shown_path(path), reason=reason))
