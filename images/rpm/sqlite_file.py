"""SQLite's file format, as much of it as rpm's ``rpmdb.sqlite`` takes: one table, read row by row.

No statement of a database is ever run, for views and triggers in it could do anything. Every page is read at
most once, so trees and chains cannot lead in circles.

Source: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from images.rpm.errors import RpmDatabaseError

MAGIC = b"SQLite format 3\0"

_FILE_HEADER_BYTES = 100
_INTERIOR, _LEAF = 0x05, 0x0D
_INTERIOR_HEADER_BYTES, _LEAF_HEADER_BYTES = 12, 8
_LIMIT_SCHEMA_ROWS = 1000

_LOG_HEADER, _FRAME_HEADER = struct.Struct(">III4x8s8x"), struct.Struct(">II8s8x")
_LOG_MAGICS, _LOG_VERSION = (0x377F0682, 0x377F0683), 3007000
_FIXED_BYTES = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8, 7: 8, 8: 0, 9: 0}

Value = int | bytes | None


def sqlite_blobs(content: bytes, log: bytes, table: bytes) -> Iterator[bytes | RpmDatabaseError]:
    """The first BLOB of each row of a table, or what is wrong with a row.

    Args:
        content: the database; an empty one has no tables.
        log: its write-ahead log, whose transactions count where they were completed.
        table: name of the table; where there is none, there are no rows.

    Raises:
        RpmDatabaseError: the database as a whole cannot be read.
    """
    return _Tables(_Pages(content, log)).blobs(table)


class _Pages:
    """The pages of a database, those of its log over those of its file."""

    def __init__(self, content: bytes, log: bytes) -> None:
        if len(content) < _FILE_HEADER_BYTES or not content.startswith(MAGIC):
            raise RpmDatabaseError("it does not begin as a database of SQLite")
        size = int.from_bytes(content[16:18], "big")
        self.page_bytes = 65536 if size == 1 else size
        self.usable_bytes = self.page_bytes - content[20]
        if self.page_bytes not in {1 << power for power in range(9, 17)} or self.usable_bytes < 480:
            raise RpmDatabaseError(f"pages of {self.page_bytes:,} bytes, {self.usable_bytes:,} usable")
        self._content, self._log = content, log
        self._logged = self._completed(log)
        self._used: set[int] = set()

    def _completed(self, log: bytes) -> dict[int, int]:
        """Where in the log the newest completed version of a page is."""
        if len(log) < _LOG_HEADER.size:
            return {}
        magic, version, page_bytes, salt = _LOG_HEADER.unpack_from(log)
        if magic not in _LOG_MAGICS or version != _LOG_VERSION or page_bytes != self.page_bytes:
            return {}
        completed: dict[int, int] = {}
        begun: dict[int, int] = {}
        step = _FRAME_HEADER.size + page_bytes
        for place in range(_LOG_HEADER.size, len(log) - step + 1, step):
            number, size_after, stated = _FRAME_HEADER.unpack_from(log, place)
            if stated != salt:
                break  # left over from an earlier round
            begun[number] = place + _FRAME_HEADER.size
            if size_after:
                completed |= begun
                begun = {}
        return completed

    def take(self, number: int) -> bytes:
        if number in self._used:
            raise RpmDatabaseError(f"page {number:,} is led to twice")
        self._used.add(number)
        source, place = self._content, (number - 1) * self.page_bytes
        if number in self._logged:
            source, place = self._log, self._logged[number]
        page = source[place : place + self.page_bytes] if number > 0 else b""
        if len(page) < self.page_bytes:
            raise RpmDatabaseError(f"page {number:,} is not there")
        return page

    def release_all(self) -> None:
        self._used.clear()


class _Tables:
    def __init__(self, pages: _Pages) -> None:
        self._pages = pages

    def blobs(self, table: bytes) -> Iterator[bytes | RpmDatabaseError]:
        root = self._root(table)
        self._pages.release_all()
        for payload in self._payloads(root) if root is not None else ():
            if isinstance(payload, RpmDatabaseError):
                yield payload
                continue
            try:
                yield next(value for value in _record(payload, 16) if isinstance(value, bytes))
            except StopIteration:
                yield RpmDatabaseError(f"a row of {len(payload):,} bytes without a BLOB")
            except RpmDatabaseError as error:
                yield error

    def _root(self, table: bytes) -> int | None:
        for count, payload in enumerate(self._payloads(1)):
            if isinstance(payload, RpmDatabaseError):
                raise payload
            if count >= _LIMIT_SCHEMA_ROWS:
                raise RpmDatabaseError(f"more than {_LIMIT_SCHEMA_ROWS:,} tables and indexes")
            match _record(payload, 4):
                case [b"table", bytes(name), _, int(root)] if name.lower() == table.lower():
                    return root
        return None

    def _payloads(self, root: int) -> Iterator[bytes | RpmDatabaseError]:
        pending = [root]
        while pending:
            number = pending.pop()
            try:
                page = self._pages.take(number)
                start = _FILE_HEADER_BYTES if number == 1 else 0
                kind, count = page[start], int.from_bytes(page[start + 3 : start + 5], "big")
                if kind == _INTERIOR:
                    pending += self._children(page, start, count)
                    continue
                if kind != _LEAF:
                    raise RpmDatabaseError(f"page {number:,} is of type {kind}, no part of a table")
                cells = _cells(page, start + _LEAF_HEADER_BYTES, count)
            except RpmDatabaseError as error:
                yield error
                continue
            yield from self._rows(number, page, cells)

    def _rows(self, number: int, page: bytes, cells: tuple[int, ...]) -> Iterator[bytes | RpmDatabaseError]:
        left = len(page)
        for cell in cells:
            try:
                payload, local = self._payload(page, cell)
            except RpmDatabaseError as error:
                yield RpmDatabaseError(f"page {number:,}: {error}")
                continue
            left -= local
            if left < 0:  # a page of overlapping rows would be read as often as it has any
                yield RpmDatabaseError(f"page {number:,}: its rows overlap")
                return
            yield payload

    def _children(self, page: bytes, start: int, count: int) -> list[int]:
        """Lowest last, for the last is taken first."""
        cells = _cells(page, start + _INTERIOR_HEADER_BYTES, count)
        children = [int.from_bytes(page[cell : cell + 4], "big") for cell in cells]
        return [int.from_bytes(page[start + 8 : start + 12], "big"), *reversed(children)]

    def _payload(self, page: bytes, cell: int) -> tuple[bytes, int]:
        """A row, and how many bytes of its page it takes."""
        length, place = _varint(page, cell)
        _, place = _varint(page, place)
        usable = self._pages.usable_bytes
        local = length
        if length > usable - 35:
            least = (usable - 12) * 32 // 255 - 23
            local = least + (length - least) % (usable - 4)
            local = local if local <= usable - 35 else least
        if place + local > usable:
            raise RpmDatabaseError("a row does not end within its page")
        parts, left = [page[place : place + local]], length - local
        number = int.from_bytes(page[place + local : place + local + 4], "big")
        while left > 0:
            more = self._pages.take(number)
            number = int.from_bytes(more[:4], "big")
            parts.append(more[4 : min(usable, 4 + left)])
            left -= usable - 4
        return b"".join(parts), place + local - cell


def _cells(page: bytes, start: int, count: int) -> tuple[int, ...]:
    if start + 2 * count > len(page):
        raise RpmDatabaseError(f"{count:,} cells in one page")
    return struct.unpack_from(f">{count}H", page, start)


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number and where it ends."""
    number = 0
    for count, byte in enumerate(data[place : place + 9], 1):
        if count == 9:
            return number << 8 | byte, place + 9
        number = number << 7 | byte & 0x7F
        if byte < 0x80:
            return number, place + count
    raise RpmDatabaseError("a number does not end")


def _record(payload: bytes, limit_columns: int) -> list[Value]:
    """The first columns of a row; numbers with a point are None."""
    header_bytes, place = _varint(payload, 0)
    kinds: list[int] = []
    while place < min(header_bytes, len(payload)) and len(kinds) < limit_columns:
        kind, place = _varint(payload, place)
        kinds.append(kind)
    values: list[Value] = []
    place = header_bytes
    for kind in kinds:
        size = (kind - 12) // 2 if kind >= 12 else _FIXED_BYTES.get(kind, 0)
        data = payload[place : place + size]
        if len(data) < size:
            raise RpmDatabaseError("a row is shorter than it states")
        place += size
        values.append(_value(kind, data))
    return values


def _value(kind: int, data: bytes) -> Value:
    if kind >= 12:
        return data
    if kind in (8, 9):
        return kind - 8
    return int.from_bytes(data, "big", signed=True) if 1 <= kind <= 6 else None
