"""`Knowledge` as the resolver uses it, over a real server and a real store."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer
from knowledge.catalog import Knowledge
from knowledge.errors import (
    HashMismatchError,
    IndexStatusError,
    KnowledgeError,
    OfflineError,
    StoreDamagedError,
    StoreError,
)
from knowledge.indexes.configuration import IndexConfiguration
from knowledge.indexes.shelves import artifact_key
from knowledge.opening import open_knowledge
from knowledge.releases import File, Metadata
from knowledge.stores.locations import open_store
from knowledge.stores.store import Contents, ListingRow, MetadataRow, PackRow, StoredObservation
from knowledge.transport.settings import TransportSettings
from knowledge.transport.threads import Transport

HASTE = TransportSettings(read_s=30.0, total_s=60.0, attempts=2, backoff_s=0.01)


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def index() -> FakeIndex:
    index = FakeIndex()
    for minor in range(20):
        index.add("foo", f"1.{minor}", requires=[f"bar=={minor}"])
        index.add("bar", f"{minor}.0")
    return index


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index, etag=True) as server:
        yield server


class Runs:
    """Runs of the program, one after another, that share a store and a clock."""

    def __init__(self, server: IndexServer, path: Path, clock: Clock) -> None:
        self.server, self.path, self.clock = server, path, clock

    def start(self, *, offline: bool = False, transport: Transport | None = None) -> Knowledge:
        return Knowledge(
            self.server.url,
            open_store(str(self.path)),
            self.clock,
            transport=transport or Transport(HASTE),
            offline=offline,
        )


@pytest.fixture
def runs(server: IndexServer, tmp_path: Path, clock: Clock) -> Runs:
    return Runs(server, tmp_path / "store.sqlite3", clock)


def all_files(knowledge: Knowledge, project: str) -> list[File]:
    listing = knowledge.listing(project)
    assert listing is not None
    return [file for position in range(len(listing.versions)) for file in listing.files(position)]


def read_all(knowledge: Knowledge, project: str = "foo") -> list[Metadata]:
    return [knowledge.metadata(project, file) for file in all_files(knowledge, project)]


def test_a_second_run_makes_no_request_and_knows_the_same(runs: Runs) -> None:
    with runs.start() as first:
        known = read_all(first)
        assert first.listing("nope") is None
    asked = len(runs.server.requests)
    runs.clock.now += 599
    with runs.start() as second:
        assert read_all(second) == known
        assert second.listing("NOPE") is None
        assert second.statistics.requests == 0
    assert len(runs.server.requests) == asked


def test_nothing_is_asked_twice_in_a_run(runs: Runs) -> None:
    with runs.start() as knowledge:
        for _ in range(3):
            knowledge.prefetch_listings(["Foo", "foo", "nope"])
            assert knowledge.listing("FOO") is knowledge.listing("foo") is not None
            assert knowledge.listing("nope") is None
            knowledge.prefetch_metadata("foo", all_files(knowledge, "foo")[0])
            read_all(knowledge)
    counts = runs.server.counts()
    assert (counts[RequestKind.LISTING], counts[RequestKind.METADATA]) == (2, 20)


def test_an_old_listing_is_asked_for_again_and_metadata_is_not(runs: Runs, index: FakeIndex) -> None:
    with runs.start() as first:
        read_all(first)
    index.add("foo", "2.0")
    runs.clock.now += 600
    asked = len(runs.server.requests)
    with runs.start() as second:
        assert len(read_all(second)) == 21
    assert [request.status for request in runs.server.requests[asked:]] == [200, 200]


def test_an_old_listing_that_still_holds_is_not_sent_again(runs: Runs) -> None:
    with runs.start() as first:
        known = first.listing("foo")
    runs.clock.now += 10_000
    with runs.start() as second:
        assert second.listing("foo") == known
    assert [request.status for request in runs.server.requests] == [200, 304]
    with runs.start() as third:
        assert third.listing("foo") == known
    assert len(runs.server.requests) == 2


def test_a_clock_that_was_set_back_does_not_keep_a_listing_for_ever(runs: Runs) -> None:
    with runs.start() as first:
        first.listing("foo")
    runs.clock.now -= 1_000_000
    with runs.start() as second:
        second.listing("foo")
        assert second.statistics.requests == 1


def test_offline_uses_what_is_stored_and_names_what_is_not(runs: Runs) -> None:
    with runs.start() as first:
        files = all_files(first, "foo")
        first.metadata("foo", files[0])
        assert first.listing("nope") is None
    runs.clock.now += 10_000_000
    asked = len(runs.server.requests)
    with runs.start(offline=True) as second:
        second.prefetch_listings(["foo", "bar"])
        assert all_files(second, "foo") == files
        assert second.listing("nope") is None
        assert second.metadata("foo", files[0]).requires_dist == ("bar==0",)
        second.prefetch_metadata("foo", files[1])
        with pytest.raises(OfflineError, match="the listing of bar") as caught:
            second.listing("bar")
        assert any("without --offline" in note for note in caught.value.__notes__)
        with pytest.raises(OfflineError, match=r"the metadata of foo-1\.1-"):
            second.metadata("foo", files[1])
        with pytest.raises(OfflineError, match="the file foo"):
            second.remote_file(files[0])
    assert len(runs.server.requests) == asked


def test_what_was_prefetched_and_not_asked_for_is_kept(runs: Runs) -> None:
    with runs.start() as first:
        files = all_files(first, "foo")
        first.prefetch_listings(["bar"])
        first.prefetch_metadata("foo", files[3])
        while runs.server.counts()[RequestKind.METADATA] < 1 or len(runs.server.requests) < 3:
            time.sleep(0.01)
        time.sleep(0.1)
    with runs.start(offline=True) as second:
        assert second.listing("bar") is not None
        assert second.metadata("foo", files[3]).requires_dist == ("bar==3",)


def test_an_error_of_a_prefetch_surfaces_when_it_is_asked_for(runs: Runs) -> None:
    runs.server.fault("*/bar/", Fault.status(500))
    runs.server.fault("*foo-1.5*.metadata", Fault.metadata(keywords="evil"))
    with runs.start() as knowledge:
        knowledge.prefetch_listings(["foo", "bar"])
        files = all_files(knowledge, "foo")
        for file in files:
            knowledge.prefetch_metadata("foo", file)
        bad = next(file for file in files if "-1.5-" in file.filename)
        for _ in range(2):
            with pytest.raises(IndexStatusError):
                knowledge.listing("bar")
            with pytest.raises(HashMismatchError):
                knowledge.metadata("foo", bad)
        assert len([knowledge.metadata("foo", file) for file in files if file != bad]) == 19


def test_leaving_does_not_wait_for_what_nobody_asked_about(runs: Runs) -> None:
    runs.server.fault("*/bar/", Fault.stall())
    started = time.monotonic()
    with runs.start() as knowledge:
        knowledge.prefetch_listings(["bar", "foo"])
        assert knowledge.listing("foo") is not None
    assert time.monotonic() - started < 15
    with pytest.raises(KnowledgeError, match="closed"):
        knowledge.listing("bar")


@pytest.mark.parametrize("delay_of", list(RequestKind))
def test_an_answer_does_not_depend_on_the_order_of_arrival(
    index: FakeIndex, tmp_path: Path, clock: Clock, delay_of: RequestKind
) -> None:
    index.core_metadata = False
    delays_s = dict.fromkeys(RequestKind, 0.0) | {delay_of: 0.03}
    with (
        IndexServer(index, delay_s=delays_s) as server,
        Runs(server, tmp_path / "store", clock).start() as knowledge,
    ):
        knowledge.prefetch_listings(["bar", "foo"])
        for file in reversed(all_files(knowledge, "foo")):
            knowledge.prefetch_metadata("foo", file)
        read = read_all(knowledge)
    assert [(one.version, one.requires_dist) for one in read] == [
        (f"1.{n}", (f"bar=={n}",)) for n in range(20)
    ]


def test_names_that_are_none_exist_nowhere(runs: Runs) -> None:
    with runs.start() as knowledge:
        for name in ("../../etc/passwd", "a/b", "", "é", "a b", "-a", "x?y"):
            assert knowledge.listing(name) is None
    assert runs.server.requests == []


def test_a_file_without_a_hash_is_known_for_a_while(runs: Runs, index: FakeIndex) -> None:
    index.add_file("baz", "baz-1.0-py3-none-any.whl", index.files("bar")[0].content, hashes={})
    (file,) = index.files("bar")[:1]
    plain = File(
        filename=file.filename, url=f"{runs.server.origin}/files/{file.filename}", kind=file.kind, hashes={}
    )
    assert artifact_key(plain).startswith("url:http://127")
    with runs.start() as first:
        first.metadata("bar", plain)
        assert first.statistics.requests > 0
    with runs.start() as second:
        second.metadata("bar", plain)
        assert second.statistics.requests == 0
    runs.clock.now += 601
    with runs.start() as third:
        third.metadata("bar", plain)
        assert third.statistics.requests > 0


def test_records_of_another_format_or_damaged_ones_are_fetched_again(runs: Runs) -> None:
    with runs.start() as first:
        files = all_files(first, "foo")
        known = first.metadata("foo", files[0])
    for listing_format, metadata_format, payload in ((99, 99, b"?"), (1, 1, b"\xc1 damaged"), (1, 1, b"")):
        store = open_store(str(runs.path))
        now = int(runs.clock.now)
        store.bulk_load(
            [ListingRow(runs.server.url, "foo", now, listing_format, None, payload)],
            [MetadataRow(runs.server.url, artifact_key(files[0]), now, metadata_format, payload)],
        )
        store.close()
        with runs.start() as again:
            assert all_files(again, "foo") == files
            assert again.metadata("foo", files[0]) == known
            assert again.statistics.requests == 2


def test_one_index_does_not_answer_for_another(runs: Runs, index: FakeIndex, clock: Clock) -> None:
    with runs.start() as first:
        read_all(first)
    with IndexServer(index) as other, Runs(other, runs.path, clock).start() as second:
        read_all(second)
        assert second.statistics.requests == 21


def test_a_store_that_cannot_be_written_is_an_unknown(
    server: IndexServer, tmp_path: Path, clock: Clock
) -> None:
    (tmp_path / "file").write_text("in the way")
    location = str(tmp_path / "file" / "store.sqlite3")
    configured = IndexConfiguration(url=server.url, place="test")
    with open_knowledge(configured, location, clock, user_agent="stackwright/test") as knowledge:
        assert len(read_all(knowledge)) == 20
    (unknown,) = knowledge.unknowns
    assert (unknown.what, unknown.where) == ("facts for later runs", location)


def test_a_store_that_fails_in_the_middle_is_an_unknown(runs: Runs) -> None:
    class FullStore:
        def listings(self, index_url: str, projects: object) -> dict[str, ListingRow]:
            return {}

        def metadata(self, index_url: str, artifacts: object) -> dict[str, MetadataRow]:
            return {}

        def metadata_after(self, index_url: str, artifact: str, limit: int) -> list[MetadataRow]:
            return []

        def projects(self, index_url: str) -> list[str]:
            return []

        def bulk_load(self, listings: object, metadata: object) -> None:
            raise StoreError("somewhere", "database or disk is full")

        def derived(self, instrument: str, contents: object) -> dict[str, bytes]:
            return {}

        def keep_derived(self, rows: object) -> None:
            raise StoreError("somewhere", "database or disk is full")

        def advisories(self, projects: object) -> dict[str, list[bytes]]:
            return {}

        def keep_advisories(self, rows: object) -> None:
            raise StoreError("somewhere", "database or disk is full")

        def observations(
            self, projects: object, kinds: object, *, blamed: bool = False
        ) -> dict[str, list[bytes]]:
            return {}

        def has_observations(self, kinds: object) -> bool:
            return False

        def observations_after(self, after: object, limit: int) -> list[StoredObservation]:
            return []

        def observation_counts(self) -> dict[tuple[str, str], int]:
            return {}

        def packs(self) -> list[PackRow]:
            return []

        def keep_pack(self, row: object) -> None:
            raise StoreError("somewhere", "database or disk is full")

        def forget(self, origin: str) -> int:
            return 0

        def keep_observations(self, rows: object) -> None:
            raise StoreError("somewhere", "database or disk is full")

        def contents(self) -> list[Contents]:
            return []

        def clear(self, kind: object) -> int:
            return 0

        def close(self) -> None:
            pass

    with Knowledge(runs.server.url, FullStore(), runs.clock, transport=Transport(HASTE)) as knowledge:
        read_all(knowledge)
    (unknown,) = knowledge.unknowns
    assert (unknown.what, unknown.reason) == ("21 facts for later runs", "database or disk is full")


def test_a_damaged_store_is_not_replaced(server: IndexServer, tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "store").write_bytes(b"something else" * 100)
    configured = IndexConfiguration(url=server.url, place="test")
    with pytest.raises(StoreDamagedError):
        open_knowledge(configured, str(tmp_path / "store"), clock, user_agent="x")


WARM = """
import sys, time
from knowledge.catalog import Knowledge
from knowledge.stores.locations import open_store
with Knowledge(sys.argv[1], open_store(sys.argv[2]), lambda: 1_700_000_100.0) as knowledge:
    knowledge.prefetch_listings(["foo", "bar"])
    listing = knowledge.listing("foo")
    for position in range(len(listing.versions)):
        knowledge.metadata("foo", listing.files(position)[0])
    knowledge.listing("bar")
heavy = {"asyncio", "ssl", "sqlalchemy", "alembic", "socket", "pypi_simple", "libcst"}
print(sorted(heavy & set(sys.modules)))
"""


def test_a_warm_run_imports_nothing_of_the_network_or_sqlalchemy(runs: Runs) -> None:
    with runs.start() as first:
        read_all(first)
        first.listing("bar")
    command = [sys.executable, "-c", WARM, runs.server.url, str(runs.path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"
