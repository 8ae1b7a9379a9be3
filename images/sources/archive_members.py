"""Members of the tar archives that images come in, which are read at places or as they arrive.

Layers are archives of their own and not looked into.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple, Protocol

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
from images.errors import DamagedImageError, ImageReferenceError

_LIMIT_MEMBERS = 100_000
_LIMIT_EXTENDED_BYTES = 1 << 20
_LIMIT_LINKS = 8


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
        ImageReferenceError: it begins as no tar archive does.
        DamagedImageError: the archive ends within a header, is damaged, or is too large.
    """
    extended: dict[bytes, bytes] = {}
    for number in range(_LIMIT_MEMBERS):
        block = source.read(BLOCK)
        if not any(block) and (number or len(block) in (0, BLOCK)):  # the end, marked or not
            return
        try:
            if len(block) < BLOCK:
                raise TarError("the archive ends early")
            header = parse_header(block)
        except TarError as error:
            if number == 0:
                raise ImageReferenceError(what, "is no tar archive, so that it holds no image") from error
            raise DamagedImageError(what, str(error)) from error
        try:
            if header.kind is TarKind.EXTENDED:
                extended |= _extended(source, header)
                continue
            member, end = _member(source, header, extended)
        except TarError as error:
            raise DamagedImageError(what, str(error)) from error
        extended = {}
        if member is not None:
            yield member
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


def _extended(source: Bytes, header: TarMember) -> dict[bytes, bytes]:
    """What an extended header says of the next member; global ones say nothing of any."""
    if header.size_bytes > _LIMIT_EXTENDED_BYTES:
        raise TarError(f"has an extended header of {header.size_bytes:,} bytes")
    content = source.read(_padded(header.size_bytes))[: header.size_bytes]
    return {} if header.type == b"g" else parse_extended(header.type, content)


def _member(
    source: Bytes, header: TarMember, extended: dict[bytes, bytes]
) -> tuple[ArchiveMember | None, int]:
    """The member, unless it does not matter, and where what follows it begins."""
    if header.kind is TarKind.SPARSE or SPARSE_RECORD in extended:
        raise TarError("has sparse members, which are not supported")
    size_bytes, offset = header.size_bytes, source.position()
    if b"size" in extended and not header.is_bare:
        size_bytes = parse_pax_size(extended[b"size"])
    path, link = _normal(extended.get(b"path") or header.path), None
    end = offset + _padded(size_bytes)
    match header.kind:
        case TarKind.SYMLINK | TarKind.HARDLINK:
            # A hard link leads to a name in the archive, a symbolic one to a name beside its own.
            start = posixpath.dirname(path) if header.kind is TarKind.SYMLINK else ""
            link = _normal(extended.get(b"linkpath") or header.link, start)
        case TarKind.FILE:
            pass
        case _:
            return None, end
    return ArchiveMember(path, offset, size_bytes, link), end


def _padded(size_bytes: int) -> int:
    return size_bytes + -size_bytes % BLOCK


def _normal(name: bytes, start: str = "") -> str:
    text = name.decode("utf-8", "backslashreplace")
    return posixpath.normpath(posixpath.join("/", start, text)).lstrip("/")
