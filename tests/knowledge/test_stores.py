"""Both implementations of the store, on the same terms: rows in, equal rows out."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from knowledge.errors import (
    ConfigurationError,
    StoreError,
)
from knowledge.stores.locations import default_location, open_store
from knowledge.stores.sql_store import SqlStore, upgrade_sqlite
from knowledge.stores.sqlite_store import SqliteStore, schema_statements
from knowledge.stores.store import (
    AdvisoryRow,
    Contents,
    DerivedRow,
    Kind,
    ListingRow,
    MetadataRow,
    Store,
)

INDEX = "https://index.example/simple/"
LISTINGS = [
    ListingRow(INDEX, "flask", 100, 1, '"tag"', b"\x00\xff payload"),
    ListingRow(INDEX, "absent", 100, 1, None, None),
    ListingRow("https://other.example/simple/", "flask", 2**40, 1, None, b""),
]
METADATA = [
    MetadataRow(INDEX, "sha256:" + "a" * 64, 100, 1, b"\x00one"),
    MetadataRow(INDEX, "url:https://files.example/x", 101, 2, b"two"),
    MetadataRow("https://other.example/simple/", "sha256:" + "a" * 64, 102, 1, b"lie"),
]


def test_rows_come_back_as_they_were(store: Store) -> None:
    store.bulk_load(LISTINGS, METADATA)
    assert store.listings(INDEX, ["flask", "absent", "unknown"]) == {
        "flask": LISTINGS[0],
        "absent": LISTINGS[1],
    }
    keys = [row.artifact for row in METADATA]
    assert store.metadata(INDEX, keys) == {row.artifact: row for row in METADATA[:2]}
    assert store.metadata("https://other.example/simple/", keys) == {keys[0]: METADATA[2]}
    assert store.listings(INDEX, []) == {}


def test_metadata_is_gone_through_in_parts(store: Store) -> None:
    store.bulk_load([], METADATA)
    found = []
    after = ""
    while rows := store.metadata_after(INDEX, after, 1):
        found += rows
        after = rows[-1].artifact
    assert len(found) == 2
    assert {row.artifact: row for row in found} == {row.artifact: row for row in METADATA[:2]}
    assert store.metadata_after("https://absent.example/simple/", "", 9) == []


def test_projects_are_those_that_the_index_has(store: Store) -> None:
    assert store.projects(INDEX) == []
    store.bulk_load([*LISTINGS, LISTINGS[0]._replace(project="click")], METADATA)
    assert sorted(store.projects(INDEX)) == ["click", "flask"]


def test_contents_are_counted_and_cleared_by_kind(store: Store) -> None:
    assert store.contents() == []
    store.bulk_load(LISTINGS, METADATA)
    other = "https://other.example/simple/"
    listed = [
        Contents(Kind.LISTINGS, INDEX, 2, 10, 100, 100),
        Contents(Kind.LISTINGS, other, 1, 0, 2**40, 2**40),
    ]
    read = [Contents(Kind.METADATA, INDEX, 2, 7, 100, 101), Contents(Kind.METADATA, other, 1, 3, 102, 102)]
    assert store.contents() == [*listed, *read]
    assert store.clear(Kind.METADATA) == 3
    assert store.contents() == listed
    assert store.clear(Kind.METADATA) == 0
    assert store.clear(Kind.LISTINGS) == 3
    assert store.contents() == []


def test_of_two_rows_the_later_fetched_one_stays(store: Store) -> None:
    old, new = (LISTINGS[0]._replace(fetched_at=at, payload=str(at).encode(), etag=None) for at in (50, 150))
    older, newer = (METADATA[0]._replace(fetched_at=at, payload=str(at).encode()) for at in (50, 150))
    store.bulk_load(LISTINGS, METADATA)
    store.bulk_load([old], [older])
    assert store.listings(INDEX, ["flask"])["flask"] == LISTINGS[0]
    assert store.metadata(INDEX, [older.artifact])[older.artifact] == METADATA[0]
    store.bulk_load([new], [newer])
    assert store.listings(INDEX, ["flask"])["flask"] == new
    assert store.metadata(INDEX, [newer.artifact])[newer.artifact] == newer


def test_what_was_derived_answers_for_its_instrument_alone(store: Store) -> None:
    rows = [DerivedRow("source/1", f"{n:064x}", 100 + n, b"x" * n) for n in range(1200)]
    store.keep_derived(iter(rows))
    store.keep_derived([DerivedRow("source/2", "00", 90, b"other"), DerivedRow("source/1", "00", 91, b"")])
    contents = [row.content for row in rows]
    assert store.derived("source/1", iter(contents)) == {row.content: row.payload for row in rows}
    assert store.derived("source/2", ["00", "01"]) == {"00": b"other"}
    assert store.derived("source/3", ["00"]) == store.derived("source/1", []) == {}
    store.keep_derived(rows[:3])
    of_kind = [contents for contents in store.contents() if contents.kind is Kind.DERIVED]
    assert [(of.origin, of.rows) for of in of_kind] == [("source/1", 1201), ("source/2", 1)]
    assert store.clear(Kind.DERIVED) == 1202


def test_many_keys_are_written_and_read_at_once(store: Store) -> None:
    rows = [MetadataRow(INDEX, f"sha256:{n:064x}", n, 1, b"x" * n) for n in range(2345)]
    store.bulk_load([], iter(rows))
    assert store.metadata(INDEX, (row.artifact for row in rows)) == {row.artifact: row for row in rows}


def test_a_store_is_opened_again(opener: Callable[[], Store]) -> None:
    first = opener()
    first.bulk_load(LISTINGS, METADATA)
    second = opener()
    assert second.listings(INDEX, ["flask"]) == {"flask": LISTINGS[0]}
    second.bulk_load([], [METADATA[0]._replace(fetched_at=200)])
    assert first.metadata(INDEX, [METADATA[0].artifact])[METADATA[0].artifact].fetched_at == 200
    first.close()
    if second is not first:
        second.close()


def test_both_ways_read_what_either_wrote(tmp_path: Path) -> None:
    path = str(tmp_path / "store.sqlite3")
    plain, through_sqlalchemy = SqliteStore(path), SqlStore(f"sqlite:///{path}")
    plain.bulk_load(LISTINGS[:1], METADATA[:1])
    through_sqlalchemy.bulk_load(LISTINGS[1:], METADATA[1:])
    projects, keys = ["flask", "absent"], [row.artifact for row in METADATA]
    for index_url in (INDEX, "https://other.example/simple/"):
        assert plain.listings(index_url, projects) == through_sqlalchemy.listings(index_url, projects) != {}
        assert plain.metadata(index_url, keys) == through_sqlalchemy.metadata(index_url, keys) != {}
    plain.close()
    through_sqlalchemy.close()


def schema_of(path: Path) -> tuple[set[tuple[str, str]], list[tuple[str]]]:
    with sqlite3.connect(path) as connection:
        tables = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
        versions = connection.execute("SELECT version_num FROM alembic_version").fetchall()
    connection.close()
    return {(name, " ".join(sql.split())) for name, sql in tables}, versions


def test_the_written_schema_is_that_of_the_migrations(tmp_path: Path) -> None:
    upgrade_sqlite(str(tmp_path / "migrated"))
    SqliteStore(str(tmp_path / "plain")).close()
    assert schema_of(tmp_path / "plain") == schema_of(tmp_path / "migrated")
    assert len(schema_statements()) == 9


def test_an_older_file_is_upgraded(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(schema_statements()[0])  # a schema before the first one
    connection.close()
    store = SqliteStore(str(path))
    store.bulk_load(LISTINGS, [])
    assert store.listings(INDEX, ["absent"]) == {"absent": LISTINGS[1]}
    store.close()
    assert schema_of(path)[1] == [("5",)]


def test_a_file_of_the_first_schema_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    store = SqliteStore(str(path))
    store.bulk_load(LISTINGS, METADATA)
    store.close()
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE derived")
        connection.execute("DROP TABLE advisories")
        for table in ("observations", "observed_projects", "packs"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute("UPDATE alembic_version SET version_num = '1'")
    connection.close()
    store = SqliteStore(str(path))
    assert store.listings(INDEX, ["flask"]) == {"flask": LISTINGS[0]}
    store.keep_derived([DerivedRow("source/1", "00", 1, b"x")])
    assert store.derived("source/1", ["00"]) == {"00": b"x"}
    store.close()


@pytest.fixture
def powerless() -> Iterator[Path]:
    """A directory that can be made read-only; root lays down its power, for nothing is read-only to it."""
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name) / "store"
        directory.mkdir()
        Path(name).chmod(0o755)
        user = os.geteuid()
        yield directory
        if user == 0:
            os.seteuid(0)
        directory.chmod(0o755)


def lay_down_power() -> None:
    if os.geteuid() == 0:
        os.seteuid(65534)


def test_a_store_in_a_read_only_directory_is_read(powerless: Path) -> None:
    location = str(powerless / "store.sqlite3")
    store = open_store(location)
    store.bulk_load(LISTINGS, METADATA)
    store.close()
    Path(location).chmod(0o444)
    powerless.chmod(0o555)
    lay_down_power()
    store = open_store(location)
    assert store.listings(INDEX, ["flask"]) == {"flask": LISTINGS[0]}
    with pytest.raises(StoreError, match="readonly"):
        store.bulk_load(LISTINGS, [])
    store.close()
    with pytest.raises(StoreError):
        open_store(str(powerless / "other.sqlite3"))


def test_an_older_store_that_cannot_be_written_is_an_error(powerless: Path) -> None:
    path = powerless / "store.sqlite3"
    with sqlite3.connect(path) as connection:
        connection.execute(schema_statements()[0])
    connection.close()
    path.chmod(0o444)
    powerless.chmod(0o555)
    lay_down_power()
    with pytest.raises(StoreError, match="older schema"):
        open_store(str(path))


@pytest.mark.parametrize("location", ["redis://localhost/0", "mysql+x://h/d", "://"])
def test_a_store_of_unknown_kind_is_refused(location: str) -> None:
    with pytest.raises(ConfigurationError):
        open_store(location)


def test_a_server_that_is_not_there_is_an_error_without_the_password() -> None:
    with pytest.raises(StoreError) as caught:
        open_store("postgresql://user:secret@127.0.0.1:1/none?connect_timeout=2")
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


WRITER = """
import sys
from knowledge.stores.store import MetadataRow
from knowledge.stores.locations import open_store
store = open_store(sys.argv[1])
for batch in range(20):
    store.bulk_load([], [MetadataRow("i", f"{sys.argv[2]}-{batch}-{n}", 1, 1, b"x" * 500) for n in range(20)])
