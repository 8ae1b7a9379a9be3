"""Several indexes: the first that has a project alone serves it, and doubtful names are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.catalog import Knowledge
from knowledge.errors import IndexStatusError, OfflineError
from knowledge.indexes.choice import Index, Indexes
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY
from knowledge.transport.settings import TransportSettings
from knowledge.transport.threads import Transport

HASTE = TransportSettings(attempts=1, backoff_s=0.01)


@pytest.fixture
def servers() -> Iterator[dict[str, IndexServer]]:
    """A private, an explicit and a public index; ``both`` is on two of them, ``tool`` on all."""
    projects = {
        "private": {"both": "1.0", "own": "1.0", "tool": "1.0"},
        "torch": {"tool": "2.0", "cuda": "2.0"},
        "default": {"both": "9.0", "flask": "3.0", "tool": "3.0"},
    }
    with ExitStack() as stack:
        running = {}
        for name, releases in projects.items():
            index = FakeIndex()
            for project, version in releases.items():
                index.add(project, version)
            running[name] = stack.enter_context(IndexServer(index))
        yield running


def indexes_of(servers: Mapping[str, IndexServer], pinned: Mapping[str, str] | None = None) -> Indexes:
    order = tuple(
        Index(name=name, url=server.url, explicit=name == "torch", default=name == "default")
        for name, server in servers.items()
    )
    return Indexes(order=order, pinned=pinned or {})


def knowledge_of(
    servers: Mapping[str, IndexServer],
    pinned: Mapping[str, str] | None = None,
    store: str = MEMORY,
    *,
    offline: bool = False,
    refresh: bool = False,
) -> Knowledge:
    return Knowledge(
        indexes_of(servers, pinned),
        open_store(store),
        lambda: 1e9,
        transport=Transport(HASTE),
        offline=offline,
        refresh=refresh,
    )


def versions(knowledge: Knowledge, project: str) -> tuple[str, ...] | None:
    listing = knowledge.listing(project)
    return None if listing is None else listing.versions


def test_the_first_index_that_has_a_project_alone_serves_it(servers: dict[str, IndexServer]) -> None:
    with knowledge_of(servers) as knowledge:
        assert versions(knowledge, "own") == ("1.0",)
        assert versions(knowledge, "Both") == ("1.0",)
        assert versions(knowledge, "flask") == ("3.0",)
        assert versions(knowledge, "cuda") is None
        assert versions(knowledge, "nope") is None
    assert servers["torch"].requests == []


def test_listing_and_files_know_their_index(servers: dict[str, IndexServer]) -> None:
    with knowledge_of(servers) as knowledge:
        for project, name in (("own", "private"), ("flask", "default")):
            listing = knowledge.listing(project)
            assert listing is not None
            (file,) = listing.files(0)
            assert listing.index_url == file.index_url == servers[name].url
            assert knowledge.metadata(project, file).name == project


def test_a_name_on_two_indexes_is_told_once(servers: dict[str, IndexServer]) -> None:
    with knowledge_of(servers) as knowledge:
        for _ in range(2):
            knowledge.listing("both")
            knowledge.listing("own")
            knowledge.listing("flask")
        (unknown,) = knowledge.unknowns
    assert (unknown.what, unknown.where) == ("which both is meant", servers["private"].url)
    assert servers["default"].url in unknown.reason


def test_a_pinned_project_is_asked_for_at_its_index_alone(servers: dict[str, IndexServer]) -> None:
    pinned = {"tool": "torch", "both": "default", "own": "default"}
    with knowledge_of(servers, pinned) as knowledge:
        assert versions(knowledge, "tool") == ("2.0",)
        assert versions(knowledge, "both") == ("9.0",)
        assert versions(knowledge, "own") is None
        assert knowledge.unknowns == []
    assert servers["private"].requests == []


def test_an_index_that_fails_does_not_let_the_next_one_answer(servers: dict[str, IndexServer]) -> None:
    servers["private"].fault("*", Fault.status(403))
    with knowledge_of(servers) as knowledge, pytest.raises(IndexStatusError, match="403"):
        knowledge.listing("both")


def test_a_later_index_that_fails_leaves_a_doubt(servers: dict[str, IndexServer]) -> None:
    servers["default"].fault("*", Fault.status(500))
    with knowledge_of(servers) as knowledge:
        assert versions(knowledge, "own") == ("1.0",)
        (unknown,) = knowledge.unknowns
        assert "is not known" in unknown.reason
        with pytest.raises(IndexStatusError):
            knowledge.listing("flask")


def test_offline_answers_as_the_indexes_did(servers: dict[str, IndexServer], tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    with knowledge_of(servers, store=store) as knowledge:
        expected = {name: versions(knowledge, name) for name in ("own", "both", "flask", "nope")}
    with knowledge_of(servers, store=store, offline=True) as knowledge:
        assert {name: versions(knowledge, name) for name in expected} == expected
        with pytest.raises(OfflineError):
            knowledge.listing("tool")


def test_refresh_asks_again(servers: dict[str, IndexServer], tmp_path: Path) -> None:
    store = str(tmp_path / "store")
    for refresh, requests in ((False, 1), (False, 1), (True, 2)):
        with knowledge_of(servers, {"flask": "default"}, store, refresh=refresh) as knowledge:
            assert versions(knowledge, "flask") == ("3.0",)
            knowledge.listing("flask")
        assert len(servers["default"].requests) == requests


def test_without_an_index_there_is_nothing() -> None:
    with Knowledge(Indexes(order=()), open_store(MEMORY), lambda: 1e9) as knowledge:
        assert knowledge.listing("flask") is None
        assert knowledge.index_url == ""


def test_names_that_resemble_one_come_from_the_store(servers: dict[str, IndexServer]) -> None:
    with knowledge_of(servers) as knowledge:
        for name in ("flask", "tool", "own", "flsak"):
            knowledge.listing(name)
        knowledge.flush()
        asked = sum(len(server.requests) for server in servers.values())
        assert knowledge.near_names("Flsak") == ["flask"]
        assert knowledge.near_names("tools") == ["tool"]
        assert knowledge.near_names("numpy") == []
    assert sum(len(server.requests) for server in servers.values()) == asked
