"""`RootFiles`: a root file system as catalogers see it: a squashed image, a directory or this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from analyzers.files import FileReader
from images.elf_file import ElfFile


class RootFiles(FileReader, Protocol):
    """A `FileReader` over a root file system that also knows where its files come from.

    The content of a file that no cataloger wants (`images.wanted.Wanted`) cannot be read.
    """

    def layer(self, path: bytes) -> int | None:
        """The layer that the path comes from, 0 the lowest; None where there are no layers."""

    def elf(self, path: bytes) -> ElfFile | None:
        """What an ELF file says of itself; None for what is no ELF file."""

    def elf_paths(self) -> Iterator[bytes]:
        """Every path that is an ELF file, sorted; not through links."""

    def sha256(self, path: bytes) -> bytes | None:
        """Digest of a file's content where digests were asked for; None where they were not."""