store.close()
"""


@pytest.mark.parametrize("place", ["sqlite", pytest.param("postgresql", marks=pytest.mark.system)])
def test_processes_at_once_create_one_store_and_lose_nothing(
    place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    location = str(tmp_path / "store.sqlite3")
    if place == "postgresql":
        location = request.getfixturevalue("postgresql").new_database()
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, location, str(n)]) for n in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    store = open_store(location)
    keys = [f"{writer}-{batch}-{n}" for writer in range(3) for batch in range(20) for n in range(20)]
    assert store.metadata("i", keys).keys() == set(keys)
    store.close()


FULL_DISK = """
import resource, signal, sys
from knowledge.errors import StoreError
from knowledge.stores.store import MetadataRow
from knowledge.stores.locations import open_store
store = open_store(sys.argv[1])
store.bulk_load([], [MetadataRow("i", "small", 1, 1, b"x")])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    store.bulk_load([], [MetadataRow("i", f"{n}", 1, 1, b"x" * 10_000) for n in range(100)])
except StoreError as error:
    print(type(error).__name__)
print(len(store.metadata("i", ["small", "0"])))
store.close()
"""


def test_a_full_disk_is_an_error_and_what_was_there_stays(tmp_path: Path) -> None:
    location = str(tmp_path / "store.sqlite3")
    ended = subprocess.run(
        [sys.executable, "-c", FULL_DISK, location], capture_output=True, text=True, check=False
    )
    assert (ended.stdout.split(), ended.stderr) == (["StoreError", "1"], "")
    store = open_store(location)
    assert store.metadata("i", ["small"]).keys() == {"small"}
    store.close()


def test_the_default_place_is_in_the_users_data_directory() -> None:
    home = Path("/home/someone")
    assert default_location({}, home) == "/home/someone/.local/share/stackwright/store.sqlite3"
    assert default_location({"XDG_DATA_HOME": "/data"}, home) == "/data/stackwright/store.sqlite3"
    assert default_location({"XDG_DATA_HOME": "relative"}, home).startswith("/home/someone/")
    assert default_location({"STACKWRIGHT_STORE": "postgresql://h/d"}, home) == "postgresql://h/d"


def test_advisories_come_by_project_and_the_later_modified_one_stays(store: Store) -> None:
    rows = [AdvisoryRow("osv", f"p{n % 700}", f"CVE-{n:05}", 100, b"%d" % n) for n in range(1400)]
    store.keep_advisories(iter(rows))
    found = store.advisories(f"p{n}" for n in range(699, -1, -1))
    assert found == {f"p{n}": [b"%d" % n, b"%d" % (n + 700)] for n in range(700)}
    store.keep_advisories(
        [rows[0]._replace(modified_at=99, payload=b"old"), rows[1]._replace(payload=b"new")]
    )
    assert store.advisories(["p0", "p1", "gone"]) == {"p0": [b"0", b"700"], "p1": [b"new", b"701"]}
    assert store.contents() == [
        Contents(Kind.ADVISORIES, "osv", 1400, sum(len(r.payload) for r in rows) + 2, 100, 100)
    ]
    assert store.clear(Kind.ADVISORIES) == 1400


KINDS = ("benchmark", "import")
