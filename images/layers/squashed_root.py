"""`SquashedRoot`: the root file system that `images.layers.overlay` made of layers, as `RootFiles`."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO, NamedTuple

from analyzers.files import (
    FileEntry,
    FileKind,
    FileMissingError,
    FileStat,
    UnreadableError,
    WrongKindError,
    path_parts,
)
from analyzers.reports import Unknown
from analyzers.trees import DIRECTORY_STAT
from images.layers.content import EntryKind, LayerContent, LayerEntry
from images.native.elf_file import ElfFile

Children = dict[bytes, dict[bytes, None]]
"""Whole paths of what is directly in each directory, the root ``b""`` included."""

_KINDS = {
    EntryKind.FILE: FileKind.FILE,
    EntryKind.SYMLINK: FileKind.SYMLINK,
    EntryKind.OTHER: FileKind.OTHER,
}


class Place(NamedTuple):
    """Where the content of a path is: an entry of a layer."""

    layer: int
    path: bytes


class SquashedRoot:
    """See `images.layers.overlay.squashed`.

    Args:
        layers: lowest first.
        owners: by path, the layer that says what is there; the root left out.
        children: see `Children`.
        since: of directories, the layer that made them.
        shared: of hard links to files of lower layers, where those are.
        unknowns: of the layers and of their stacking.
    """

    def __init__(
        self,
        layers: Sequence[LayerContent],
        owners: dict[bytes, int],
        children: Children,
        since: dict[bytes, int],
        shared: dict[bytes, Place],
        unknowns: tuple[Unknown, ...],
    ) -> None:
        self._layers, self._owners, self._children = layers, owners, children
        self._since, self._shared = since, shared
        self._elf_paths: tuple[bytes, ...] | None = None
        self.unknowns = unknowns

    def paths(self) -> int:
        """How many paths there are, the root not counted."""
        return len(self._owners)

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        """See `FileReader.list`."""
        children = self._children.get(directory)
        if children is None:
            raise WrongKindError(directory, FileKind.DIRECTORY, self._kind(directory))
        skipped = len(directory) + 1 if directory else 0
        return tuple(FileEntry(path[skipped:], self._kind(path)) for path in sorted(children))

    def open(self, path: bytes) -> BinaryIO:
        """See `FileReader.open`."""
        place = self._file(path)
        layer = self._layers[place.layer]
        content = layer.contents.get(place.path)
        if content is None:
            raise UnreadableError(path, layer.left_out.get(place.path, "its content was not kept"))
        return BytesIO(zlib.decompress(content) if place.path in layer.packed else content)

    def stat(self, path: bytes) -> FileStat:
        """See `FileReader.stat`."""
        if path in self._children:
            owner = self._owners.get(path)
            entry = None if owner is None else self._layers[owner].entries.get(path)
            if entry is None:
                return DIRECTORY_STAT
            return FileStat(kind=FileKind.DIRECTORY, size_bytes=0, mode=entry.mode)
        entry = self._entry(path)
        return FileStat(kind=_KINDS[entry.kind], size_bytes=entry.size_bytes, mode=entry.mode)

    def read_link(self, path: bytes) -> bytes:
        """See `FileReader.read_link`."""
        if (found := self._kind(path)) is not FileKind.SYMLINK:
            raise WrongKindError(path, FileKind.SYMLINK, found)
        return self._entry(path).target

    def layer(self, path: bytes) -> int | None:
        """See `RootFiles.layer`; of a directory the layer that made it, of the root none."""
        return self._since.get(path, self._owners.get(path))

    def elf(self, path: bytes) -> ElfFile | None:
        """See `RootFiles.elf`."""
        place = self._place(path)
        return None if place is None else self._layers[place.layer].elves.get(place.path)

    def elf_paths(self) -> Iterator[bytes]:
        """See `RootFiles.elf_paths`."""
        if self._elf_paths is None:
            own = {
                path
                for index, content in enumerate(self._layers)
                for path in content.elves
                if self._owners.get(path) == index and path not in self._shared
            }
            linked = {
                path for path, place in self._shared.items() if place.path in self._layers[place.layer].elves
            }
            self._elf_paths = tuple(sorted(own | linked))
        return iter(self._elf_paths)

    def sha256(self, path: bytes) -> bytes | None:
        """See `RootFiles.sha256`."""
        place = self._place(path)
        return None if place is None else self._layers[place.layer].digests.get(place.path)

    def versions(self, path: bytes) -> Iterator[tuple[int, bytes | None]]:
        """See `LayeredFiles.versions`."""
        above = [path[:end] for end in range(len(path)) if path[end : end + 1] == b"/"]
        for index in reversed(range(len(self._layers))):
            layer = self._layers[index]
            if path in layer.entries:
                content = layer.contents.get(path)
                if content is not None and path in layer.packed:
                    content = zlib.decompress(content)
                yield index, content
            elif (
                layer.whiteouts.get(path) is EntryKind.WHITEOUT
                or any(directory in layer.whiteouts for directory in (*above, b""))
                or any(
                    directory in layer.entries and layer.entries[directory].kind is not EntryKind.DIRECTORY
                    for directory in above
                )
            ):
                yield index, None

    def kept_paths(self) -> Iterator[bytes]:
        """See `KeptFiles.kept_paths`."""
        for index, layer in enumerate(self._layers):
            for path in layer.contents:
                if self._owners.get(path) == index and path not in self._shared:
                    yield path
        for path, place in self._shared.items():
            if place.path in self._layers[place.layer].contents:
                yield path

    def _place(self, path: bytes) -> Place | None:
        owner = self._owners.get(path)
        return None if owner is None else self._shared.get(path) or Place(owner, path)

    def _file(self, path: bytes) -> Place:
        if (found := self._kind(path)) is not FileKind.FILE:
            raise WrongKindError(path, FileKind.FILE, found)
        place = self._place(path)
        assert place is not None
        return place

    def _entry(self, path: bytes) -> LayerEntry:
        """Of what is no directory."""
        place = self._place(path)
        if place is None:
            raise self._missing(path)
        return self._layers[place.layer].entries[place.path]

    def _kind(self, path: bytes) -> FileKind:
        return FileKind.DIRECTORY if path in self._children else _KINDS[self._entry(path).kind]

    def _missing(self, path: bytes) -> Exception:
        """Why nothing has a path: it is unsafe, below something that is no directory, or not there."""
        above = b""
        for part in path_parts(path)[:-1]:
            above = above + b"/" + part if above else part
            if above not in self._owners:
                break
            if above not in self._children:
                return WrongKindError(path, FileKind.DIRECTORY, self._kind(above))
        return FileMissingError(path)
