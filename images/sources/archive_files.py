"""An archive that is a file: indexed once without reading what its members hold, then read in place."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from images.errors import DamagedImageError
from images.layers.content import LayerContent
from images.sources.archive_members import archive_members, followed
from images.sources.archives import NamedLayer
from images.sources.layer_checks import read_checked
from images.sources.source import ReadLayer

CHUNK_BYTES = 1 << 18


class ArchiveFile:
    """An `images.sources.archives.Archive` over an uncompressed tar archive.

    Args:
        descriptor: an open file that can be read at any place; the caller closes it.
    """

    def __init__(self, descriptor: int, path: Path) -> None:
        self._descriptor, self._path = descriptor, path
        self._places: dict[str, tuple[int, int]] = {}
        self._links: dict[str, str] = {}
        size_bytes = os.fstat(descriptor).st_size
        for member in archive_members(_FileBytes(descriptor), str(path)):
            if member.offset + member.size_bytes > size_bytes:
                raise DamagedImageError(str(path), f"the archive ends early, within {member.name}")
            if member.link is not None:
                self._links[member.name] = member.link
            else:
                self._links.pop(member.name, None)
                self._places[member.name] = (member.offset, member.size_bytes)

    def names(self) -> Collection[str]:
        """Every name."""
        return self._places.keys() | self._links.keys()

    def document(self, name: str, limit_bytes: int) -> bytes:
        """A small file."""
        offset, size_bytes = self._place(name)
        if size_bytes > limit_bytes:
            raise DamagedImageError(name, f"has {size_bytes:,} bytes, more than {limit_bytes:,}")
        return b"".join(self._chunks(offset, size_bytes))

    def layer(self, layer: NamedLayer, read_layer: ReadLayer) -> LayerContent:
        """A layer, its digest and size checked."""
        offset, size_bytes = self._place(layer.name)
        return read_checked(layer, self._chunks(offset, size_bytes), read_layer)

    def _place(self, name: str) -> tuple[int, int]:
        place = self._places.get(followed(name, self._links, str(self._path)))
        if place is None:
            raise DamagedImageError(str(self._path), f"{name} is not in the archive")
        return place

    def _chunks(self, offset: int, size_bytes: int) -> Iterator[bytes]:
        end = offset + size_bytes
        while offset < end:
            chunk = os.pread(self._descriptor, min(CHUNK_BYTES, end - offset), offset)
            if not chunk:
                return  # it was cut while it was read
            offset += len(chunk)
            yield chunk


class _FileBytes:
    """`images.sources.archive_members.Bytes` of a file, passed over without reading."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._position = descriptor, 0

    def read(self, length: int) -> bytes:
        content = os.pread(self._descriptor, length, self._position)
        self._position += len(content)
        return content

    def skip(self, length: int) -> None:
        self._position += length

    def position(self) -> int:
        return self._position
