"""Whether a file is an archive that may hold an image, by the bytes that it begins with."""

from __future__ import annotations

import zlib
from pathlib import Path

from analyzers.archives.compression import MAGIC_BYTES, compression_of

_BLOCK_BYTES = 512
_MARK = slice(257, 262)
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31


def is_archive(path: Path) -> bool:
    """Whether a file is a tar archive, or compressed in a way that images are and texts are not.

    Of a gzip file the first block is expanded; a file that cannot be read is none.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(1 << 16)
    except OSError:
        return False
    if head.startswith(_GZIP_MAGIC):
        try:
            head = zlib.decompressobj(wbits=_GZIP_WINDOW).decompress(head, _BLOCK_BYTES)
        except zlib.error:
            return False
    elif compression_of(head[:MAGIC_BYTES]) is not None:
        return True
    return head[_MARK] == b"ustar"
