"""The headers of tar archives: ustar, what pax and GNU add to it, and the archives before them.

Source: POSIX.1-2024, pax, "ustar Interchange Format" and "pax Header Block"; the GNU tar manual, "Basic Tar
Format".
"""

from __future__ import annotations

import enum
import functools
import zlib
from struct import Struct

import msgspec

BLOCK = 512

_FIELDS = Struct("100s 8s 16x 12s 12x 8s c 100s 6s 82x 155s 12x")
_ADLER_MODULUS = 65_521
_PERMISSIONS = 0o7777
_SIGNED, _SIGNED_FIELD = Struct(f"{BLOCK}b"), Struct("8b")
_SPARSE_KEYS, _SPARSE_NAME = b"GNU.sparse.", b"GNU.sparse.name"
SPARSE_RECORD = b"GNU.sparse"
"""Stands in the records of an extended header for all that is said of holes."""

_PAX_KEYS = frozenset({b"path", b"linkpath", b"size"})


class TarKind(enum.IntEnum):
    """What a member is; `OTHER` are devices, FIFOs, and what no program should write any more."""

    FILE = 0
    DIRECTORY = 1
    SYMLINK = 2
    HARDLINK = 3
    OTHER = 4
    SPARSE = 5
    EXTENDED = 6


_KINDS = {
    **dict.fromkeys((b"0", b"\0", b"7"), TarKind.FILE),
    b"1": TarKind.HARDLINK,
    b"2": TarKind.SYMLINK,
    b"5": TarKind.DIRECTORY,
    b"S": TarKind.SPARSE,
    **dict.fromkeys((b"x", b"g", b"L", b"K"), TarKind.EXTENDED),
}
_WITHOUT_CONTENT = frozenset((b"1", b"2", b"3", b"4", b"5", b"6"))
_FILE, _OTHER, _DIRECTORY = TarKind.FILE, TarKind.OTHER, TarKind.DIRECTORY


class TarError(ValueError):
    """The archive is damaged, hostile, or uses what is not supported."""


class TarMember(msgspec.Struct, frozen=True, gc=False):
    """What a header says of the member that it leads, an extended header included.

    Attributes:
        size_bytes: of the content that follows.
        mode: permission bits alone.
        link: target of a link as written.
        type: the byte as it stands.
        is_bare: no content follows, whatever the size is said to be.
    """

    path: bytes
    kind: TarKind
    size_bytes: int
    mode: int
    link: bytes
    type: bytes
    is_bare: bool

    @property
    def is_file(self) -> bool:
        """Whether it is a regular file, read as it stands."""
        return self.kind is _FILE


def parse_header(block: bytes) -> TarMember:
    """A header of `BLOCK` bytes that are not all zero.

    Raises:
        TarError: its checksum is wrong, or a number is none.
    """
    name, mode, size, checksum, type_byte, link, magic, prefix = _FIELDS.unpack(block)
    # The low half of Adler-32 is one more than the sum of all bytes modulo a prime: a loop that runs in C.
    if ((zlib.adler32(block) & 0xFFFF) - 1 - _expected_sum(checksum)) % _ADLER_MODULUS:
        _expect_signed_sum(block, checksum)
    path = name.partition(b"\0")[0]
    if prefix[0] and magic == b"ustar\0":
        path = prefix.partition(b"\0")[0] + b"/" + path
    kind = _KINDS.get(type_byte, _OTHER)
    if type_byte == b"\0" and path.endswith(b"/"):
        kind = _DIRECTORY
    is_bare = kind is _DIRECTORY or type_byte in _WITHOUT_CONTENT
    size_bytes = 0 if is_bare else parse_number(size)
    link = link.partition(b"\0")[0] if link[0] else b""
    return TarMember(path, kind, size_bytes, _permissions(mode), link, type_byte, is_bare)


@functools.lru_cache(maxsize=1024)
def _expected_sum(checksum: bytes) -> int:
    """What all bytes of a header add up to; its checksum counts eight blanks in the checksum's place."""
    return parse_number(checksum) + sum(checksum) - 8 * ord(" ")


def _expect_signed_sum(block: bytes, checksum: bytes) -> None:
    """Pass if the bytes add up as signed ones, as some programs of old had it."""
    if sum(_SIGNED.unpack(block)) != parse_number(checksum) + sum(_SIGNED_FIELD.unpack(checksum)) - 256:
        raise TarError("a header has a wrong checksum")


@functools.lru_cache(maxsize=1024)
def _permissions(field: bytes) -> int:
    """Permission bits; none where the field holds no number, for an archive need not fail for that."""
    try:
        return parse_number(field) & _PERMISSIONS
    except TarError:
        return 0


def parse_number(field: bytes) -> int:
    """A number in octal digits, or in GNU's base 256 where it would not fit.

    Raises:
        TarError: it is negative or no number.
    """
    if field[:-1].isdigit() and field[-1] == 0:  # nearly always
        digits = field[:-1]
    elif field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    else:
        digits = field.partition(b"\0")[0].strip(b" ") or b"0"
    if not digits.isdigit() or b"8" in digits or b"9" in digits:
        raise TarError("a header holds something else where a number belongs")
    return int(digits, 8)


def parse_extended(kind: bytes, content: bytes) -> dict[bytes, bytes]:
    """What an extended header says of what follows it, by the keys of pax.

    Args:
        kind: its type: ``L`` or ``K`` (GNU's long names), ``x`` or ``g`` (pax).

    Raises:
        TarError: it is damaged.
    """
    match kind:
        case b"L":
            return {b"path": content.partition(b"\0")[0]}
        case b"K":
            return {b"linkpath": content.partition(b"\0")[0]}
        case _:
            return parse_pax_records(content)


def parse_pax_records(content: bytes) -> dict[bytes, bytes]:
    """Path, link path and size from records (length, blank, key, ``=``, value, newline).

    Of others only those of sparse files are told, without their values.

    Raises:
        TarError: they are damaged.
    """
    records: dict[bytes, bytes] = {}
    if not (b"path=" in content or b"size=" in content or _SPARSE_KEYS in content):
        return records  # times and attributes alone, in nearly every entry of some layers
    at = 0
    while at < len(content) and content[at]:
        blank = content.find(b" ", at, at + 20)
        end = at + parse_pax_size(content[at:blank]) if blank > at else 0
        if not at < end <= len(content) or content[end - 1] != ord("\n"):
            raise TarError("an extended header is damaged")
        key, equals, value = content[blank + 1 : end - 1].partition(b"=")
        if not equals:
            raise TarError("an extended header is damaged")
        if key in _PAX_KEYS:
            records[key] = value
        elif key.startswith(_SPARSE_KEYS):
            records[SPARSE_RECORD] = b""
            if key == _SPARSE_NAME:
                records[b"path"] = value
        at = end
    return records


def parse_pax_size(digits: bytes) -> int:
    """A number of an extended header.

    Raises:
        TarError: it is none, or larger than any archive.
    """
    if not digits.isdigit() or len(digits) > 18:
        raise TarError("an extended header holds something else where a number belongs")
    return int(digits)
