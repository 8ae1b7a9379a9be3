"""A layer's blob on its way to the archive in it: hashed, expanded, and bounded in what it may become."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from analyzers.archives.compression import MAGIC_BYTES, CompressionError, compression_of, expanded
from images.layers.limits import LayerLimits


class Blob:
    """The bytes of one layer as they come.

    Args:
        chunks: the blob.
        limits: see there; `content_bytes` is what this layer may have of it.

    Attributes:
        size_bytes: how many there were so far; whole, as `digest`, when `content` is at its end.
        is_plain: whether it is not compressed, so that the archive's digest is the blob's.
        damage: why the content is not all there; None where it is.
    """

    def __init__(self, chunks: Iterator[bytes], limits: LayerLimits) -> None:
        self._chunks, self._limits = chunks, limits
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0
        self.is_plain = False
        self.damage: str | None = None

    @property
    def digest(self) -> str:
        """``sha256:…`` of the bytes so far."""
        return f"sha256:{self._sha256.hexdigest()}"

    def content(self) -> Iterator[bytes]:
        """The archive in pieces; where it is damaged it ends early, while the blob is hashed to its end."""
        chunks = self._hashed()
        head = b""
        for chunk in chunks:
            head += chunk
            if len(head) >= MAGIC_BYTES:
                break
        compression = compression_of(head)
        self.is_plain = compression is None
        whole = _led_by(head, chunks)
        pieces = whole if compression is None else expanded(whole, compression, self._limits.streams)
        content_bytes = 0
        try:
            for piece in pieces:
                content_bytes += len(piece)
                if self._is_excessive(content_bytes):
                    break
                yield piece
        except CompressionError as error:
            self.damage = str(error)
        for _ in chunks:
            pass

    def _hashed(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._sha256.update(chunk)
            self.size_bytes += len(chunk)
            if self.size_bytes > self._limits.blob_bytes:
                self.damage = f"it has more than {self._limits.blob_bytes:,} bytes"
                return
            yield chunk

    def _is_excessive(self, content_bytes: int) -> bool:
        if content_bytes > self._limits.content_bytes:
            self.damage = f"it expands to more than {self._limits.content_bytes:,} bytes"
        elif self._limits.ratio_free_bytes < content_bytes > self._limits.ratio * self.size_bytes:
            self.damage = f"it expands to more than {self._limits.ratio:,} times its size"
        return self.damage is not None


def _led_by(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    if head:
        yield head
    yield from chunks
