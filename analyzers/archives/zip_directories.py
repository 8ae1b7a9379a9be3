"""The central directory of a hostile zip archive: what members it claims, held against caps and each other.

Two ranges are asked for at most: the tail (`TAIL_BYTES`) and the directory where the tail does not hold it.
What two unpackers could read differently (overlaps, two members of one path, data behind the end) is refused.

Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16, 4.4 and 4.5.3.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from typing import NamedTuple

import msgspec

from analyzers.files import FileReaderError, path_parts
from analyzers.ranges import RangeReader

TAIL_BYTES = 1 << 16

_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END_SIGNATURE, _END64_SIGNATURE, _LOCATOR_SIGNATURE = b"PK\5\6", b"PK\6\6", b"PK\6\7"
_SKIMMED = struct.Struct("<4s24x3H8xL")  # of the same length as _CENTRAL
_CENTRAL_SIGNATURE = b"PK\1\2"
_LARGEST_COMMENT = 0xFFFF
_LOCAL_BYTES = 30
_LEAD_BYTES = 8 << 10
_ABSENT16, _ABSENT32 = 0xFFFF, 0xFFFFFFFF
_UTF8 = 1 << 11
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_ZIP64_EXTRA = 1


class ZipLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive may claim before it is refused.

    Attributes:
        path_depth: components of a path.
        total_bytes: sum of the sizes of all members.
    """

    members: int = 100_000
    directory_bytes: int = 32 << 20
    path_bytes: int = 4096
    path_depth: int = 64
    total_bytes: int = 64 << 30


DEFAULT_LIMITS = ZipLimits()


class ZipError(FileReaderError):
    """The archive is damaged, hostile, or uses what is not supported; `path` is empty for its frame."""


