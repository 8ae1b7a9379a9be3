"""Reads a remote file by ranges that are known beforehand: joined where they lie close, asked for at once."""

from __future__ import annotations

import concurrent.futures
from collections.abc import Iterable

from analyzers.ranges import RangeMissing, SparseReader
from knowledge.files.remote_files import Piece, RemoteFile

_GAP_BYTES = 4 << 10
"""So many bytes between two ranges cost less than a request of their own."""
_LONGEST_BYTES = 4 << 20
_SMALL_BYTES = 192 << 10
"""A file of this size is read whole: its directory alone would cost two requests."""


class PlannedReader:
    """A `RangeReader` over a remote file; what was not planned is asked for when it is read.

    What was planned is let go of with `forget`.
    """

    def __init__(self, remote: RemoteFile) -> None:
        self._remote = remote
        self.size_bytes = remote.size_bytes
        self._known = SparseReader(self.size_bytes)
        self._requests: list[tuple[int, int, concurrent.futures.Future[Piece]]] = []
        if self.size_bytes <= _SMALL_BYTES:
            self.plan([(0, self.size_bytes)])

    def plan(self, ranges: Iterable[tuple[int, int]]) -> None:
        """Ask for ranges, given by offset and length; those that are known or under way are left out."""
        wanted = [(offset, length) for offset, length in ranges if not self._is_coming(offset, length)]
        for offset, length in joined_ranges(wanted):
            self._requests.append((offset, length, self._remote.request(offset, length)))

    def forget(self) -> None:
        """Let go of the bytes that were read."""
        self._known = SparseReader(self.size_bytes)

    def read(self, offset: int, length: int) -> bytes:
        """See `RangeReader.read`.

        Raises:
            TransportError: one of its kinds.
        """
        try:
            return self._known.read(offset, length)
        except RangeMissing:
            self._await(offset, length)
        try:
            return self._known.read(offset, length)
        except RangeMissing as missing:
            self._known.add(missing.offset, self._remote.read(missing.offset, missing.length))
        return self._known.read(offset, length)

    def _await(self, offset: int, length: int) -> None:
        """Take in the requests that bring a part of a range."""
        left = []
        for start, size, request in self._requests:
            if start < offset + length and offset < start + size:
                piece = request.result()
                self._known.add(piece.offset, piece.data)
            else:
                left.append((start, size, request))
        self._requests = left

    def _is_coming(self, offset: int, length: int) -> bool:
        if any(start <= offset and offset + length <= start + size for start, size, _ in self._requests):
            return True
        try:
            self._known.read(offset, length)
        except RangeMissing:
            return False
        return True


def joined_ranges(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges in order, those that lie close to each other joined, none of them too long for one request."""
    found: list[tuple[int, int]] = []
    for offset, length in sorted(ranges):
        if found:
            start, size = found[-1]
            end = max(start + size, offset + length)
            if offset - (start + size) <= _GAP_BYTES and end - start <= _LONGEST_BYTES:
                found[-1] = start, end - start
                continue
        found.append((offset, length))
    return found
