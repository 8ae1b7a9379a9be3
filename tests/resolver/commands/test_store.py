"""What is kept between runs: the store, runs without requests, and stores that cannot be used."""

from __future__ import annotations

import os
import sqlite3
from contextlib import ExitStack
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer


def test_warm_run_makes_no_request_and_gives_the_same_lockfile(
    stackwright: Commands, server: IndexServer
) -> None:
    cold = stackwright.advise("flask", "--format", "pylock")
    assert server.requests
    server.requests.clear()
    warm = stackwright.advise("flask", "--format", "pylock")
    offline = stackwright.advise("flask", "--format", "pylock", "--offline")
    assert cold == warm == offline
    assert server.requests == []


def test_warm_run_says_that_it_asked_nobody(stackwright: Commands) -> None:
    stackwright.advise("flask")
    assert "3 releases read from the store in " in stackwright.advise("flask").out


def test_offline_names_what_is_missing(stackwright: Commands, server: IndexServer) -> None:
    ran = stackwright.advise("flask", "--offline", "-o", "pylock.toml")
    assert (ran.code, ran.out) == (3, "")
    first, second = ran.err.splitlines()
    assert first.startswith("stackwright: error: the listing of flask is not in the store")
    assert second == "  run once without --offline while the index can be reached"
    assert server.requests == []
    assert not stackwright.path("pylock.toml").exists()


def test_offline_names_what_a_smaller_run_did_not_need(stackwright: Commands, server: IndexServer) -> None:
    stackwright.advise("click")
    server.requests.clear()
    assert stackwright.advise("click", "--offline").code == 0
    ran = stackwright.advise("click", "flask", "--offline")
    assert ran.code == 3
    assert "the listing of flask " in ran.err
    assert server.requests == []


def test_stores_are_by_index(stackwright: Commands, tmp_path: Path) -> None:
    stackwright.advise("flask")
    other = FakeIndex()
    other.add("flask", "4.0")
    with IndexServer(other) as server:
        ran = stackwright.advise("flask", "--index-url", server.url, "--format", "json")
    assert [pin["version"] for pin in ran.json["pins"]] == ["4.0"]


def test_store_option_counts_more_than_the_environment(stackwright: Commands, tmp_path: Path) -> None:
    named = tmp_path / "deep" / "named.sqlite3"
    assert stackwright.advise("flask", "--store", named).code == 0
    assert named.is_file()
    assert not stackwright.store.exists()


def test_store_is_in_the_data_directory_by_default(stackwright: Commands) -> None:
    del stackwright.environ["STACKWRIGHT_STORE"]
    assert stackwright.advise("flask").code == 0
    assert (stackwright.home / ".local" / "share" / "stackwright" / "store.sqlite3").is_file()


def test_store_of_an_unknown_kind(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "--store", "mysql://somewhere/x")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "stackwright: error: --store from command line: no store of kind 'mysql'; a path or postgresql://\n"
    )


@pytest.mark.parametrize("name", [".", "/proc/nowhere/store.sqlite3", "/dev/null/store.sqlite3"])
def test_place_where_no_store_can_be_is_told_but_no_obstacle(stackwright: Commands, name: str) -> None:
    ran = stackwright.advise("flask", "--store", name)
    assert ran.code == 0
    assert "3 packages" in ran.out
    assert ran.err.startswith(f"stackwright: facts for later runs ({name}): ")
    assert len(ran.err.splitlines()) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_directory_that_may_not_be_written(stackwright: Commands, tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    store = locked / "store.sqlite3"
    locked.mkdir()
    locked.chmod(0o500)
    cold = stackwright.advise("flask", "--store", store)
    assert cold.code == 0
    assert cold.err.startswith(f"stackwright: facts for later runs ({store}): ")
    locked.chmod(0o700)
    assert stackwright.advise("flask", "--store", store).err == ""
    locked.chmod(0o500)
    assert stackwright.advise("flask", "--store", store, "--offline").code == 0


def test_processes_share_a_new_store(stackwright: Commands) -> None:
    with ExitStack() as running:
        arguments = ("advise", "flask", "--format", "pylock")
        processes = [running.enter_context(stackwright.started(*arguments)) for _ in range(4)]
        told = [(*process.communicate(timeout=60), process.returncode) for process in processes]
    assert set(told) == {(told[0][0], b"", 0)}
    assert stackwright.advise("flask", "--offline").code == 0


def test_offline_without_a_store_tells_both(stackwright: Commands) -> None:
    ran = stackwright.advise("flask", "--store", ".", "--offline")
    assert ran.code == 3
    assert ran.err.startswith("stackwright: facts for later runs (.): ")
    assert "stackwright: error: the listing of flask is not in the store" in ran.err


def test_store_that_is_no_database(stackwright: Commands, server: IndexServer) -> None:
    damaged = stackwright.write("store", b"this is no database, it is a text\n" * 100)
    ran = stackwright.advise("flask", "--store", damaged)
    assert (ran.code, ran.out) == (3, "")
    first, second = ran.err.splitlines()
    assert first.startswith(f"stackwright: error: store {damaged}: ")
    assert second.startswith("  move the file away, and keep it if you observed or imported something")
    assert server.requests == []
    assert damaged.read_bytes().startswith(b"this is no database")


def test_store_with_damaged_pages_is_told_or_read_around(stackwright: Commands) -> None:
    stackwright.advise("flask")
    with sqlite3.connect(stackwright.store) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(stackwright.store.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    stackwright.store.write_bytes(content)
    ran = stackwright.advise("flask")
    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith(f"stackwright: error: store {stackwright.store}: ")
    assert "Traceback" not in ran.err


def test_store_of_a_later_release(stackwright: Commands) -> None:
    stackwright.advise("flask")
    with sqlite3.connect(stackwright.store) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    ran = stackwright.advise("flask")
    assert (ran.code, ran.out) == (3, "")
    first, second = ran.err.splitlines()
    assert first.startswith(f"stackwright: error: store {stackwright.store}: it has schema 9999")
    assert second == "  upgrade stackwright, or name another place with --store"
