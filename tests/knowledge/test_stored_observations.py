"""Observations and packs, as every implementation of the store keeps them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from knowledge.stores.sqlite_store import SqliteStore
from knowledge.stores.store import (
    Contents,
    Kind,
    ObservationRow,
    PackRow,
    Store,
    StoredObservation,
)

KINDS = ("benchmark", "import")


def test_observations_come_by_project_and_the_later_one_stays(store: Store) -> None:
    rows = [ObservationRow("benchmark", f"p{n % 700}", f"{n:05}", 100, b"%d" % n) for n in range(1400)]
    store.keep_observations(iter(rows))
    found = store.observations((f"p{n}" for n in range(699, -1, -1)), KINDS)
    assert found == {f"p{n}": [b"%d" % n, b"%d" % (n + 700)] for n in range(700)}
    store.keep_observations(
        [rows[0]._replace(observed_at=99, payload=b"old"), rows[1]._replace(payload=b"new")]
    )
    asked = ["p0", "p1", "gone"]
    assert store.observations(asked, KINDS) == {"p0": [b"0", b"700"], "p1": [b"new", b"701"]}
    assert store.observations(asked, ["import"]) == store.observations(asked, []) == {}
    assert store.contents() == [
        Contents(Kind.OBSERVATIONS, "benchmark", 1400, sum(len(r.payload) for r in rows) + 2, 100, 100)
    ]
    assert store.clear(Kind.OBSERVATIONS) == 1400
    assert store.observations(asked, KINDS) == {}


def test_what_is_about_many_projects_is_kept_once_and_found_by_each(store: Store) -> None:
    rows = [ObservationRow("import", f"p{n}", "x", 100, b"stack", "", n < 2) for n in range(60)]
    assert not store.has_observations(KINDS)
    store.keep_observations(rows)
    store.keep_observations(reversed(rows))
    assert store.contents() == [Contents(Kind.OBSERVATIONS, "import", 1, 5, 100, 100)]
    names = [f"p{n}" for n in range(60)]
    assert store.observations(names, KINDS) == {name: [b"stack"] for name in names}
    assert store.observations(names, KINDS, blamed=True) == {"p0": [b"stack"], "p1": [b"stack"]}
    assert store.has_observations(KINDS)
    assert not store.has_observations(["test"])


def test_what_came_with_a_pack_lies_beside_what_is_ones_own_and_can_be_forgotten(store: Store) -> None:
    own = ObservationRow("import", "a", "1", 100, b"own")
    others = [ObservationRow("import", "a", key, 200, b"other", "them") for key in ("1", "2")]
    pack = PackRow("them", "sha256:0", 500, 7)
    store.keep_observations([own, *others])
    store.keep_pack(pack)
    store.keep_pack(PackRow("others", "sha256:1", 100, 8))
    store.keep_pack(pack._replace(trust=250))
    assert store.packs() == [PackRow("others", "sha256:1", 100, 8), pack._replace(trust=250)]
    assert store.observations(["a"], KINDS) == {"a": [b"own", b"other", b"other"]}
    assert store.observation_counts() == {("", "import"): 1, ("them", "import"): 2}
    assert store.forget("them") == 2
    assert store.forget("them") == 0
    assert store.observations(["a"], KINDS) == {"a": [b"own"]}
    assert [row.origin for row in store.packs()] == ["others"]


def test_observations_are_gone_through_in_parts(store: Store) -> None:
    rows = [
        ObservationRow(kind, "a", key, 100, b"x", origin)
        for kind in KINDS
        for key in ("1", "2")
        for origin in ("", "them")
    ]
    store.keep_observations(rows)
    found, after = [], ("", "", "")
    while part := store.observations_after(after, 3):
        found += part
        after = part[-1][:3]
    assert found == [StoredObservation(row.kind, row.id, row.origin, b"x") for row in rows]


def test_observations_of_the_schema_before_are_moved(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    SqliteStore(str(path)).close()
    with sqlite3.connect(path) as connection:
        for table in ("observations", "observed_projects", "packs"):
            connection.execute(f"DROP TABLE {table}")
        connection.execute(
            "CREATE TABLE observations (kind TEXT, project TEXT, id TEXT, observed_at BIGINT, payload BLOB,"
            " PRIMARY KEY (kind, project, id))"
        )
        old = [("benchmark", "a", "1", 1, b"1"), ("benchmark", "b", "2", 2, b"2")]
        connection.executemany("INSERT INTO observations VALUES (?, ?, ?, ?, ?)", old)
        connection.execute("UPDATE alembic_version SET version_num = '4'")
    connection.close()
    store = SqliteStore(str(path))
    assert store.observations(["a", "b"], KINDS) == {"a": [b"1"], "b": [b"2"]}
    assert store.contents()[0].rows == 2
    store.close()
