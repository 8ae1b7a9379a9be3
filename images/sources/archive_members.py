"""Members of the tar archives that images come in; layers are archives of their own and not looked into.

Source: POSIX.1-2024, pax, "ustar Interchange Format" and "pax Header Block"; the GNU tar manual, "Basic Tar
Format".
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple, Protocol

from images.errors import DamagedImageError

_BLOCK = 512
_LIMIT_MEMBERS = 100_000
_LIMIT_EXTENDED_BYTES = 1 << 20
_LIMIT_LINKS = 8
_FILES, _LINKS = b"0\x007", b"12"


class Bytes(Protocol):
    """What an archive is read from."""

    def read(self, length: int) -> bytes:
        """The next bytes; fewer only where it ends."""

    def skip(self, length: int) -> None:
        """Pass bytes over; past the end is not an error here."""

    def position(self) -> int:
        """How many bytes were read and passed over."""


class ArchiveMember(NamedTuple):
    """A file or a link; others do not matter.

    Attributes:
        name: normalised, relative.
        offset: of its content.
        link: the name that a link leads to, normalised; None for a file.
    """

    name: str
    offset: int
    size_bytes: int
    link: str | None


def archive_members(source: Bytes, what: str) -> Iterator[ArchiveMember]:
    """The members in their order; what is left of one's content is passed over before the next.

    Raises:
        DamagedImageError: the archive ends within a header, is damaged, or is too large.
    """
    extended: dict[bytes, bytes] = {}
    for _ in range(_LIMIT_MEMBERS):
        header = source.read(_BLOCK)
        if not any(header):  # the end, marked or not
            return
        if len(header) < _BLOCK:
            raise DamagedImageError(what, "the archive ends early")
        kind, name, link, size_bytes = _parse_header(header, what)
        if kind in (b"x", b"g", b"L", b"K"):
            if size_bytes > _LIMIT_EXTENDED_BYTES:
                raise DamagedImageError(what, f"has an extended header of {size_bytes:,} bytes")
            content = source.read(_padded(size_bytes))[:size_bytes]
            if kind != b"g":
                extended |= _extended(kind, content, what)
            continue
        if b"size" in extended:
            size_bytes = _number_of(extended[b"size"], 10, what)
        name, link = extended.get(b"path", name), extended.get(b"linkpath", link)
        extended = {}
        if kind in _LINKS:
            path = _normal(name)
            # A hard link leads to a name in the archive, a symbolic one to a name beside its own.
            start = posixpath.dirname(path) if kind == b"2" else ""
            yield ArchiveMember(path, source.position(), 0, _normal(link, start))
            continue
        if kind in b"346":  # devices, directories and queues have no content, whatever size they state
            continue
        end = source.position() + _padded(size_bytes)
        if kind in _FILES:
            yield ArchiveMember(_normal(name), source.position(), size_bytes, None)
        source.skip(end - source.position())
    raise DamagedImageError(what, f"has more than {_LIMIT_MEMBERS:,} members")


def followed(name: str, links: dict[str, str], what: str) -> str:
    """The name that links lead to.

    Raises:
        DamagedImageError: they lead nowhere.
    """
    found = name
    for _ in range(_LIMIT_LINKS):
        if found not in links:
            return found
        found = links[found]
    raise DamagedImageError(what, f"links of {name!r} lead nowhere")


def _padded(size_bytes: int) -> int:
    return -(-size_bytes // _BLOCK) * _BLOCK


def _normal(name: bytes, start: str = "") -> str:
    text = name.decode("utf-8", "backslashreplace")
    return posixpath.normpath(posixpath.join("/", start, text)).lstrip("/")


def _parse_header(header: bytes, what: str) -> tuple[bytes, bytes, bytes, int]:
    """Type, name, link and size, of a header whose checksum is right."""
    checksum = sum(header) - sum(header[148:156]) + 8 * ord(" ")
    if _number(header[148:156], what) != checksum:
        raise DamagedImageError(what, "is no tar archive, or damaged: a header has a wrong checksum")
    name = header[:100].partition(b"\0")[0]
    prefix = header[345:500].partition(b"\0")[0]
    if prefix and header[257:263] == b"ustar\0":
        name = prefix + b"/" + name
    return header[156:157], name, header[157:257].partition(b"\0")[0], _number(header[124:136], what)


def _number(field: bytes, what: str) -> int:
    """A number in octal digits, or in GNU's base 256 where it would not fit."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    return _number_of(field.partition(b"\0")[0].strip() or b"0", 8, what)


def _number_of(digits: bytes, radix: int, what: str) -> int:
    if not digits.isdigit() or len(digits) > 18:
        raise DamagedImageError(what, "is no tar archive, or damaged: a header lacks a number")
    try:
        return int(digits, radix)
    except ValueError as error:
        raise DamagedImageError(what, "is no tar archive, or damaged: a header lacks a number") from error


def _extended(kind: bytes, content: bytes, what: str) -> dict[bytes, bytes]:
    if kind in (b"L", b"K"):
        return {b"path" if kind == b"L" else b"linkpath": content.rstrip(b"\0")}
    records, at = {}, 0
    while at < len(content) and content[at]:
        blank = content.find(b" ", at, at + 20)
        end = at + _number_of(content[at:blank], 10, what) if blank > at else 0
        key, equals, value = content[blank + 1 : end - 1].partition(b"=")
        if not at < end <= len(content) or content[end - 1 : end] != b"\n" or not equals:
            raise DamagedImageError(what, "has a damaged extended header")
        if key in (b"path", b"size", b"linkpath"):
            records[key] = value
        at = end
    return records
