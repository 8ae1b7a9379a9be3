"""Images in files and directories: archives of Docker, podman and skopeo, OCI archives, layouts, streams."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from analyzers.archives.compression import MAGIC_BYTES, compression_of
from images.errors import ImageReferenceError, SourceUnavailableError
from images.sources.archive_files import CHUNK_BYTES, ArchiveFile
from images.sources.archive_streams import ArchiveStream
from images.sources.archived_images import read_archived
from images.sources.archives import Archive
from images.sources.docker_saves import MANIFEST_NAME, read_saved
from images.sources.expanding import expanded_archive
from images.sources.layout_directories import LayoutDirectory
from images.sources.layouts import read_layout
from images.sources.platform_choice import Wish
from images.sources.reference_texts import STREAM, ImageReference, ReferenceKind
from images.sources.source import Image, ReadLayer

_FORCED = {
    ReferenceKind.DOCKER_ARCHIVE: read_saved,
    ReferenceKind.OCI_ARCHIVE: read_layout,
    ReferenceKind.OCI_LAYOUT: read_layout,
}


class PackedImage:
    """An `images.sources.source.ImageSource` of what a path, or standard input, holds."""

    def __init__(self, reference: ImageReference, wish: Wish) -> None:
        self._reference, self._wish = reference, wish
        self._path = reference.path or Path()

    def read(self, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        """The image, each layer read once."""
        if self._reference.kind is ReferenceKind.OCI_LAYOUT:
            return self._of(LayoutDirectory(self._path), read_layer, progress)
        if str(self._path) == STREAM:
            return self._streamed(sys.stdin.fileno(), read_layer, progress)
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceUnavailableError(str(self._path), reason) from error
        try:
            mode = os.fstat(descriptor).st_mode
            if not stat.S_ISREG(mode):
                return self._streamed(descriptor, read_layer, progress)
            head = os.pread(descriptor, MAGIC_BYTES, 0)
            if not head:
                raise ImageReferenceError(str(self._path), "is empty")
            if compression_of(head) is not None:
                return self._streamed(descriptor, read_layer, progress)
            return self._of(ArchiveFile(descriptor, self._path), read_layer, progress)
        finally:
            os.close(descriptor)

    def _streamed(self, descriptor: int, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        chunks = expanded_archive(_chunks(descriptor), self._reference.text)
        return self._of(ArchiveStream(chunks, self._reference.text, read_layer), read_layer, progress)

    def _of(self, archive: Archive, read_layer: ReadLayer, progress: Callable[[str], None]) -> Image:
        """The image, found as the user says or the archive tells."""
        kind, text = self._reference.kind, self._reference.text
        read = _FORCED.get(kind, read_archived)
        parts = read(archive, text, self._reference.name, self._wish, read_layer, progress)
        packed = ReferenceKind.OCI_ARCHIVE
        if MANIFEST_NAME in archive.names():
            packed = ReferenceKind.DOCKER_ARCHIVE
        source = kind if kind is ReferenceKind.OCI_LAYOUT else packed
        return parts.image(text, source.value)


def _chunks(descriptor: int) -> Iterator[bytes]:
    while chunk := os.read(descriptor, CHUNK_BYTES):
        yield chunk
