"""Reads members of a hostile zip archive by ranges: bounded, verified, one range a member of usual size.

Sizes come from the central directory, so that archives that were written as a stream are no problem.

Source: PKWARE APPNOTE.TXT 6.3.10, section 4.3.7; RFC 1951.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, BinaryIO

from analyzers.archives.zip_directories import (
    DEFAULT_LIMITS,
    ZipError,
    ZipLimits,
    ZipMember,
    read_directory,
    read_exactly,
)
from analyzers.files import FileTooLargeError
from analyzers.ranges import RangeReader

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_SIGNATURE = b"PK\3\4"
_LOCAL_EXTRA_SLACK = 64  # local headers carry longer timestamps, and zip64 sizes that the directory may omit
_STORED, _DEFLATED = 0, 8
_WHOLE_BYTES = 8 << 20  # a member up to this size is asked for in one range
_CHUNK_BYTES = 1 << 20
_SLICE_BYTES = 1 << 16


class ZipArchive:
    """An archive over a `RangeReader`.

    Args:
        containing: keep only members whose path holds this; see `read_directory`.

    Attributes:
        members: by path, in the order of the directory.

    Raises:
        FileReaderError: when made, if the directory cannot be trusted; mostly `ZipError`.
    """

    def __init__(
        self, reader: RangeReader, limits: ZipLimits = DEFAULT_LIMITS, containing: bytes = b""
    ) -> None:
        self._reader = reader
        members = read_directory(reader, limits, containing)
        self.members: Mapping[bytes, ZipMember] = MappingProxyType(members)

    def range_of(self, member: ZipMember) -> tuple[int, int]:
        """Offset and length of the range that reading this member asks for first, nearly always the only one.

        Who reads several members over a network joins their ranges and fetches those before.
        """
        header_bytes = _LOCAL.size + len(member.raw_path) + member.extra_bytes + _LOCAL_EXTRA_SLACK
        whole = min(header_bytes + member.compressed_bytes, member.span_bytes)
        return member.offset, whole if whole <= _WHOLE_BYTES else _CHUNK_BYTES

    def read(self, member: ZipMember, limit_bytes: int) -> bytes:
        """The verified content of a member.

        Raises:
            FileTooLargeError: it claims more than `limit_bytes`.
            ZipError: it is a directory, damaged, or compressed by an unsupported method.
        """
        if member.size_bytes > limit_bytes:
            raise FileTooLargeError(member.path, limit_bytes)
        return b"".join(self._content(member))

    def open(self, member: ZipMember) -> BinaryIO:
        """The content of a member as a stream that never gives more than the declared size.

        Raises:
            ZipError: as `read`; damage shows when it is reached, a wrong CRC-32 at the end of the stream.
        """
        content = self._content(member)
        first = next(content, b"")  # so that what is wrong from the start is said here
        return io.BufferedReader(_ContentStream(first, content), min(member.size_bytes, _CHUNK_BYTES) + 1)

    def _content(self, member: ZipMember) -> Iterator[bytes]:
        if member.is_directory:
            raise ZipError(member.path, "is a directory")
        if member.method not in (_STORED, _DEFLATED):
            raise ZipError(member.path, f"compression method {member.method} is not supported")
        chunks = self._compressed(member)
        return _verified(chunks if member.method == _STORED else _inflated(chunks, member), member)

    def _compressed(self, member: ZipMember) -> Iterator[bytes]:
        offset, length = self.range_of(member)
        head = read_exactly(self._reader, offset, length)
        start = _data_start(head, member)
        if start + member.compressed_bytes > member.span_bytes:
            raise ZipError(member.path, "overlaps what follows it")
        yield head[start : start + member.compressed_bytes]
        at, end = offset + max(start, length), offset + start + member.compressed_bytes
        while at < end:
            chunk_bytes = min(_CHUNK_BYTES, end - at)
            yield read_exactly(self._reader, at, chunk_bytes)
            at += chunk_bytes


def _data_start(head: bytes, member: ZipMember) -> int:
    """Where the compressed content starts, from the local header, which must agree with the directory."""
    signature, _, _, method, _, _, _, _, _, path_bytes, extra_bytes = _LOCAL.unpack_from(head)
    start = _LOCAL.size + int(path_bytes)
    if (
        signature != _LOCAL_SIGNATURE
        or method != member.method
        or head[_LOCAL.size : start] != member.raw_path
    ):
        raise ZipError(member.path, "its local header contradicts the directory")
    return start + int(extra_bytes)


def _inflated(chunks: Iterator[bytes], member: ZipMember) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for chunk in _sliced(chunks):
        pending, more = chunk, True
        while more and not inflate.eof:
            try:
                data = inflate.decompress(pending, _CHUNK_BYTES)
            except zlib.error as error:
                raise ZipError(member.path, f"its compressed content is damaged: {error}") from error
            yield data
            pending = inflate.unconsumed_tail
            more = bool(pending) or len(data) == _CHUNK_BYTES
    if not inflate.eof:
        raise ZipError(member.path, "its compressed content ends too early")
    if inflate.unused_data:
        raise ZipError(member.path, "data follows its compressed content")


def _sliced(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Small pieces, so that what the decompressor leaves over is never copied at length."""
    for chunk in chunks:
        for at in range(0, len(chunk), _SLICE_BYTES):
            yield chunk[at : at + _SLICE_BYTES]


def _verified(content: Iterator[bytes], member: ZipMember) -> Iterator[bytes]:
    left, crc32 = member.size_bytes, 0
    for data in content:
        left -= len(data)
        if left < 0:
            raise ZipError(member.path, f"holds more than the declared {member.size_bytes:,} bytes")
        crc32 = zlib.crc32(data, crc32)
        yield data
    if left:
        raise ZipError(member.path, f"holds {left:,} bytes less than the declared {member.size_bytes:,}")
    if crc32 != member.crc32:
        raise ZipError(member.path, "its content does not have the declared CRC-32")


class _ContentStream(io.RawIOBase):
    """An iterator of chunks as a stream; a failure stays one, and never turns into an end of file."""

    def __init__(self, first: bytes, rest: Iterator[bytes]) -> None:
        self._pending, self._rest = memoryview(first), rest
        self._failure: Exception | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        if self._failure:
            raise self._failure
        try:
            while not self._pending:
                self._pending = memoryview(next(self._rest))
        except StopIteration:
            return 0
        except Exception as error:
            self._failure = error
            raise
        target = memoryview(buffer).cast("B")
        count = min(len(target), len(self._pending))
        target[:count] = self._pending[:count]
        self._pending = self._pending[count:]
        return count
