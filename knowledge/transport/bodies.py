"""Reads the body of an HTTP answer as it comes, decoded, and never more of it than wanted."""

from __future__ import annotations

import http.client
import zlib
from collections.abc import Callable, Iterator

ENCODINGS = "gzip, deflate"
"""What `decoded` understands, as a request's Accept-Encoding."""
_CHUNK_BYTES = 1 << 18


def chunks(answer: http.client.HTTPResponse, received: Callable[[int], None]) -> Iterator[bytes]:
    """The body as it arrives; `received` is told the size of each piece.

    Raises:
        http.client.IncompleteRead: it ends before it should.
        OSError: the connection breaks, or is silent for too long.
    """
    while chunk := answer.read1(_CHUNK_BYTES):
        received(len(chunk))
        yield chunk
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def decoded(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Bodies without their content coding, in pieces of bounded size.

    Raises:
        zlib.error: they are not in that coding.
    """
    match encoding.strip().lower():
        case "gzip" | "x-gzip":
            decoder = zlib.decompressobj(wbits=31)
        case "deflate":
            decoder = zlib.decompressobj()
        case _:
            yield from pieces
            return
    for piece in pieces:
        data = piece
        while data:
            yield decoder.decompress(data, _CHUNK_BYTES)
            data = decoder.unconsumed_tail
    if not decoder.eof:
        raise zlib.error("incomplete")
