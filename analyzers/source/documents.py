"""A report as JSON, written list by list and kept compressed: whole it would take much of the memory."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from analyzers.source.report import SourceReport

LISTS = ("files", "imports", "uses", "demands")
"""Fields of `SourceReport` that are long, in their order."""
_ITEMS = 64
_LEVEL = 1
_CHUNK_BYTES = 1 << 20

_encode = msgspec.json.Encoder().encode


class EncodedList:
    """Items of a JSON array, compressed, without its brackets; for one writer."""

    def __init__(self) -> None:
        self._compress = zlib.compressobj(_LEVEL)
        self._parts: list[bytes] = []
        self._is_empty = True

    def add(self, items: Sequence[object]) -> None:
        """Append items."""
        if not items:
            return
        if not self._is_empty:
            self._parts.append(self._compress.compress(b","))
        self._is_empty = False
        self._parts.append(self._compress.compress(memoryview(_encode(items))[1:-1]))

    def made(self) -> bytes:
        """Everything that was added; nothing can be added any more."""
        return b"".join((*self._parts, self._compress.flush()))


def encoded_list(items: Sequence[object]) -> bytes:
    """All items at once; see `EncodedList`."""
    found = EncodedList()
    for start in range(0, len(items), _ITEMS):
        found.add(items[start : start + _ITEMS])
    return found.made()


def document(shell: SourceReport, lists: Mapping[str, bytes]) -> Iterator[bytes]:
    """The JSON of a report, piece by piece.

    Args:
        shell: the report with its long lists empty.
        lists: `LISTS` by name, as `EncodedList` makes them.
    """
    separator = b"{"
    for name in shell.__struct_fields__:
        yield separator + _encode(name) + b":"
        separator = b","
        if name in LISTS:
            yield b"["
            yield from _decompressed(lists[name])
            yield b"]"
        else:
            yield _encode(getattr(shell, name))
    yield b"}"


def _decompressed(data: bytes) -> Iterator[bytes]:
    decompress = zlib.decompressobj()
    while data:
        yield decompress.decompress(data, _CHUNK_BYTES)
        data = decompress.unconsumed_tail
    yield decompress.flush()
