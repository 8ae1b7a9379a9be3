"""Expands compressed streams as they arrive, in pieces of bounded size; several may follow each other in one.

Source: RFC 1952, 2.2 (gzip members) and RFC 8878, 3 (frames of zstd).
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple, Protocol, cast

PIECE_BYTES = 1 << 18
"""How much is expanded at once; larger pieces take longer, for memory is asked for anew each time."""

_SLICE_BYTES = 1 << 16
_LZMA_MEMORY_BYTES = 256 << 20
_ZSTD_WINDOW_BYTES = 128 << 20
_MAGIC = {
    b"\x1f\x8b\x08": "gzip",
    b"\x28\xb5\x2f\xfd": "zstd",
    **{
        bytes([0x50 + low, 0x2A, 0x4D, 0x18]): "zstd" for low in range(16)
    },  # a frame to be skipped comes first
    b"BZh": "bzip2",
    b"\xfd7zXZ\0": "xz",
}
MAGIC_BYTES = max(map(len, _MAGIC))


class CompressionError(ValueError):
    """The stream is damaged, or of too many parts."""


def compression_of(head: bytes) -> str | None:
    """The compression that a stream's first bytes (`MAGIC_BYTES`) tell; None for what seems to have none."""
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)


def expanded(chunks: Iterator[bytes], compression: str, limit_streams: int) -> Iterator[bytes]:
    """The content of compressed streams that follow each other; zero bytes may pad the last.

    Args:
        compression: ``gzip``, ``zstd``, ``bzip2`` or ``xz``.
        limit_streams: how many at most.

    Raises:
        CompressionError: damaged, more streams than the limit, or it ends early.
    """
    if compression == "zstd":
        return _expanded_frames(chunks)
    return _expanded_streams(chunks, _METHODS[compression](), limit_streams)


class _Expander(Protocol):
    """What the decompressors of ``bz2``, ``lzma`` and ``isal`` have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gunzip:
    """``zlib``'s decompressor for gzip in the form of the others."""

    def __init__(self) -> None:
        self._inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        self._pending, self.needs_input = b"", True

    @property
    def eof(self) -> bool:
        return self._inflate.eof

    @property
    def unused_data(self) -> bytes:
        return self._inflate.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        content = self._inflate.decompress(self._pending + data, max_length)
        self._pending = self._inflate.unconsumed_tail
        self.needs_input = not self._pending and len(content) < max_length
        return content


class _Method(NamedTuple):
    """How to make a decompressor, and what it raises where a stream is damaged."""

    new: Callable[[], _Expander]
    errors: tuple[type[Exception], ...]


def _gzip() -> _Method:
    try:
        from isal import igzip_lib
    except ImportError:  # it has no wheels for some machines
        return _Method(_Gunzip, (zlib.error,))
    error = cast("type[Exception]", igzip_lib.IsalError)  # its stubs take the class for an instance
    return _Method(lambda: igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP), (error,))


_METHODS: dict[str, Callable[[], _Method]] = {
    "gzip": _gzip,
    "bzip2": lambda: _Method(bz2.BZ2Decompressor, (OSError, ValueError)),
    "xz": lambda: _Method(lambda: lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES), (lzma.LZMAError,)),
}


def _expanded_streams(chunks: Iterator[bytes], method: _Method, limit_streams: int) -> Iterator[bytes]:
    expander, streams = method.new(), 1
    for data in _sliced(chunks):
        while True:
            if expander.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                expander, streams = method.new(), streams + 1
                if streams > limit_streams:
                    raise CompressionError(f"has more than {limit_streams:,} compressed streams")
            try:
                content = expander.decompress(data, PIECE_BYTES)
            except method.errors as error:
                raise CompressionError(f"its compression is damaged: {error}") from error
            if content:
                yield content
            data = expander.unused_data if expander.eof else b""
            if not expander.eof and expander.needs_input:
                break
    if not expander.eof:
        raise CompressionError("its compression is damaged: it ends early")


class _Source:
    """Chunks as the one method of a file that ``zstandard`` asks for."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._slices = _sliced(chunks)

    def read(self, _: int) -> bytes:
        return next(self._slices, b"")


def _expanded_frames(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Frames of zstd; that the last ends early shows only in that its content does."""
    import zstandard

    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW_BYTES)
    source = cast("IO[bytes]", _Source(chunks))
    stream = decompressor.stream_reader(source, read_size=_SLICE_BYTES, read_across_frames=True)
    while True:
        try:
            content = stream.read(PIECE_BYTES)
        except zstandard.ZstdError as error:
            raise CompressionError(f"its compression is damaged: {error}") from error
        if not content:
            return
        yield content


def _sliced(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces, so that what a decompressor leaves over is never copied at length."""
    for chunk in chunks:
        if len(chunk) <= _SLICE_BYTES:
            yield chunk
            continue
        for at in range(0, len(chunk), _SLICE_BYTES):
            yield chunk[at : at + _SLICE_BYTES]
