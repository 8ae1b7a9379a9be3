"""Reads a tar archive as a stream, forwards only and bounded; who has what was wanted stops reading.

The standard library's reader trusts what it reads (sizes of extended headers, negative sizes, regular
expressions over hostile headers); this one reads what source distributions and layers of images use and
refuses the rest. What nobody asks for is passed over without being copied.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from analyzers.archives.compression import CompressionError, expanded
from analyzers.archives.tar_headers import (
    BLOCK,
    SPARSE_RECORD,
    TarError,
    TarKind,
    TarMember,
    parse_extended,
    parse_header,
    parse_pax_size,
)

_COMPRESSIONS = {".tar": None, ".tar.gz": "gzip", ".tgz": "gzip", ".tar.bz2": "bzip2", ".tar.xz": "xz"}
_EXTENDED_LIMIT_BYTES = 1 << 20
_ZEROS = bytes(BLOCK)
_SPARSE, _EXTENDED = TarKind.SPARSE, TarKind.EXTENDED


class TarLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What reading one archive may cost.

    Attributes:
        headers: members, and the extended headers before them.
        extended_bytes: of all extended headers.
        streams: compressed streams that follow each other in one file.
    """

    compressed_bytes: int = 128 << 20
    content_bytes: int = 512 << 20
    headers: int = 200_000
    extended_bytes: int = 64 << 20
    streams: int = 10_000


DEFAULT_LIMITS = TarLimits()


class TarEndError(TarError):
    """The archive ends where a member would begin, without the blocks of zeros that end an archive."""


