"""What holds an image's documents and layers by name: a file, a stream, a directory, behind one protocol."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

import msgspec

from images.layers.content import LayerContent
from images.sources.source import ReadLayer


class NamedLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer to read.

    Attributes:
        what: for messages.
        name: in the archive.
        digest: of the layer as it is stored; None where none is stated.
        size_bytes: as it is stored; None where it is not stated.
    """

    what: str
    name: str
    digest: str | None = None
    size_bytes: int | None = None


class Archive(Protocol):
    """Documents and layers by name; links are followed."""

    def names(self) -> Collection[str]:
        """Every name."""

    def document(self, name: str, limit_bytes: int) -> bytes:
        """A small file.

        Raises:
            DamagedImageError: it is not there, too large, or ends early.
        """

    def layer(self, layer: NamedLayer, read_layer: ReadLayer) -> LayerContent:
        """A layer, its digest and size checked.

        Raises:
            DamagedImageError: it is not there, or not what is stated.
        """
