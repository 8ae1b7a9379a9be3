"""`MemoryRoot`: a root file system in memory, for catalogers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from analyzers.trees import MemoryReader
from images.native.elf_file import ElfFile


class MemoryRoot(MemoryReader):
    """A `images.roots.root_files.RootFiles` over mappings from path to content, target, layer and ELF facts."""

    def __init__(
        self,
        files: Mapping[bytes, bytes],
        links: Mapping[bytes, bytes] | None = None,
        *,
        layers: Mapping[bytes, int] | None = None,
        elves: Mapping[bytes, ElfFile] | None = None,
    ) -> None:
        super().__init__({**files, **dict.fromkeys(elves or {}, b"\x7fELF")}, links)
        self._contents, self._layers, self._elves = dict(files), dict(layers or {}), dict(elves or {})

    def layer(self, path: bytes) -> int | None:
        return self._layers.get(path)

    def elf(self, path: bytes) -> ElfFile | None:
        return self._elves.get(path)

    def elf_paths(self) -> Iterator[bytes]:
        return iter(sorted(self._elves))

    def sha256(self, path: bytes) -> bytes | None:
        content = self._contents.get(path)
        return None if content is None else hashlib.sha256(content).digest()