class TarStream:
    """An archive that arrives in chunks.

    Args:
        chunks: the file's bytes; read no further than needed.
        suffix: of the file name: ``.tar``, ``.tar.gz``, ``.tgz``, ``.tar.bz2`` or ``.tar.xz``.
        sparse: whether members with holes are given (of kind `TarKind.SPARSE`, their content is of no use)
            instead of refused.

    Raises:
        TarError: when made, if the suffix is another one.
    """

    def __init__(
        self,
        chunks: Iterator[bytes],
        suffix: str,
        limits: TarLimits = DEFAULT_LIMITS,
        *,
        sparse: bool = False,
    ) -> None:
        if suffix not in _COMPRESSIONS:
            raise TarError(f"{suffix} archives are not supported")
        compression = _COMPRESSIONS[suffix]
        limited = _limited(chunks, limits.compressed_bytes, "compressed")
        plain = limited if compression is None else expanded(limited, compression, limits.streams)
        self._chunks = _limited(plain, limits.content_bytes, "unpacked")
        self._limits, self._sparse = limits, sparse
        self._chunk, self._at = b"", 0
        self._content_bytes = self._unread = 0  # of the member given last; padding counts as unread
        self._extended_bytes = 0

    def members(self) -> Iterator[TarMember]:
        """The members in their order; the content of each is read before the next is asked for.

        Raises:
            TarError: the archive ends early, is damaged, or exceeds the limits.
        """
        extended: dict[bytes, bytes] = {}
        is_start = True
        for _ in range(self._limits.headers):
            block = self._next_block(is_start=is_start)
            if not block[0] and block == _ZEROS:
                return
            member = parse_header(block)
            kind, size_bytes = member.kind, member.size_bytes
            self._content_bytes, self._unread = size_bytes, size_bytes + -size_bytes % BLOCK
            if kind is _EXTENDED:
                extended |= self._extended(member)
                is_start = False
                continue
            is_start = True
            if extended or kind is _SPARSE:
                yield self._extended_member(member, block, extended)
                extended = {}
            else:
                yield member
        raise TarError(f"has more than {self._limits.headers:,} headers")

    def content(self, member: TarMember, limit_bytes: int) -> bytes:
        """The content of the member that was given last.

        Raises:
            TarError: it is larger than `limit_bytes`, or the archive ends early.
        """
        if member.size_bytes > limit_bytes:
            raise TarError(f"a member of {member.size_bytes:,} bytes, more than {limit_bytes:,}")
        length, self._content_bytes = self._content_bytes, 0
        self._unread -= length
        return self._take(length)

    def starts_with(self, prefix: bytes) -> bool:
        """Whether the content of the member that was given last begins so; nothing of it is read by that.

        Raises:
            TarError: the archive ends early.
        """
        if self._content_bytes < len(prefix):
            return False
        while len(self._chunk) - self._at < len(prefix):
            self._chunk, self._at = self._chunk[self._at :] + self._next_chunk(), 0
        return self._chunk.startswith(prefix, self._at)

    def pieces(self) -> Iterator[memoryview]:
        """What is left of the content of the member that was given last, as it arrives and not copied.

        Raises:
            TarError: the archive ends early.
        """
        while self._content_bytes:
            piece = self._some(self._content_bytes)
            self._content_bytes -= len(piece)
            self._unread -= len(piece)
            yield piece

    def _next_block(self, *, is_start: bool) -> bytes:
        start = self._at + self._unread
        end = start + BLOCK
        if end <= len(self._chunk):
            self._at, self._unread = end, 0
            return self._chunk[start:end]
        self._skip()
        if is_start and self._at == len(self._chunk):
            chunk = self._chunk_or_none()
            if chunk is None:
                raise TarEndError("ends early")
            self._chunk, self._at = chunk, 0
        return self._take(BLOCK)

    def _extended_member(self, header: TarMember, block: bytes, extended: dict[bytes, bytes]) -> TarMember:
        """A member whose header is not all that is said of it."""
        kind, size_bytes = header.kind, header.size_bytes
        if b"size" in extended and not header.is_bare:
            size_bytes = parse_pax_size(extended[b"size"])
            self._content_bytes, self._unread = size_bytes, size_bytes + -size_bytes % BLOCK
        if kind is _SPARSE or SPARSE_RECORD in extended:
            if not self._sparse:
                raise TarError("sparse members are not supported")
            kind = _SPARSE
            self._skip_sparse_map(block)
        path, link = extended.get(b"path") or header.path, extended.get(b"linkpath") or header.link
        return TarMember(path, kind, size_bytes, header.mode, link, header.type, header.is_bare)

    def _skip_sparse_map(self, block: bytes) -> None:
        """Read the blocks that old GNU headers go on in; the content comes after them."""
        if block[156:157] != b"S":
            return
        unread, self._unread = self._unread, 0
        goes_on = block[482]
        while goes_on:
            self._count_extended(BLOCK)
            goes_on = self._take(BLOCK)[504]
        self._unread = unread

    def _extended(self, header: TarMember) -> dict[bytes, bytes]:
        if header.size_bytes > _EXTENDED_LIMIT_BYTES:
            raise TarError(f"an extended header of {header.size_bytes:,} bytes")
        self._count_extended(header.size_bytes)
        length, self._content_bytes = self._content_bytes, 0
        self._unread -= length
        records = parse_extended(header.type, self._take(length))
        if header.type == b"g" and records:
            raise TarError("a global header that states path, link or size")
        return records

    def _count_extended(self, length: int) -> None:
        self._extended_bytes += length
        if self._extended_bytes > self._limits.extended_bytes:
            raise TarError(f"more than {self._limits.extended_bytes:,} bytes of extended headers")

    def _take(self, length: int) -> bytes:
        start, end = self._at, self._at + length
        if end <= len(self._chunk):
            self._at = end
            return self._chunk[start:end]
        taken = [self._chunk[start:]]
        length -= len(taken[0])
        self._at = len(self._chunk)
        while length:
            some = self._some(length)
            taken.append(bytes(some))
            length -= len(some)
        return b"".join(taken)

    def _skip(self) -> None:
        while self._unread:
            self._unread -= len(self._some(self._unread))

    def _some(self, length: int) -> memoryview:
        if self._at == len(self._chunk):
            self._chunk, self._at = self._next_chunk(), 0
        some = memoryview(self._chunk)[self._at : self._at + length]
        self._at += len(some)
        return some

    def _next_chunk(self) -> bytes:
        chunk = self._chunk_or_none()
        if chunk is None:
            raise TarError("ends early")
        return chunk

    def _chunk_or_none(self) -> bytes | None:
        """What comes next, never empty."""
        try:
            for chunk in self._chunks:
                if chunk:
                    return chunk
        except CompressionError as error:
            raise TarError(str(error)) from error
        return None


def _limited(chunks: Iterator[bytes], limit_bytes: int, what: str) -> Iterator[bytes]:
    left = limit_bytes
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise TarError(f"more than {limit_bytes:,} bytes {what} had to be read")
        yield chunk
