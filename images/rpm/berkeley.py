"""Berkeley DB's hash format, as ``Packages`` was until rpm 4.16: pages of pairs, large values in chains.

Every page is looked at once, whichever bucket it is in, so chains of buckets cannot lead in circles.

Source: Berkeley DB 5.3, src/dbinc/db_page.h
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from images.rpm.errors import RpmDatabaseError

_MAGIC_OFFSET = 12
_MAGIC = 0x00061561
_META_BYTES = 72
_PAGE_HEADER_BYTES = 26
_HASH_UNSORTED, _OVERFLOW, _HASH_META, _HASH = 2, 7, 8, 13
_KEY_DATA, _OFF_PAGE = 1, 3
_CHECKSUMMED = 0x01
_VERSIONS = range(7, 11)


def is_berkeley_hash(content: bytes) -> bool:
    """Whether a file begins as this format does, in either byte order."""
    magic = content[_MAGIC_OFFSET : _MAGIC_OFFSET + 4]
    return int.from_bytes(magic, "little") == _MAGIC or int.from_bytes(magic, "big") == _MAGIC


def berkeley_headers(content: bytes) -> Iterator[bytes | RpmDatabaseError]:
    """Each header blob, or what is wrong with one.

    Raises:
        RpmDatabaseError: the database as a whole cannot be read.
    """
    return _Pages(content).values()


class _Pages:
    def __init__(self, content: bytes) -> None:
        if len(content) < _META_BYTES:
            raise RpmDatabaseError(f"only {len(content):,} bytes")
        is_little = int.from_bytes(content[_MAGIC_OFFSET : _MAGIC_OFFSET + 4], "little") == _MAGIC
        order = "<" if is_little else ">"
        version, page_bytes = struct.unpack_from(f"{order}II", content, 16)
        encryption, kind, flags = content[24:27]
        if kind != _HASH_META or version not in _VERSIONS:
            raise RpmDatabaseError(f"page type {kind} of version {version}: no hash database that rpm wrote")
        if page_bytes not in {1 << power for power in range(9, 17)}:
            raise RpmDatabaseError(f"pages of {page_bytes:,} bytes")
        if encryption or flags & _CHECKSUMMED:
            raise RpmDatabaseError("it is encrypted or has checksums, as rpm never wrote it")
        self._content, self._page_bytes, self._order = content, page_bytes, order
        self._stated = 1 + struct.unpack_from(f"{order}I", content, 32)[0]
        self._count = min(self._stated, -(-len(content) // page_bytes))
        self._header = struct.Struct(f"{order}8xIIIHHBB")
        self._large = struct.Struct(f"{order}B3xII")
        self._used = bytearray(self._count)

    def values(self) -> Iterator[bytes | RpmDatabaseError]:
        for number in range(1, self._count):
            start = number * self._page_bytes
            if len(self._content) - start < self._page_bytes:
                yield RpmDatabaseError(f"page {number:,}: the file ends within it")
                return
            *_, entries, _, _, kind = self._header.unpack_from(self._content, start)
            if kind in (_HASH, _HASH_UNSORTED):
                yield from self._page(number, entries)
        if self._count < self._stated:
            yield RpmDatabaseError(f"{self._stated:,} pages stated, {self._count:,} there")

    def _page(self, number: int, entries: int) -> Iterator[bytes | RpmDatabaseError]:
        page = self._content[number * self._page_bytes : (number + 1) * self._page_bytes]
        lowest = _PAGE_HEADER_BYTES + 2 * entries
        if lowest > self._page_bytes or entries % 2:
            yield RpmDatabaseError(f"page {number:,}: {entries:,} entries")
            return
        offsets = struct.unpack_from(f"{self._order}{entries}H", page, _PAGE_HEADER_BYTES)
        above, key = self._page_bytes, b""
        for which, offset in enumerate(offsets):
            if not lowest <= offset < above:
                yield RpmDatabaseError(f"page {number:,}, entry {which}: it lies outside of the page")
                return
            item, above = page[offset:above], offset
            if which % 2:
                if key != b"\0\0\0\0":  # the counter of packages
                    yield self._value(number, which, item)
            else:
                key = item[1:]

    def _value(self, number: int, which: int, item: bytes) -> bytes | RpmDatabaseError:
        place = f"page {number:,}, entry {which}"
        if item[0] == _KEY_DATA:
            return item[1:]
        if item[0] != _OFF_PAGE or len(item) < self._large.size:
            return RpmDatabaseError(f"{place}: a value of type {item[0]}")
        _, first, length = self._large.unpack_from(item)
        return self._chain(place, first, length)

    def _chain(self, place: str, number: int, length: int) -> bytes | RpmDatabaseError:
        parts, left = [], length
        while left > 0:
            if not 0 < number < self._count:
                return RpmDatabaseError(f"{place}: its pages end {left:,} bytes early")
            if self._used[number]:
                return RpmDatabaseError(f"{place}: page {number:,} belongs to another value or comes twice")
            self._used[number] = 1
            start = number * self._page_bytes
            if len(self._content) - start < self._page_bytes:
                return RpmDatabaseError(f"{place}: the file ends within page {number:,}")
            _, _, after, _, here, _, kind = self._header.unpack_from(self._content, start)
            if kind != _OVERFLOW or not 0 < here <= self._page_bytes - _PAGE_HEADER_BYTES:
                return RpmDatabaseError(f"{place}: page {number:,} is no part of a value")
            data = start + _PAGE_HEADER_BYTES
            parts.append(self._content[data : data + min(here, left)])
            left -= here
            number = after
        return b"".join(parts)
