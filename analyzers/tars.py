"""Reads a tar archive as a stream, forwards only and bounded; who has what was wanted stops reading.

The standard library's reader trusts what it reads (sizes of extended headers, negative sizes, regular
expressions over hostile headers); this one reads what source distributions use and refuses the rest.

Source: POSIX.1-2024, pax, "ustar Interchange Format" and "pax Header Block"; the GNU tar manual, "Basic Tar
Format".
"""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple, Protocol

import msgspec

_BLOCK = 512
_CHUNK_BYTES = 1 << 18
_SLICE_BYTES = 1 << 16
_LZMA_MEMORY_BYTES = 256 << 20
_EXTENDED_LIMIT_BYTES = 1 << 20
_REGULAR, _WITHOUT_CONTENT = b"0\x007", b"123456"


class TarLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What reading one archive may cost.

    Attributes:
        headers: members, and the extended headers before them.
        streams: compressed streams that follow each other in one file.
    """

    compressed_bytes: int = 128 << 20
    content_bytes: int = 512 << 20
    headers: int = 200_000
    streams: int = 10_000


DEFAULT_LIMITS = TarLimits()


class TarError(ValueError):
    """The archive is damaged, hostile, or uses what is not supported."""


class TarMember(NamedTuple):
    """One member; its content is read by `TarStream.content` before the next member is asked for."""

    path: bytes
    is_file: bool
    size_bytes: int


class TarStream:
    """An archive that arrives in chunks.

    Args:
        chunks: the file's bytes; read no further than needed.
        suffix: of the file name: ``.tar``, ``.tar.gz``, ``.tgz``, ``.tar.bz2`` or ``.tar.xz``.

    Raises:
        TarError: when made, if the suffix is another one.
    """

    def __init__(self, chunks: Iterator[bytes], suffix: str, limits: TarLimits = DEFAULT_LIMITS) -> None:
        if suffix != ".tar" and suffix not in _EXPANDERS:
            raise TarError(f"{suffix} archives are not supported")
        self._limits = limits
        limited = _limited(chunks, limits.compressed_bytes, "compressed")
        plain = limited if suffix == ".tar" else _expanded(limited, _EXPANDERS[suffix], limits.streams)
        self._chunks = _limited(plain, limits.content_bytes, "unpacked")
        self._buffer = memoryview(b"")
        self._unread = 0

    def members(self) -> Iterator[TarMember]:
        """The members in their order.

        Raises:
            TarError: the archive ends early, is damaged, or exceeds the limits.
        """
        extended: dict[bytes, bytes] = {}
        for _ in range(self._limits.headers):
            self._skip(self._unread)
            header = self._take(_BLOCK)
            if not any(header):
                return
            kind, path, size_bytes = _parse_header(header)
            self._unread = -(-size_bytes // _BLOCK) * _BLOCK
            if kind in b"xgLK":
                extended |= self._extended(kind, size_bytes)
                continue
            if b"size" in extended:
                size_bytes = _decimal(extended[b"size"])
                self._unread = -(-size_bytes // _BLOCK) * _BLOCK
            path = extended.get(b"path", path)
            is_file = kind in _REGULAR and not (kind == b"\0" and path.endswith(b"/"))
            if kind == b"S":
                raise TarError("sparse members are not supported")
            if not is_file and kind in _WITHOUT_CONTENT + b"\0":
                self._unread = size_bytes = 0
            yield TarMember(path, is_file, size_bytes)
            extended = {}
        raise TarError(f"has more than {self._limits.headers:,} headers")

    def content(self, member: TarMember, limit_bytes: int) -> bytes:
        """The content of the member that was given last.

        Raises:
            TarError: it is larger than `limit_bytes`, or the archive ends early.
        """
        if member.size_bytes > limit_bytes:
            raise TarError(f"a member of {member.size_bytes:,} bytes, more than {limit_bytes:,}")
        content = self._take(member.size_bytes)
        self._unread -= member.size_bytes
        return content

    def _extended(self, kind: bytes, size_bytes: int) -> dict[bytes, bytes]:
        if size_bytes > _EXTENDED_LIMIT_BYTES:
            raise TarError(f"an extended header of {size_bytes:,} bytes")
        content = self._take(size_bytes)
        self._unread -= size_bytes
        if kind == b"L":
            return {b"path": content.rstrip(b"\0")}
        if kind == b"K":
            return {}
        records = _pax_records(content)
        if kind == b"g" and records:
            raise TarError("a global header that states path or size")
        return records

    def _take(self, length: int) -> bytes:
        taken = bytearray()
        while len(taken) < length:
            taken += self._some(length - len(taken))
        return bytes(taken)

    def _skip(self, length: int) -> None:
        while length:
            length -= len(self._some(length))

    def _some(self, length: int) -> memoryview:
        while not self._buffer:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise TarError("ends early")
            self._buffer = memoryview(chunk)
        some, self._buffer = self._buffer[:length], self._buffer[length:]
        return some


def _parse_header(header: bytes) -> tuple[bytes, bytes, int]:
    """Type, path and size, of a header whose checksum is right."""
    checksum = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    if _octal(header[148:156]) != checksum:
        raise TarError("a header has a wrong checksum")
    path = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0]
    if prefix and header[257:263] == b"ustar\0":
        path = prefix + b"/" + path
    return header[156:157], path, _octal(header[124:136])


def _octal(field: bytes) -> int:
    """A number in octal digits, or in GNU's base 256 where it would not fit."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.partition(b"\0")[0].strip()
    if digits.strip(b"01234567"):
        raise TarError("a header holds something else where a number belongs")
    return int(digits or b"0", 8)