class ZipMember(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of the directory; (path, crc32, size_bytes) tells whether its content is known already.

    Attributes:
        path: UTF-8, without the slash that ends a directory's.
        raw_path: as the archive spells it.
        method: of compression; 0 is stored, 8 is deflate.
        offset: of the local header, from the start of the file.
        extra_bytes: length of the extra field in the directory.
        span_bytes: from the local header to the next member's, or to the directory.
    """

    path: bytes
    raw_path: bytes
    is_directory: bool
    crc32: int
    compressed_bytes: int
    size_bytes: int
    method: int
    offset: int
    extra_bytes: int
    span_bytes: int = 0


class _Frame(NamedTuple):
    """Where the directory lies; the offsets it states count from `base`, which a prefix makes positive."""

    base: int
    start: int
    length: int
    members: int


def read_exactly(reader: RangeReader, offset: int, length: int) -> bytes:
    """A range, in full.

    Raises:
        ZipError: it reaches beyond the whole, or the reader gives less than was asked for.
    """
    if offset < 0 or offset + length > reader.size_bytes:
        raise ZipError(b"", f"ends before byte {offset + length:,}")
    data = reader.read(offset, length)
    if len(data) != length:
        raise ZipError(b"", f"only {len(data):,} of {length:,} bytes could be read at byte {offset:,}")
    return data


def read_directory(
    reader: RangeReader, limits: ZipLimits = DEFAULT_LIMITS, containing: bytes = b""
) -> dict[bytes, ZipMember]:
    """The members of an archive by path, in the order of its directory.

    Args:
        reader: the archive.
        limits: what it may claim.
        containing: give only members whose path, as spelled, holds this; the others are passed over
            unchecked, which makes a large directory an order of magnitude cheaper.

    Raises:
        FileReaderError: the directory cannot be trusted; mostly `ZipError`.
    """
    end_offset, end = _find_end(reader)
    frame = _frame(reader, end_offset, end)
    if frame.members > limits.members:
        raise ZipError(b"", f"claims {frame.members:,} members, more than {limits.members:,}")
    if frame.length > limits.directory_bytes:
        raise ZipError(b"", f"claims a directory of {frame.length:,} bytes")
    if frame.members * _CENTRAL.size > frame.length:
        raise ZipError(b"", "claims more members than its directory has room for")
    lead = 0
    if reader.size_bytes - frame.start > TAIL_BYTES and _ends_with(reader, frame, containing):
        # Fetched by itself. A wheel's dist-info stands before it, with a RECORD of about half its length:
        # taking that along spares the request for METADATA.
        lead = min(frame.start, frame.length // 2 + _LEAD_BYTES)
    directory = read_exactly(reader, frame.start - lead, lead + frame.length)[lead:]
    members, offsets = _parse(directory, frame, limits, containing)
    if sum(member.size_bytes for member in members) > limits.total_bytes:
        raise ZipError(b"", f"claims more than {limits.total_bytes:,} bytes of content")
    spans = _spans(members, [*offsets, frame.start])
    found: dict[bytes, ZipMember] = {}
    for member in members:
        if (other := found.get(member.path)) and not (other.is_directory and member.is_directory):
            raise ZipError(member.path, "two members have this path")
        found[member.path] = msgspec.structs.replace(member, span_bytes=spans[member.offset])
    return found


def _ends_with(reader: RangeReader, frame: _Frame, containing: bytes) -> bool:
    """Whether the end of the directory, which is known, names what is sought: only then is it stored last."""
    start = reader.size_bytes - TAIL_BYTES
    return containing in read_exactly(reader, start, max(0, frame.start + frame.length - start))


def _find_end(reader: RangeReader) -> tuple[int, bytes]:
    """Offset and bytes of the end record, which a comment of the stated length must follow."""
    for tail_bytes in (TAIL_BYTES, _END.size + _LARGEST_COMMENT):
        start = max(0, reader.size_bytes - tail_bytes)
        tail = read_exactly(reader, start, reader.size_bytes - start)
        at = len(tail) - _END.size
        if not (tail[at:].startswith(_END_SIGNATURE) and tail.endswith(b"\0\0")):
            at = tail.rfind(_END_SIGNATURE, 0, max(0, at) + len(_END_SIGNATURE))
        if at >= 0 and at + _END.size + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail):
            return start + at, tail[at : at + _END.size]
    raise ZipError(b"", "no end-of-central-directory record ends it: no zip archive, or cut off")


def _frame(reader: RangeReader, end_offset: int, end: bytes) -> _Frame:
    _, *classic, _ = _END.unpack(end)
    disk, first_disk, members_here, members, length, start = classic
    directory_end = end_offset
    locator_offset = end_offset - _LOCATOR.size
    if locator_offset >= 0:
        locator = read_exactly(reader, locator_offset, _LOCATOR.size)
        if locator.startswith(_LOCATOR_SIGNATURE):
            directory_end = locator_offset - _END64.size
            record = _END64.unpack(read_exactly(reader, directory_end, _END64.size))
            if record[0] != _END64_SIGNATURE or record[1] != _END64.size - 12:
                raise ZipError(b"", "the zip64 end record is not where it belongs, or is of another version")
            disk, first_disk, members_here, members, length, start = full = record[4:]
            absent = (_ABSENT16,) * 4 + (_ABSENT32,) * 2
            if any(old not in (new, none) for old, new, none in zip(classic, full, absent, strict=True)):
                raise ZipError(b"", "the zip64 end record contradicts the end record")
            _, locator_disk, stated_offset, disks = _LOCATOR.unpack(locator)
            if stated_offset != start + length or locator_disk or disks > 1:
                raise ZipError(b"", "the zip64 locator points elsewhere")
    if disk or first_disk or members_here != members:
        raise ZipError(b"", "archives of several disks are not supported")
    base = directory_end - length - start
    if base < 0:
        raise ZipError(b"", "claims a directory that does not fit before its end record")
    return _Frame(base, base + start, length, members)


def _parse(
    directory: bytes, frame: _Frame, limits: ZipLimits, containing: bytes
) -> tuple[list[ZipMember], list[int]]:
    """The members that are wanted, and where every member that states its offset begins."""
    members: list[ZipMember] = []
    offsets: list[int] = []
    at, total, skim, passed = 0, len(directory), _SKIMMED.unpack_from, offsets.append
    hit = _next_hit(directory, containing, 0)
    for _ in range(frame.members):
        entry, at = at, at + _CENTRAL.size
        if at > total:
            raise ZipError(b"", "the directory ends within an entry")
        signature, name_bytes, extra_bytes, comment_bytes, offset = skim(directory, entry)
        name_end = at + name_bytes
        end = name_end + extra_bytes + comment_bytes
        if signature != _CENTRAL_SIGNATURE or end > total:
            raise ZipError(b"", "the directory is damaged")
        if hit < at:  # it was in the header or in what follows the name before
            hit = _next_hit(directory, containing, at)
        if hit + len(containing) > name_end:
            passed(frame.base + offset)
            at = end
            continue
        fields = _CENTRAL.unpack_from(directory, entry)
        flags, method, crc32, compressed, size, disk = *fields[3:5], *fields[7:10], fields[13]
        raw_path = directory[at : at + name_bytes]
        path, is_directory = _path(raw_path, flags, limits)
        if flags & _ENCRYPTED:
            raise ZipError(path, "encrypted members are not supported")
        if disk not in (0, _ABSENT16):
            raise ZipError(path, "archives of several disks are not supported")
        if _ABSENT32 in (size, compressed, offset):
            extra = directory[at + name_bytes : at + name_bytes + extra_bytes]
            size, compressed, offset = _zip64_sizes(extra, (size, compressed, offset), path)
        offsets.append(frame.base + offset)
        members.append(
            ZipMember(
                path=path,
                raw_path=raw_path,
                is_directory=is_directory,
                crc32=crc32,
                compressed_bytes=compressed,
                size_bytes=size,
                method=method,
                offset=frame.base + offset,
                extra_bytes=extra_bytes,
            )
        )
        at = end
    if at != len(directory):
        raise ZipError(b"", "the directory holds more than its members")
    return members, offsets


def _next_hit(directory: bytes, containing: bytes, start: int) -> int:
    """Where `containing` is found next; beyond the end where it is not."""
    found = directory.find(containing, start)
    return found if found >= 0 else len(directory)


def _path(raw_path: bytes, flags: int, limits: ZipLimits) -> tuple[bytes, bool]:
    if len(raw_path) > limits.path_bytes or raw_path.count(b"/") > limits.path_depth:
        raise ZipError(raw_path[:80], "this path, cut here, is too long or too deep")
    try:
        text = raw_path.decode("utf-8" if flags & _UTF8 else "cp437")
    except UnicodeDecodeError as error:
        raise ZipError(raw_path, "the path is not the UTF-8 it claims to be") from error
    path = text.removesuffix("/").encode()
    if not path_parts(path):
        raise ZipError(raw_path, "a member without a path")
    if b"\\" in path:
        raise ZipError(path, "a path must not hold a backslash")
    return path, text.endswith("/")


def _zip64_sizes(extra: bytes, stated: tuple[int, ...], path: bytes) -> tuple[int, ...]:
    """The three numbers, those that are marked absent replaced from the zip64 extra field."""
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        field, extra = extra[4 : 4 + length], extra[4 + length :]
        if kind == _ZIP64_EXTRA and len(field) == length >= 8 * stated.count(_ABSENT32):
            numbers = iter(struct.unpack_from(f"<{length // 8}Q", field))
            return tuple(next(numbers) if number == _ABSENT32 else number for number in stated)
    raise ZipError(path, "its zip64 sizes are missing")


def _spans(members: list[ZipMember], boundaries: list[int]) -> dict[int, int]:
    """From each member's offset the bytes until the next boundary, which its own must fit into."""
    ends = sorted(boundaries)
    spans: dict[int, int] = {}
    for member in members:
        end = ends[bisect_right(ends, member.offset)] if member.offset < ends[-1] else member.offset
        if member.offset in spans or member.offset + _least_bytes(member) > end:
            raise ZipError(member.path, "overlaps what follows it")
        spans[member.offset] = end - member.offset
    return spans


def _least_bytes(member: ZipMember) -> int:
    return _LOCAL_BYTES + len(member.raw_path) + member.compressed_bytes
