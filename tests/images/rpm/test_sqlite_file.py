"""Our reader of SQLite's files against SQLite itself, and against files that it never wrote."""

from __future__ import annotations

import sqlite3
import struct
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from images.rpm.errors import RpmDatabaseError
from images.rpm.sqlite_file import sqlite_blobs

TABLE = "CREATE TABLE 'Packages' (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL)"


def database(place: Path, blobs: list[bytes], *pragmas: str) -> bytes:
    place.unlink(missing_ok=True)
    with closing(sqlite3.connect(place)) as connection:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE Other (key TEXT PRIMARY KEY, hnum INTEGER)")
        connection.execute(TABLE)
        connection.execute("CREATE INDEX Other_hnum ON Other (hnum)")
        connection.executemany("INSERT INTO Packages (blob) VALUES (?)", [(blob,) for blob in blobs])
        connection.commit()
    return place.read_bytes()


def read(content: bytes, log: bytes = b"") -> list[bytes]:
    found = list(sqlite_blobs(content, log, b"Packages"))
    assert not [one for one in found if isinstance(one, RpmDatabaseError)]
    return [one for one in found if isinstance(one, bytes)]


def troubles(content: bytes) -> list[str]:
    try:
        found = list(sqlite_blobs(content, b"", b"Packages"))
    except RpmDatabaseError as error:
        return [str(error)]
    return [str(one) for one in found if isinstance(one, RpmDatabaseError)]


BLOBS = [bytes([number % 256]) * (number * 37 % 20_000 + 1) for number in range(400)]


@pytest.mark.slow
@pytest.mark.parametrize("page_bytes", [512, 1024, 4096, 65536])
@pytest.mark.parametrize("vacuum", ["none", "full"])
def test_reads_what_sqlite_wrote(tmp_path: Path, page_bytes: int, vacuum: str) -> None:
    content = database(tmp_path / "db", BLOBS, f"page_size={page_bytes}", f"auto_vacuum={vacuum}")
    assert read(content) == BLOBS


@pytest.mark.slow
@given(
    sizes=st.lists(st.integers(1, 3000), max_size=60),
    page_bytes=st.sampled_from([512, 1024, 4096]),
    removed=st.sets(st.integers(1, 60)),
)
@settings(max_examples=40, deadline=None)
def test_agrees_with_sqlite(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], page_bytes: int, removed: set[int]
) -> None:
    place = tmp_path_factory.mktemp("sqlite") / "db"
    blobs = [bytes([number]) * size for number, size in enumerate(sizes)]
    database(place, blobs, f"page_size={page_bytes}")
    with closing(sqlite3.connect(place)) as connection:
        connection.executemany("DELETE FROM Packages WHERE hnum = ?", [(number,) for number in removed])
        connection.commit()
        expected = [blob for (blob,) in connection.execute("SELECT blob FROM Packages ORDER BY hnum")]
    assert read(place.read_bytes()) == expected


def test_what_is_only_in_the_log_counts(tmp_path: Path) -> None:
    place = tmp_path / "db"
    database(place, BLOBS[:5])
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_autocheckpoint=0")
        connection.execute("INSERT INTO Packages (blob) VALUES (?)", (b"new",))
        connection.commit()
        connection.execute("DELETE FROM Packages WHERE hnum = 1")
        connection.commit()
        content, log = place.read_bytes(), (tmp_path / "db-wal").read_bytes()
    assert read(content, log) == [*BLOBS[1:5], b"new"]
    assert read(content) == BLOBS[:5]
    assert read(content, log[:-1]) == [*BLOBS[:5], b"new"]  # the last transaction is not whole
    assert read(content, b"x" * len(log)) == BLOBS[:5]
    stale = bytearray(log)
    stale[32 + 8] ^= 0xFF  # the salt of the first frame
    assert read(content, bytes(stale)) == BLOBS[:5]


def test_a_database_without_the_table_has_no_packages(tmp_path: Path) -> None:
    place = tmp_path / "db"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE Other (x)")
        connection.execute("CREATE VIEW Packages AS SELECT zeroblob(1000) AS blob")
    assert read(place.read_bytes()) == []


def test_rows_without_a_blob(tmp_path: Path) -> None:
    place = tmp_path / "db"
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("CREATE TABLE Packages (a, b, c)")
        connection.execute("INSERT INTO Packages VALUES (1.5, -3, NULL)")
        connection.execute("INSERT INTO Packages VALUES (1, 0, x'616263')")
        connection.commit()
    assert list(sqlite_blobs(place.read_bytes(), b"", b"packages"))[1] == b"abc"
    assert troubles(place.read_bytes()) == ["a row of 13 bytes without a BLOB"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"SQLite format 3\0", "it does not begin as a database of SQLite"),
        (b"SQLite format 3\0" + bytes(84), "pages of 0 bytes, 0 usable"),
        (b"SQLite format 3\0\x03\x00" + bytes(82), "pages of 768 bytes, 768 usable"),
        (b"SQLite format 3\0\x02\x00" + bytes(2) + b"\xff" + bytes(79), "pages of 512 bytes, 257 usable"),
        (b"SQLite format 3\0\x02\x00" + bytes(82), "page 1 is not there"),
        (b"SQLite format 3\0\x02\x00" + bytes(494), "page 1 is of type 0, no part of a table"),
    ],
)
def test_what_is_no_database(content: bytes, reason: str) -> None:
    assert troubles(content) == [reason]


def page_of(content: bytearray, kind: int, page_bytes: int) -> int:
    """The last page of a type: deep in the tree of packages."""
    starts = range(page_bytes, len(content), page_bytes)
    return next(start for start in reversed(starts) if content[start] == kind)


def test_a_tree_that_leads_to_itself(tmp_path: Path) -> None:
    content = bytearray(database(tmp_path / "db", BLOBS, "page_size=512"))
    interior = page_of(content, 0x05, 512)
    content[interior + 8 : interior + 12] = struct.pack(">I", interior // 512 + 1)
    assert troubles(bytes(content)) == [f"page {interior // 512 + 1:,} is led to twice"]


def test_a_chain_that_leads_to_itself(tmp_path: Path) -> None:
    content = bytearray(database(tmp_path / "db", [b"x" * 5000], "page_size=512"))
    part = content.index(b"x" * 508) - 4
    content[part : part + 4] = struct.pack(">I", part // 512 + 1)
    (trouble,) = troubles(bytes(content))
    assert trouble.endswith(f": page {part // 512 + 1:,} is led to twice")


def test_rows_that_overlap_are_read_once(tmp_path: Path) -> None:
    content = bytearray(database(tmp_path / "db", [b"x" * 20_000], "page_size=65536"))
    leaf = content.index(b"x" * 20_000) // 65536 * 65536
    (cell,) = struct.unpack_from(">H", content, leaf + 8)
    content[leaf + 3 : leaf + 5] = struct.pack(">H", 20_000)
    content[leaf + 8 : leaf + 8 + 40_000] = struct.pack(">H", cell) * 20_000
    found = list(sqlite_blobs(bytes(content), b"", b"Packages"))
    assert len(found) == 4
    assert str(found[-1]) == f"page {leaf // 65536 + 1:,}: its rows overlap"


def test_a_truncated_file_gives_what_is_there(tmp_path: Path) -> None:
    content = database(tmp_path / "db", BLOBS, "page_size=1024")
    half = content[: len(content) // 2]
    found = list(sqlite_blobs(half, b"", b"Packages"))
    assert 50 < len([one for one in found if isinstance(one, bytes)]) < len(BLOBS)
    assert any("is not there" in trouble for trouble in troubles(half))
