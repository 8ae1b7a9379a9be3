"""Random access to bytes that may not be here: `RangeReader`, and `SparseReader`, which says what it lacks.

Parsers read through `RangeReader` and stay free of input and output. Over a `SparseReader` they raise
`RangeMissing`; the caller fetches that range, adds it and calls the parser again.
"""

from __future__ import annotations

import bisect
import os
from typing import BinaryIO, Protocol


class RangeReader(Protocol):
    """Random access to a sequence of bytes of known length."""

    @property
    def size_bytes(self) -> int:
        """The length of the whole."""

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`; callers stay within `size_bytes`."""


class RangeMissing(Exception):  # noqa: N818 - a request to the caller rather than an error
    """A range must be fetched before parsing can go on."""

    def __init__(self, offset: int, length: int) -> None:
        super().__init__(f"bytes {offset} to {offset + length} are not known yet")
        self.offset, self.length = offset, length


class BytesReader:
    """A `RangeReader` over bytes in memory."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    @property
    def size_bytes(self) -> int:
        """See `RangeReader.size_bytes`."""
        return len(self._content)

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`."""
        return self._content[offset : offset + length]


class StreamRanges:
    """A `RangeReader` over a file that can be sought in; the caller closes it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._size_bytes = stream.seek(0, os.SEEK_END)

    @property
    def size_bytes(self) -> int:
        """See `RangeReader.size_bytes`."""
        return self._size_bytes

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`."""
        self._stream.seek(offset)
        return self._stream.read(length)


class SparseReader:
    """Holds the pieces of a whole that are known so far."""

    def __init__(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes
        self._starts: list[int] = []
        self._pieces: list[bytes] = []

    @property
    def size_bytes(self) -> int:
        """See `RangeReader.size_bytes`."""
        return self._size_bytes

    def add(self, offset: int, data: bytes) -> None:
        """Make a piece known; where it overlaps older pieces the newer bytes count.

        Raises:
            ValueError: the piece does not lie within the whole.
        """
        end = offset + len(data)
        if offset < 0 or end > self._size_bytes:
            raise ValueError(f"bytes {offset} to {end} lie outside of {self._size_bytes}")
        if not data:
            return
        first = self._position(offset)
        last = bisect.bisect_right(self._starts, end)
        if first < last:  # pieces that touch are joined, so that a range never spans two
            before, after = self._starts[first], self._starts[last - 1]
            head = self._pieces[first][: max(0, offset - before)]
            tail = self._pieces[last - 1][end - after :]
            offset, data = min(before, offset), head + data + tail
        self._starts[first:last] = [offset]
        self._pieces[first:last] = [data]

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`.

        Raises:
            RangeMissing: for the part that is not known; it spans known bytes that lie amid unknown ones.
            ValueError: the range does not lie within the whole.
        """
        end = offset + length
        if offset < 0 or length < 0 or end > self._size_bytes:
            raise ValueError(f"bytes {offset} to {end} lie outside of {self._size_bytes}")
        if not length:
            return b""
        first = self._position(offset)
        if first < len(self._starts) and self._starts[first] <= offset:
            known_to = self._starts[first] + len(self._pieces[first])
            if end <= known_to:
                start = offset - self._starts[first]
                return self._pieces[first][start : start + length]
            offset = max(offset, known_to)
        last = bisect.bisect_right(self._starts, end) - 1
        if last >= 0 and self._starts[last] > offset and self._starts[last] + len(self._pieces[last]) >= end:
            end = self._starts[last]
        raise RangeMissing(offset, end - offset)

    def _position(self, offset: int) -> int:
        """The first piece that ends at `offset` or later."""
        position = bisect.bisect_right(self._starts, offset) - 1
        if position >= 0 and self._starts[position] + len(self._pieces[position]) >= offset:
            return position
        return position + 1
