"""Whatever the bytes of an rpm database are: packages or troubles, and never more work than bytes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.images.berkeley_pages import hash_page, large, meta, overflow
from fakes.images.rpm_databases import ndb_database, package_blob
from images.rpm.berkeley import berkeley_headers
from images.rpm.databases import read_rpm_database
from images.rpm.errors import RpmDatabaseError
from images.rpm.header import read_header
from images.rpm.ndb import ndb_headers
from images.rpm.sqlite_file import sqlite_blobs

HEADERS = [
    package_blob(f"p{number}", "1", "2", (1003, 4, b"\0\0\0\1"), (1014, 6, b"MIT " * number * 9 + b"\0"))
    for number in range(1, 25)
]
NAMES = {f"p{number}" for number in range(1, 25)}


@cache
def sqlite_database() -> bytes:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "db"
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("PRAGMA page_size=512")
            connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
            connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(blob,) for blob in HEADERS])
            connection.commit()
        return place.read_bytes()


@cache
def sqlite_log() -> tuple[bytes, bytes]:
    with TemporaryDirectory() as folder:
        place = Path(folder) / "db"
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("PRAGMA page_size=512")
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA wal_autocheckpoint=0")
            connection.execute("CREATE TABLE Packages (hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)")
            connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(blob,) for blob in HEADERS])
            connection.commit()
            return place.read_bytes(), (Path(folder) / "db-wal").read_bytes()


@cache
def berkeley_database() -> bytes:
    hashes, chains = b"", b""
    free = len(HEADERS) + 1
    for number, header in enumerate(HEADERS, 1):
        key = b"\1" + number.to_bytes(4, "little")
        if len(header) < 400:
            hashes += hash_page(key, b"\1" + header)
            continue
        hashes += hash_page(key, large(free, len(header)))
        parts = [header[start : start + 486] for start in range(0, len(header), 486)]
        for part in parts:
            free += 1
            chains += overflow(free if part is not parts[-1] else 0, part)
    return meta(free - 1) + hashes + chains


def ndb() -> bytes:
    return ndb_database(HEADERS)


def read_sqlite(content: bytes) -> Iterator[bytes | RpmDatabaseError]:
    return sqlite_blobs(content, b"", b"Packages")


BACKENDS = pytest.mark.parametrize(
    ("whole", "read"),
    [(sqlite_database, read_sqlite), (ndb, ndb_headers), (berkeley_database, berkeley_headers)],
    ids=["sqlite", "ndb", "berkeley"],
)
Read = Callable[[bytes], Iterator[bytes | RpmDatabaseError]]


@BACKENDS
def test_the_whole_database_is_read(whole: Callable[[], bytes], read: Read) -> None:
    assert list(read(whole())) == HEADERS
    listed = read_rpm_database(whole())
    assert {package.name for package in listed.packages} == NAMES
    assert listed.troubles == ()


def test_a_database_that_is_all_in_its_log() -> None:
    listed = read_rpm_database(*sqlite_log())
    assert {package.name for package in listed.packages} == NAMES


@st.composite
def changes(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Ways to damage a file: numbers written into it, often at borders of pages; its end cut."""
    writes = draw(
        st.lists(
            st.tuples(
                st.floats(0, 1, exclude_max=True),
                st.sampled_from([1, 2, 4, 8, 16, 512]),
                st.sampled_from([0, 8, 12, 16, 20, 24, 26]),
                st.one_of(
                    st.binary(min_size=1, max_size=6),
                    st.integers(0, 300).map(lambda number: number.to_bytes(4, "little")),
                    st.integers(0, 300).map(lambda number: number.to_bytes(4, "big")),
                    st.just(b"\xff" * 4),
                ),
            ),
            min_size=1,
            max_size=8,
        )
    )
    end = draw(st.one_of(st.just(1.0), st.floats(0, 1)))

    def damaged(content: bytes) -> bytes:
        changed = bytearray(content)
        for where, grid, offset, data in writes:
            place = int(where * len(content)) // grid * grid + offset
            changed[place : place + len(data)] = data
        return bytes(changed[: int(end * len(changed))])

    return damaged


@BACKENDS
@given(damaged=changes())
@settings(max_examples=300, deadline=None)
def test_damage_never_costs_more_than_the_bytes(
    whole: Callable[[], bytes], read: Read, damaged: Callable[[bytes], bytes]
) -> None:
    content = damaged(whole())
    try:
        found = list(read(content))
    except RpmDatabaseError:
        found = []
    assert sum(len(one) for one in found if isinstance(one, bytes)) <= len(content)
    assert len(found) <= len(content)
    listed = read_rpm_database(content)
    assert len(listed.troubles) <= 21
    assert all(package.name and "-" in package.version for package in listed.packages)


@given(damaged=changes())
@settings(max_examples=100, deadline=None)
def test_damage_of_a_log_never_costs_more_than_the_bytes(damaged: Callable[[bytes], bytes]) -> None:
    content, log = sqlite_log()
    try:
        found = list(sqlite_blobs(content, damaged(log), b"Packages"))
    except RpmDatabaseError:
        found = []
    assert sum(len(one) for one in found if isinstance(one, bytes)) <= len(content) + len(log)


@BACKENDS
@given(rest=st.binary(max_size=3000))
@settings(max_examples=100, deadline=None)
def test_any_bytes_after_the_first(whole: Callable[[], bytes], read: Read, rest: bytes) -> None:
    content = whole()[:100] + rest
    assert read_rpm_database(content).packages == ()


@given(content=st.binary(max_size=400))
@example(b"")
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_no_database(content: bytes) -> None:
    listed = read_rpm_database(content)
    assert listed.packages == ()
    assert bool(listed.troubles) is bool(content)


@given(which=st.integers(0, len(HEADERS) - 1), damaged=changes())
@settings(max_examples=300, deadline=None)
def test_a_damaged_header_is_a_package_or_an_error(which: int, damaged: Callable[[bytes], bytes]) -> None:
    blob = damaged(HEADERS[which])
    try:
        package = read_header(blob)
    except ValueError as error:
        assert 0 < len(str(error)) < 400
    else:
        assert package.name.isprintable()
        assert len(package.name) <= 256
        assert len(package.license or "") <= 4096 * 4
