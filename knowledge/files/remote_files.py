"""Parts of files on an index, by HTTP ranges. Source: RFC 9110, section 14."""

from __future__ import annotations

import concurrent.futures
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from analyzers.ranges import RangeMissing, SparseReader
from knowledge.errors import CorruptResponseError, InvalidMetadataError, RangesUnsupportedError
from knowledge.files.digests import verify
from knowledge.releases import File
from knowledge.transport.statistics import RequestKind
from knowledge.transport.threads import Transport
from knowledge.transport.urls import displayed

if TYPE_CHECKING:
    from knowledge.transport.client import Client

T = TypeVar("T")
LARGEST_WHOLE_BYTES = 32 << 20
TAIL_BYTES = 64 << 10
_ROUNDS = 5
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-(\d{1,18})/(\d{1,18})", re.ASCII)
_ANSWERS = frozenset({200, 206, 416})


class Piece(NamedTuple):
    """Bytes of a file, and the length of the whole file."""

    offset: int
    data: bytes
    size_bytes: int


def fetch_range(client: Client, url: str, offset: int | None, length: int) -> Piece:
    """Reads a range; the whole file where the server knows no ranges and the file is not too large.

    Args:
        client: makes the request.
        url: of the file.
        offset: of the first byte; None for the last `length` bytes of the file.
        length: more than zero.

    Raises:
        RangesUnsupportedError: the server would send the whole file, and that is too large.
        TransportError: one of its other kinds.
    """
    wanted = f"bytes=-{length}" if offset is None else f"bytes={offset}-{offset + length - 1}"
    response = client.get(
        url,
        RequestKind.RANGE,
        headers={"Range": wanted, "Accept-Encoding": "identity"},
        largest_bytes=max(length, LARGEST_WHOLE_BYTES),
        accepted=_ANSWERS,
    )
    shown = displayed(url)
    if response.status == 200:
        if not response.body:
            raise RangesUnsupportedError(
                shown, f"no ranges, and more than {LARGEST_WHOLE_BYTES} bytes as a whole"
            )
        return Piece(0, response.body, len(response.body))
    stated = _CONTENT_RANGE.fullmatch(response.headers.get("content-range", ""))
    if response.status == 416 or stated is None:
        raise CorruptResponseError(shown, f"does not answer to {wanted}")
    first, last, size_bytes = map(int, stated.groups())
    start = max(0, size_bytes - length) if offset is None else offset
    end = size_bytes if offset is None else min(offset + length, size_bytes)
    if (first, last + 1, len(response.body)) != (start, end, end - start):
        raise CorruptResponseError(
            shown, f"answers {stated.group()} with {len(response.body)} bytes to {wanted}"
        )
    return Piece(first, response.body, size_bytes)


def parsed_by_ranges(client: Client, file: File, parse: Callable[[SparseReader], T]) -> T:
    """What `parse` makes of a file of which its end is read, and then the ranges that it misses.

    Raises:
        HashMismatchError: the server sent the whole file, and it is not what the index promised.
        InvalidMetadataError: the file asks for more ranges than a sound one does.
        TransportError: one of its kinds.
    """
    known = file.size_bytes
    offset = None if known is None else max(0, known - TAIL_BYTES)
    length = TAIL_BYTES if known is None else max(1, min(TAIL_BYTES, known))
    reader: SparseReader | None = None
    for _ in range(_ROUNDS):
        piece = fetch_range(client, file.url, offset, length)
        if len(piece.data) == piece.size_bytes:
            verify(file, file.hashes, piece.data, "the file")
        if reader is None:
            reader = SparseReader(piece.size_bytes)
        if reader.size_bytes != piece.size_bytes:
            raise CorruptResponseError(displayed(file.url), "changed its length while it was read")
        reader.add(piece.offset, piece.data)
        try:
            return parse(reader)
        except RangeMissing as missing:
            offset, length = missing.offset, missing.length
    raise InvalidMetadataError(file.filename, displayed(file.url), f"needs more than {_ROUNDS} ranges")


class RemoteFile:
    """A file on an index as a `RangeReader`: every `read` is one request that is waited for."""

    def __init__(self, transport: Transport, url: str, size_bytes: int | None = None) -> None:
        self.url = url
        self._transport = transport
        self._size_bytes = size_bytes

    @property
    def size_bytes(self) -> int:
        """The length of the whole file.

        Raises:
            TransportError: it is not known yet, and asking for it failed.
        """
        if self._size_bytes is None:
            self._size_bytes = self._fetch(None, 1).size_bytes
        return self._size_bytes

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`.

        Raises:
            TransportError: one of its kinds, also where the file is shorter.
        """
        if length == 0:
            return b""
        piece = self._fetch(offset, length)
        data = piece.data[offset - piece.offset :][:length]
        if len(data) != length:
            raise CorruptResponseError(displayed(self.url), f"ends before byte {offset + length}")
        return data

    def request(self, offset: int | None, length: int) -> concurrent.futures.Future[Piece]:
        """A range that will arrive; see `fetch_range`."""
        url = self.url
        return self._transport.submit(lambda client: fetch_range(client, url, offset, length))

    def _fetch(self, offset: int | None, length: int) -> Piece:
        return self.request(offset, length).result()
