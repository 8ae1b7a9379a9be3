"""Reads ranges of a remote file by whole blocks, each once: members that stand together cost one request."""

from __future__ import annotations

from analyzers.ranges import RangeReader

_BLOCK_BYTES = 256 << 10
_MOST_BLOCKS = 128


class BlockReader:
    """A `RangeReader` over another one; at most 32 MiB of what was read last are kept."""

    def __init__(self, reader: RangeReader) -> None:
        self._reader = reader
        self._blocks: dict[int, bytes] = {}
        self.size_bytes = reader.size_bytes

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`."""
        end = min(offset + length, self.size_bytes)
        first, last = offset // _BLOCK_BYTES, max(offset, end - 1) // _BLOCK_BYTES
        absent = [number for number in range(first, last + 1) if number not in self._blocks]
        if absent:
            self._fetch(absent[0], absent[-1])
        data = b"".join(self._blocks[number] for number in range(first, last + 1))
        start = offset - first * _BLOCK_BYTES
        return data[start : start + max(0, end - offset)]

    def _fetch(self, first: int, last: int) -> None:
        """Read blocks with one request; those that were read before go when there are too many."""
        start = first * _BLOCK_BYTES
        data = self._reader.read(start, min((last + 1) * _BLOCK_BYTES, self.size_bytes) - start)
        if len(self._blocks) > _MOST_BLOCKS:
            self._blocks.clear()
        for number in range(first, last + 1):
            at = (number - first) * _BLOCK_BYTES
            self._blocks[number] = data[at : at + _BLOCK_BYTES]
