"""Layers of images, byte by byte: every entry is bytes, and so is what no well-behaved program would write.

Source: POSIX.1-2024, pax; the GNU tar manual, "Basic Tar Format"; OCI image specification, "Image Layer".
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping

import zstandard

BLOCK = 512
Name = str | bytes


def layer(*entries: bytes) -> bytes:
    """An uncompressed layer of entries, with the end that an archive has."""
    return b"".join(entries) + bytes(2 * BLOCK)


def gzipped(content: bytes, level: int = 1) -> bytes:
    return gzip.compress(content, level, mtime=0)


def zstandarded(content: bytes, level: int = 1) -> bytes:
    return zstandard.ZstdCompressor(level=level).compress(content)


def file(name: Name, content: Name = b"", *, mode: int = 0o644) -> bytes:
    content = _bytes(content)
    return _named(name, b"0", mode=mode, size=len(content)) + padded(content)


def directory(name: Name, *, mode: int = 0o755) -> bytes:
    return _named(_bytes(name).rstrip(b"/") + b"/", b"5", mode=mode)


def symlink(name: Name, target: Name) -> bytes:
    return _named(name, b"2", link=target, mode=0o777)


def hardlink(name: Name, target: Name) -> bytes:
    return _named(name, b"1", link=target)


def fifo(name: Name) -> bytes:
    return _named(name, b"6")


def device(name: Name, *, block: bool = False) -> bytes:
    return _named(name, b"4" if block else b"3")


def whiteout(path: Name) -> bytes:
    """Hides a path of the layers below."""
    above, slash, name = _bytes(path).rpartition(b"/")
    return file(above + slash + b".wh." + name)


def opaque(path: Name) -> bytes:
    """Hides all that the layers below have in a directory."""
    return file((_bytes(path).rstrip(b"/") + b"/").lstrip(b"/") + b".wh..wh..opq")


def header(
    name: Name,
    kind: bytes = b"0",
    *,
    size: int | bytes = 0,
    mode: int = 0o644,
    link: Name = b"",
    prefix: bytes = b"",
    magic: bytes = b"ustar\x0000",
    checksum: bytes | None = None,
) -> bytes:
    """One header block; what is too long for a field is cut off.

    Args:
        size: a number, or the field as it shall stand.
        checksum: the field as it shall stand, instead of the right one.
    """
    block = bytearray(BLOCK)
    _put(block, 0, 100, _bytes(name))
    _put(block, 100, 8, b"%07o" % mode)
    _put(block, 108, 16, b"0000000\x000000000\0")
    _put(block, 124, 12, b"%011o" % size if isinstance(size, int) else size)
    _put(block, 136, 12, b"00000000000")
    block[156:157] = kind
    _put(block, 157, 100, _bytes(link))
    _put(block, 257, 8, magic)
    _put(block, 345, 155, prefix)
    block[148:156] = b" " * 8
    block[148:156] = checksum or b"%06o\0 " % sum(block)
    return bytes(block)


def pax(records: Mapping[str, Name], *, is_global: bool = False) -> bytes:
    """An extended header for the entry that follows, or for all that follow."""
    content = b"".join(pax_record(key, _bytes(value)) for key, value in records.items())
    kind = b"g" if is_global else b"x"
    return header("PaxHeaders/0", kind, size=len(content)) + padded(content)


def pax_record(key: str, value: bytes) -> bytes:
    rest = b" " + key.encode() + b"=" + value + b"\n"
    length = len(rest)
    while len(str(length)) + len(rest) != length:
        length = len(str(length)) + len(rest)
    return b"%d" % length + rest


def gnu_long(value: Name, kind: bytes = b"L") -> bytes:
    """GNU's long name for the entry that follows; its long link where the kind is ``K``."""
    content = _bytes(value) + b"\0"
    return header("././@LongLink", kind, size=len(content)) + padded(content)


def base256(number: int, width: int = 12) -> bytes:
    """GNU's form of a number that octal digits have no room for, or that is negative."""
    value = number.to_bytes(width, "big", signed=True)
    return bytes([value[0] | 0x80]) + value[1:]


def padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % BLOCK)


def _named(name: Name, kind: bytes, *, mode: int = 0o644, size: int = 0, link: Name = b"") -> bytes:
    """A header, with GNU's extensions where a field is too short."""
    long_name = gnu_long(name) if len(_bytes(name)) > 100 else b""
    long_link = gnu_long(link, b"K") if len(_bytes(link)) > 100 else b""
    return long_name + long_link + header(name, kind, mode=mode, size=size, link=link)


def _put(block: bytearray, at: int, width: int, value: bytes) -> None:
    block[at : at + width] = value[:width].ljust(width, b"\0")


def _bytes(text: Name) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
