"""A remote file of which blocks are asked for before they are needed: `ReadAheadFile`."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from knowledge.errors import CorruptResponseError
from knowledge.files.remote_files import Piece, fetch_range
from knowledge.transport.threads import Transport
from knowledge.transport.urls import displayed

if TYPE_CHECKING:
    from knowledge.transport.client import Client

BLOCK_BYTES = 16 << 10
_GAP = 2
"""So many blocks that nobody wants are asked for where that saves a request."""
_LONGEST = 64
"""Blocks of one request, after which another one begins beside it."""
_AHEAD = 32
"""Blocks after one that was not asked for early of which those that are likely to be read come with it."""


class ReadAheadFile:
    """A `RangeReader` by whole blocks; each is asked for once, and kept as long as the file is.

    Args:
        transport: makes the requests, several at a time.
        url: of the file.
        size_bytes: of the whole file.

    Attributes:
        requested_bytes: of all that was asked for.
    """

    def __init__(self, transport: Transport, url: str, size_bytes: int) -> None:
        self._transport, self._url = transport, url
        self._blocks: dict[int, Future[Piece]] = {}
        self._likely: set[int] = set()
        self.size_bytes = size_bytes
        self.requested_bytes = 0

    def prefetch(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Ask for ranges (offset, length) without waiting; neighbours become one request."""
        self._prefetch(_blocks(ranges))

    def expect(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Ranges that may be read later: where one of them is, those that follow it are asked for as well."""
        self._likely |= _blocks(ranges)

    def cost_bytes(self, ranges: Iterable[tuple[int, int]]) -> int:
        """How much asking for these ranges would bring."""
        return len(_blocks(ranges) - self._blocks.keys()) * BLOCK_BYTES

    def whole(self) -> bytes:
        """All of it, asked for at once."""
        return self.read(0, self.size_bytes)

    def _prefetch(self, numbers: Iterable[int]) -> None:
        run: list[int] = []
        for number in sorted(set(numbers) - self._blocks.keys()):
            if run and (number > run[-1] + 1 + _GAP or len(run) >= _LONGEST):
                self._ask(run)
                run = []
            if run:
                run.extend(range(run[-1] + 1, number))
            run.append(number)
        if run:
            self._ask(run)

    def _ask(self, run: list[int]) -> None:
        start = run[0] * BLOCK_BYTES
        length = min((run[-1] + 1) * BLOCK_BYTES, self.size_bytes) - start
        if length <= 0:
            return
        url = self._url

        def work(client: Client) -> Piece:
            return fetch_range(client, url, start, length)

        future = self._transport.submit(work)
        self.requested_bytes += length
        for number in run:
            self._blocks.setdefault(number, future)

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`.

        Raises:
            TransportError: one of its kinds.
        """
        wanted = _blocks([(offset, length)])
        if absent := wanted - self._blocks.keys():
            last = max(absent)
            wanted |= self._likely & set(range(last + 1, last + 1 + _AHEAD))
            self._prefetch(wanted)
        end = min(offset + length, self.size_bytes)
        parts: list[bytes] = []
        at = offset
        while at < end:
            piece = self._blocks[at // BLOCK_BYTES].result()
            if piece.size_bytes != self.size_bytes:
                raise CorruptResponseError(displayed(self._url), "is not as long as the index says")
            data = piece.data[at - piece.offset : end - piece.offset]
            if not data:
                raise CorruptResponseError(displayed(self._url), f"ends before byte {end}")
            parts.append(data)
            at += len(data)
        return b"".join(parts)


def _blocks(ranges: Iterable[tuple[int, int]]) -> set[int]:
    """The numbers of the blocks that ranges touch."""
    return {
        number
        for offset, length in ranges
        if length > 0
        for number in range(offset // BLOCK_BYTES, (offset + length - 1) // BLOCK_BYTES + 1)
    }
