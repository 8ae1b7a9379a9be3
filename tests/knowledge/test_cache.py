from __future__ import annotations

from pathlib import Path

import pytest

from knowledge.errors import StoreDamagedError
from knowledge.stores.cache import cache_report, clear_cache
from knowledge.stores.locations import open_store
from knowledge.stores.store import Kind, ListingRow, MetadataRow

INDEX, OTHER = "https://index.example/simple/", "https://other.example/simple/"


def filled(location: str) -> None:
    store = open_store(location)
    store.bulk_load(
        [
            ListingRow(INDEX, "a", 100, 1, None, b"12345"),
            ListingRow(INDEX, "missing", 160, 1, None, None),
            ListingRow(OTHER, "a", 200, 1, None, b"1"),
        ],
        [MetadataRow(INDEX, "sha256:0", 300, 1, b"123")],
    )
    store.close()


def rows(location: str, now: float = 1000) -> list[tuple[str, str, int, int, int, int]]:
    return [
        (s.kind, s.origin, s.records, s.size_bytes, s.oldest_s, s.newest_s)
        for s in cache_report(location, now).stored
    ]


FILLED = [
    ("listings", INDEX, 2, 5, 900, 840),
    ("listings", OTHER, 1, 1, 800, 800),
    ("metadata", INDEX, 1, 3, 700, 700),
]


@pytest.fixture(params=["file", "url"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    path = tmp_path / "store.sqlite3"
    return str(path) if request.param == "file" else f"sqlite:///{path}"


def test_what_is_stored_is_told_and_cleared_by_kind(location: str) -> None:
    filled(location)
    assert rows(location) == FILLED
    assert clear_cache(location, [Kind.LISTINGS]) == {Kind.LISTINGS: 3}
    assert rows(location) == FILLED[2:]
    assert clear_cache(location, list(Kind)) == {**dict.fromkeys(Kind, 0), Kind.METADATA: 1}
    assert rows(location) == []


def test_a_place_without_a_store_stays_without_one(tmp_path: Path, location: str) -> None:
    report = cache_report(location, 0)
    assert (report.exists, report.size_bytes, report.stored) == (False, None, ())
    assert clear_cache(location, list(Kind)) == dict.fromkeys(Kind, 0)
    assert list(tmp_path.iterdir()) == []


def test_clearing_gives_space_back(tmp_path: Path) -> None:
    location = str(tmp_path / "store.sqlite3")
    store = open_store(location)
    store.bulk_load([ListingRow(INDEX, f"p{n}", 1, 1, None, bytes(10_000)) for n in range(50)], [])
    store.close()
    before = cache_report(location, 2).size_bytes
    clear_cache(location, list(Kind))
    after = cache_report(location, 2).size_bytes
    assert before is not None
    assert after is not None
    assert after < before / 5


def test_a_clock_that_was_set_back_makes_no_negative_age(location: str) -> None:
    filled(location)
    assert {row[4] for row in rows(location, now=0)} == {0}


def test_a_damaged_store_is_told(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite3"
    path.write_bytes(b"no database" * 1000)
    with pytest.raises(StoreDamagedError):
        cache_report(str(path), 0)
