"""Layers are what manifest and configuration say, or the image is damaged."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from analyzers.reports import Unknown
from images.errors import DamagedImageError
from images.layers.content import LayerContent
from images.sources.archives import NamedLayer
from images.sources.digests import BlobChunks, digest_parts
from images.sources.source import ReadLayer

_UNCHECKED = Unknown(what="digest", where="", reason="the layer was not read to its end")


def read_checked(layer: NamedLayer, chunks: Iterator[bytes], read_layer: ReadLayer) -> LayerContent:
    """A layer that has the digest and size that are stated for it as it is stored.

    Raises:
        DamagedImageError: it has not.
    """
    blob = BlobChunks(layer.what, chunks, layer.digest, layer.size_bytes)
    content = read_layer(layer.what, blob)
    if not blob.is_complete:
        return msgspec.structs.replace(content, unknowns=(*content.unknowns, _UNCHECKED))
    blob.check(content.blob_digest)
    return content


def check_diff_id(what: str, content: LayerContent, diff_id: str) -> None:
    """Compare an uncompressed layer with what the configuration says.

    A layer that could not be expanded to its end has no such digest, and says why in its unknowns.

    Raises:
        DamagedImageError: they differ.
    """
    digest_parts(diff_id)
    if content.diff_id not in ("", diff_id) and _UNCHECKED not in content.unknowns:
        raise DamagedImageError(
            what, f"its files have the digest {content.diff_id}, not {diff_id} as the configuration says"
        )


def absent_layer(digest: str, size_bytes: int, diff_id: str) -> LayerContent:
    """In place of a layer that is not read, so that those above it keep their numbers."""
    return LayerContent(
        entries={},
        whiteouts={},
        contents={},
        elves={},
        digests={},
        blob_digest=digest,
        blob_bytes=size_bytes,
        diff_id=diff_id,
        size_bytes=0,
    )
