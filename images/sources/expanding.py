"""Archives that are compressed as a whole, as users keep them: told by what they begin with."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from analyzers.archives.compression import MAGIC_BYTES, CompressionError, compression_of, expanded
from images.errors import DamagedImageError
from images.layers.limits import DEFAULT_LIMITS, LayerLimits


def expanded_archive(
    chunks: Iterator[bytes], what: str, limits: LayerLimits = DEFAULT_LIMITS
) -> Iterator[bytes]:
    """The archive in chunks; as they are where they are not compressed.

    Args:
        limits: those of one layer, for an archive of layers becomes no larger than they do.

    Raises:
        DamagedImageError: the compression is damaged, or it expands to more than it should.
    """
    read_bytes = 0

    def counted() -> Iterator[bytes]:
        nonlocal read_bytes
        for chunk in chunks:
            read_bytes += len(chunk)
            yield chunk

    arriving = counted()
    head = b""
    while len(head) < MAGIC_BYTES and (chunk := next(arriving, None)) is not None:
        head += chunk
    whole = itertools.chain((head,), arriving)
    compression = compression_of(head)
    if compression is None:
        yield from whole
        return
    content_bytes = 0
    try:
        for piece in expanded(whole, compression, limits.streams):
            content_bytes += len(piece)
            if limits.ratio_free_bytes < content_bytes > limits.ratio * read_bytes:
                raise DamagedImageError(what, f"it expands to more than {limits.ratio:,} times its size")
            yield piece
    except CompressionError as error:
        raise DamagedImageError(what, str(error)) from error
