"""rpm's own database format, ``Packages.db``: pages of slots, each leading to a blob.

Source: rpm, lib/backend/ndb/rpmpkg.c
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from images.rpm.errors import RpmDatabaseError

MAGIC = b"RpmP"

_HEADER = struct.Struct("<4sIII")
_HEADER_BYTES = 32
_SLOT = struct.Struct("<4sIII")
_BLOB_HEAD, _BLOB_TAIL = struct.Struct("<4sIII"), struct.Struct("<II4s")
_PAGE_BYTES, _BLOCK_BYTES = 4096, 16
_LIMIT_PAGES = 1024
"""For 262,144 packages."""


def ndb_headers(content: bytes) -> Iterator[bytes | RpmDatabaseError]:
    """Each header blob, or what is wrong with one.

    Raises:
        RpmDatabaseError: the database as a whole cannot be read.
    """
    if len(content) < _PAGE_BYTES:
        raise RpmDatabaseError(f"only {len(content):,} bytes")
    _, version, _, pages = _HEADER.unpack_from(content)
    if version != 0:
        raise RpmDatabaseError(f"version {version} of the format")
    slots_end = min(pages, len(content) // _PAGE_BYTES, _LIMIT_PAGES) * _PAGE_BYTES
    slots = _SLOT.iter_unpack(memoryview(content)[_HEADER_BYTES:slots_end])
    # Every blob has blocks of its own: what is read in all is never more than the file.
    taken = slots_end
    for magic, index, offset, count in sorted(slots, key=lambda slot: slot[2]):
        if magic != b"Slot":
            yield RpmDatabaseError(f"a slot begins with {magic!r}")
        elif offset:
            start, end = offset * _BLOCK_BYTES, (offset + count) * _BLOCK_BYTES
            if start < taken or end > len(content):
                yield RpmDatabaseError(f"package {index}: its place overlaps another or the file's end")
                continue
            taken = end
            yield _blob(content, index, start, end)
    if slots_end < pages * _PAGE_BYTES:
        yield RpmDatabaseError(f"{pages:,} pages of slots in {len(content):,} bytes: too many")


def _blob(content: bytes, index: int, start: int, end: int) -> bytes | RpmDatabaseError:
    if end - start < _BLOB_HEAD.size + _BLOB_TAIL.size:
        return RpmDatabaseError(f"package {index}: its blob has {end - start} bytes")
    magic, stated, _, length = _BLOB_HEAD.unpack_from(content, start)
    blob = start + _BLOB_HEAD.size
    if magic != b"BlbS" or stated != index or blob + length > end - _BLOB_TAIL.size:
        return RpmDatabaseError(f"package {index}: its blob does not begin as it should")
    _, repeated, magic = _BLOB_TAIL.unpack_from(content, end - _BLOB_TAIL.size)
    if magic != b"BlbE" or repeated != length:
        return RpmDatabaseError(f"package {index}: its blob does not end as it should")
    return content[blob : blob + length]
