"""Which kind of rpm database some bytes are, and the packages that they list."""

from __future__ import annotations

from collections.abc import Iterator

from images.packages.listed import FullError, Lister, PackageList
from images.rpm.berkeley import berkeley_headers, is_berkeley_hash
from images.rpm.errors import RpmDatabaseError
from images.rpm.header import read_header
from images.rpm.ndb import MAGIC as NDB_MAGIC
from images.rpm.ndb import ndb_headers
from images.rpm.sqlite_file import MAGIC as SQLITE_MAGIC
from images.rpm.sqlite_file import sqlite_blobs

_TABLE = b"Packages"


def read_rpm_database(content: bytes, log: bytes = b"") -> PackageList:
    """The packages of ``rpmdb.sqlite``, ``Packages.db`` or ``Packages``; of an empty file none.

    Args:
        log: the write-ahead log beside a database of SQLite.
    """
    lister = Lister()
    if content:
        try:
            for number, blob in enumerate(_headers(content, log), 1):
                _note(lister, number, blob)
        except (RpmDatabaseError, FullError) as error:
            lister.trouble(str(error))
    return lister.listed()


def _headers(content: bytes, log: bytes) -> Iterator[bytes | RpmDatabaseError]:
    if content.startswith(SQLITE_MAGIC):
        return sqlite_blobs(content, log, _TABLE)
    if content.startswith(NDB_MAGIC):
        return ndb_headers(content)
    if is_berkeley_hash(content):
        return berkeley_headers(content)
    raise RpmDatabaseError(f"it begins as no database of rpm does: {content[:16]!r}")


def _note(lister: Lister, number: int, blob: bytes | RpmDatabaseError) -> None:
    if isinstance(blob, RpmDatabaseError):
        lister.trouble(str(blob))
        return
    try:
        lister.add(read_header(blob))
    except ValueError as error:
        lister.trouble(f"header {number:,}: {error}")
