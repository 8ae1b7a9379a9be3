"""Stores that are newer, damaged, of another program, or in places where none can be."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from knowledge.errors import StoreDamagedError, StoreError, StoreNewerError
from knowledge.stores.locations import open_store
from knowledge.stores.sql_store import SqlStore
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.stores.store import ListingRow

INDEX = "https://index.example/simple/"


def with_number(path: Path, number: str) -> Path:
    SqliteStore(str(path)).close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (number,))
    connection.close()
    return path


def test_a_newer_store_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = with_number(tmp_path / "store.sqlite3", "999")
    with pytest.raises(StoreNewerError, match="schema 999") as plain:
        open_store(str(path))
    assert any("upgrade" in note for note in plain.value.__notes__)
    with pytest.raises(StoreNewerError):
        SqlStore(f"sqlite:///{path}")


@pytest.mark.parametrize("number", ["-1", "²", "head", ""])
def test_a_schema_number_that_is_none_is_damage(tmp_path: Path, number: str) -> None:
    with pytest.raises(StoreDamagedError):
        open_store(str(with_number(tmp_path / "store.sqlite3", number)))


def test_a_file_that_is_no_database_is_damaged_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreDamagedError, match=r"store\.sqlite3") as caught:
        open_store(str(path))
    assert any("move the file away" in note for note in caught.value.__notes__)
    assert path.read_bytes().startswith(b"not a database")


def read_all(location: str) -> None:
    store = open_store(location)
    try:
        store.listings(INDEX, [f"p{n}" for n in range(200)])
    finally:
        store.close()


def test_damaged_pages_are_an_error_when_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = SqliteStore(str(path))
    store.bulk_load([ListingRow(INDEX, f"p{n}", 100, 1, None, bytes(2000)) for n in range(200)], [])
    store.close()
    content = bytearray(path.read_bytes())
    content[8192:] = b"\xaa" * (len(content) - 8192)
    path.write_bytes(content)
    with pytest.raises(StoreDamagedError):
        read_all(str(path))


def test_a_database_of_another_program_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.close()
    with pytest.raises(StoreError, match="another program"):
        open_store(str(path))


def test_a_place_where_nothing_can_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for location in (str(tmp_path / "file" / "store.sqlite3"), str(tmp_path), "a\0b"):
        with pytest.raises(StoreError):
            open_store(location)


def test_a_value_of_another_type_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = SqliteStore(str(path))
    store.bulk_load([ListingRow(INDEX, "flask", 1, 1, None, b"x")], [])
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE listings SET fetched_at = 'soon'")
    connection.close()
    store = SqliteStore(str(path))
    try:
        with pytest.raises(StoreDamagedError, match="another type"):
            store.listings(INDEX, ["flask"])
        with pytest.raises(StoreDamagedError, match="another type"):
            store.contents()
    finally:
        store.close()
