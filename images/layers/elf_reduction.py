"""Reduces an ELF file to its facts while it streams by: small ones are read whole, of large ones three parts.

Of a large one the beginning is kept, the dynamic section wherever it is, and the end, where tools that mend
libraries (patchelf, auditwheel) put the names that they wrote anew.
"""

from __future__ import annotations

import bisect
import contextlib
from collections.abc import Iterator

from images.native.elf_file import ElfFile
from images.native.elf_parser import HEAD_BYTES, ElfParser

_WHOLE_BYTES = 8 << 20
_TAIL_BYTES = 4 << 20
_DYNAMIC_LIMIT_BYTES = 1 << 20


def elf_of(parser: ElfParser, content: bytes) -> ElfFile | None:
    """What a whole file says of itself.

    Raises:
        ValueError: it is damaged.
    """
    return parser.parse(lambda offset, length: content[offset : offset + length] if offset >= 0 else b"")


def reduced_elf(parser: ElfParser, pieces: Iterator[memoryview], size_bytes: int) -> ElfFile | None:
    """What a file that streams by says of itself; every piece is taken.

    Raises:
        ValueError: it is damaged, or what it would say was not kept.
    """
    if size_bytes <= _WHOLE_BYTES:
        return elf_of(parser, b"".join(pieces))
    parts = _Parts([(0, _WHOLE_BYTES), (size_bytes - _TAIL_BYTES, size_bytes)])
    at, is_dynamic_known = 0, False
    for piece in _small(pieces):
        parts.keep(at, piece)
        at += len(piece)
        if not is_dynamic_known and at >= HEAD_BYTES:
            is_dynamic_known = True
            with contextlib.suppress(ValueError):  # whoever parses it in the end says it again
                found = parser.dynamic_range(parts.read(0, HEAD_BYTES))
                if found is not None and found[0] >= at:
                    parts = parts.and_also(found[0], found[0] + min(found[1], _DYNAMIC_LIMIT_BYTES))
    return parser.parse(parts.read)


def _small(pieces: Iterator[memoryview]) -> Iterator[memoryview]:
    """Pieces so small that the dynamic section is known of before it comes by."""
    for piece in pieces:
        for at in range(0, len(piece), _WHOLE_BYTES // 8):
            yield piece[at : at + _WHOLE_BYTES // 8]


class _Parts:
    """Ranges of a file that are kept.

    Args:
        ranges: start and end; they may overlap.
    """

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._ranges: list[tuple[int, int]] = []
        for start, end in sorted(ranges):
            if self._ranges and start <= self._ranges[-1][1]:
                self._ranges[-1] = (self._ranges[-1][0], max(end, self._ranges[-1][1]))
            else:
                self._ranges.append((start, end))
        self._kept = [bytearray() for _ in self._ranges]

    def and_also(self, start: int, end: int) -> _Parts:
        """The same and one more, with what is kept so far; none of the new range has come by yet."""
        wider = _Parts([*self._ranges, (start, end)])
        for (kept_start, _), kept in zip(self._ranges, self._kept, strict=True):
            wider.keep(kept_start, memoryview(kept))
        return wider

    def keep(self, at: int, piece: memoryview) -> None:
        """Take of the next piece of the file what is in a range."""
        for (start, end), kept in zip(self._ranges, self._kept, strict=True):
            if at < end and start < at + len(piece):
                kept += piece[max(start - at, 0) : end - at]

    def read(self, offset: int, length: int) -> bytes:
        """See `images.native.elf_parser.ReadAt`."""
        place = bisect.bisect_right(self._ranges, offset, key=lambda range_: range_[0]) - 1
        if place < 0:
            return b""
        within = offset - self._ranges[place][0]
        return bytes(memoryview(self._kept[place])[within : within + max(length, 0)])
