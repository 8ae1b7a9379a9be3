"""`RootFiles`: a root file system as catalogers see it: a squashed image, a directory or this machine."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, runtime_checkable

from analyzers.files import FileReader
from images.native.elf_file import ElfFile


class RootFiles(FileReader, Protocol):
    """A `FileReader` over a root file system that also knows where its files come from.

    The content of a file that no cataloger wants (`images.roots.wanted.Wanted`) cannot be read.
    """

    def layer(self, path: bytes) -> int | None:
        """The layer that the path comes from, 0 the lowest; None where there are no layers."""

    def elf(self, path: bytes) -> ElfFile | None:
        """What an ELF file says of itself; None for what is no ELF file."""

    def elf_paths(self) -> Iterator[bytes]:
        """Every path that is an ELF file, sorted; not through links."""

    def sha256(self, path: bytes) -> bytes | None:
        """Digest of a file's content where digests were asked for; None where they were not."""


@runtime_checkable
class LayeredFiles(Protocol):
    """Root files that also remember what each layer did to a path."""

    def versions(self, path: bytes) -> Iterator[tuple[int, bytes | None]]:
        """What a file was after each layer that changed it, the highest layer first.

        The content is that of a regular file, through hard links; None where the layer removed the path, or a
        directory above it, or put there what is no regular file or was not kept. A path that is reached
        through links has no versions, nor has one that no layer ever set.
        """


@runtime_checkable
class KeptFiles(Protocol):
    """Root files that know which files can be read without looking through all directories."""

    def kept_paths(self) -> Iterator[bytes]:
        """Every path of a regular file whose content can be read, in any order; not through links."""
