"""A report as JSON, written list by list and kept compressed: whole it would take much of the memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
import zstandard

from analyzers.source.report import SourceReport

LISTS = ("files", "imports", "uses", "demands")
"""Fields of `SourceReport` that are long, in their order."""
_LEVEL = 1
_CHUNK_BYTES = 1 << 20

_encode = msgspec.json.Encoder().encode
_COMMA = zstandard.ZstdCompressor(level=_LEVEL).compress(b",")


def encoded_list(groups: Iterable[Sequence[object]]) -> bytes:
    """Items of a JSON array, compressed, without its brackets; nothing where there are none.

    Args:
        groups: of items, taken one after another: what was encoded can be let go of.
    """
    compressor = zstandard.ZstdCompressor(level=_LEVEL).compressobj()
    parts: list[bytes] = []
    for group in groups:
        if group:
            if parts:
                parts.append(compressor.compress(b","))
            parts.append(compressor.compress(memoryview(_encode(group))[1:-1]))
    return b"".join((*parts, compressor.flush())) if parts else b""


def joined_lists(lists: Iterable[bytes]) -> bytes:
    """What `encoded_list` gave of several lists, as one."""
    return _COMMA.join(filter(None, lists))


def document(shell: SourceReport, lists: Mapping[str, bytes]) -> Iterator[bytes]:
    """The JSON of a report, piece by piece.

    Args:
        shell: the report with its long lists empty.
        lists: `LISTS` by name, as `encoded_list` makes them.
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


def beginning(data: bytes, most: int) -> tuple[list[object], int]:
    """The first items of a list that `encoded_list` made, and how many it has in all."""
    items = msgspec.json.decode(b"[" + b"".join(_decompressed(data)) + b"]", type=list[msgspec.Raw])
    return [msgspec.json.decode(item) for item in items[:most]], len(items)


def _decompressed(data: bytes) -> Iterator[bytes]:
    reader = zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True)
    while chunk := reader.read(_CHUNK_BYTES):
        yield chunk
