"""What is derived from files is kept; a store that fails costs a word, not the run."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from knowledge.stores.derivations import Derivations
from knowledge.stores.sqlite_store import SqliteStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite3"


def test_instruments_do_not_see_each_other(path: Path) -> None:
    store = SqliteStore(str(path))
    one, other = (Derivations(store, name, lambda: 1.5) for name in ("one/1", "two/1"))
    one.keep({"a": b"1", "b": b"2"})
    other.keep({"a": b"3"})
    assert one.known(["a", "b", "c"]) == {"a": b"1", "b": b"2"}
    assert other.known(["a", "b"]) == {"a": b"3"}
    one.keep({"a": b"4"})
    assert one.known(["a"]) == {"a": b"4"}
    assert one.unknowns == other.unknowns == []
    store.close()


def test_a_store_that_cannot_be_read_is_told_once_and_left_alone(path: Path) -> None:
    SqliteStore(str(path)).close()
    store = SqliteStore(str(path))
    found = Derivations(store, "one/1", lambda: 1.0)
    path.write_bytes(b"no database" * 1000)
    assert found.known(["a"]) == {}
    found.keep({"a": b"1"})
    assert found.known(["a"]) == {}
    (unknown,) = found.unknowns
    assert (unknown.what, unknown.where) == ("facts for later runs", str(path))
    store.close()


def test_a_store_that_cannot_be_written_is_told_once(path: Path) -> None:
    SqliteStore(str(path)).close()
    store = SqliteStore(str(path))
    found = Derivations(store, "one/1", lambda: 1.0)
    found.keep({"a": b"1"})
    with contextlib.closing(sqlite3.connect(path)) as other, other:
        other.execute("DROP TABLE derived")
    found.keep({"b": b"1"})
    found.keep({"c": b"1"})
    assert len(found.unknowns) == 1
    store.close()
