"""An OCI layout that is a directory. Source: https://github.com/opencontainers/image-spec/blob/main/image-layout.md."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from images.errors import DamagedImageError
from images.layers.content import LayerContent
from images.sources.archive_files import CHUNK_BYTES
from images.sources.archives import NamedLayer
from images.sources.layer_checks import read_checked
from images.sources.source import ReadLayer


class LayoutDirectory:
    """An `images.sources.archives.Archive` over a directory; links in it are followed: tools make some."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def names(self) -> Collection[str]:
        """The names of what is no blob, and of the blobs."""
        found = {path.name for path in self._directory.iterdir()}
        for algorithm in self._directory.glob("blobs/*/"):
            found |= {f"blobs/{algorithm.name}/{path.name}" for path in algorithm.iterdir()}
        return found

    def document(self, name: str, limit_bytes: int) -> bytes:
        """A small file."""
        with self._opened(name) as (descriptor, size_bytes):
            if size_bytes > limit_bytes:
                raise DamagedImageError(name, f"has {size_bytes:,} bytes, more than {limit_bytes:,}")
            return b"".join(_chunks(descriptor, limit_bytes))

    def layer(self, layer: NamedLayer, read_layer: ReadLayer) -> LayerContent:
        """A layer, its digest and size checked."""
        with self._opened(layer.name) as (descriptor, size_bytes):
            return read_checked(layer, _chunks(descriptor, size_bytes), read_layer)

    @contextmanager
    def _opened(self, name: str) -> Iterator[tuple[int, int]]:
        """Descriptor and size of a regular file; nothing else is ever waited for."""
        path = self._directory / name
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise DamagedImageError(str(self._directory), f"{name}: {error.strerror}") from error
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise DamagedImageError(str(self._directory), f"{name} is no regular file")
            yield descriptor, found.st_size
        finally:
            os.close(descriptor)


def _chunks(descriptor: int, limit_bytes: int) -> Iterator[bytes]:
    left = limit_bytes
    while left and (chunk := os.read(descriptor, min(CHUNK_BYTES, left))):
        left -= len(chunk)
        yield chunk