def _decimal(digits: bytes) -> int:
    if not digits.isdigit() or len(digits) > 18:
        raise TarError("an extended header holds something else where a number belongs")
    return int(digits)


def _pax_records(content: bytes) -> dict[bytes, bytes]:
    """Path and size from records (length, blank, key, ``=``, value, newline); other keys do not matter."""
    records, at = {}, 0
    while at < len(content) and content[at]:
        blank = content.find(b" ", at, at + 20)
        end = at + _decimal(content[at:blank]) if blank > at else 0
        key, equals, value = content[blank + 1 : end - 1].partition(b"=")
        if not at < end <= len(content) or content[end - 1 : end] != b"\n" or not equals:
            raise TarError("an extended header is damaged")
        if key in (b"path", b"size"):
            records[key] = value
        at = end
    return records


class _Expander(Protocol):
    """What the decompressors of ``bz2`` and ``lzma`` have in common."""

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


_EXPANDERS: dict[str, Callable[[], _Expander]] = {
    ".tar.gz": _Gunzip,
    ".tgz": _Gunzip,
    ".tar.bz2": bz2.BZ2Decompressor,
    ".tar.xz": lambda: lzma.LZMADecompressor(memlimit=_LZMA_MEMORY_BYTES),
}


def _expanded(chunks: Iterator[bytes], new: Callable[[], _Expander], limit_streams: int) -> Iterator[bytes]:
    """The content of compressed streams that follow each other; zero bytes may pad the last."""
    expander, streams = new(), 1
    for data in _sliced(chunks):
        while True:
            if expander.eof:
                data = data.lstrip(b"\0")
                if not data:
                    break
                expander, streams = new(), streams + 1
                if streams > limit_streams:
                    raise TarError(f"has more than {limit_streams:,} compressed streams")
            try:
                content = expander.decompress(data, _CHUNK_BYTES)
            except (zlib.error, OSError, EOFError, lzma.LZMAError) as error:
                raise TarError(f"its compression is damaged: {error}") from error
            yield content
            data = expander.unused_data if expander.eof else b""
            if not expander.eof and expander.needs_input:
                break


def _sliced(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces, so that what a decompressor leaves over is never copied at length."""
    for chunk in chunks:
        for at in range(0, len(chunk), _SLICE_BYTES):
            yield chunk[at : at + _SLICE_BYTES]


def _limited(chunks: Iterator[bytes], limit_bytes: int, what: str) -> Iterator[bytes]:
    left = limit_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise TarError(f"more than {limit_bytes:,} bytes {what} had to be read")
        yield chunk
