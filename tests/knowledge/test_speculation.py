"""The chain of guesses, by itself and over a real server: it shortens a run and decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer
from knowledge.catalog import Knowledge
from knowledge.errors import HashMismatchError, IndexStatusError
from knowledge.indexes.listings import listing_from_entries
from knowledge.releases import File, ListedFile, Listing, Metadata, MetadataSource
from knowledge.speculation import MOST_GUESSES, Guesses, Hint
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY
from knowledge.transport.settings import TransportSettings
from knowledge.transport.threads import Transport

DEPTH = 8


class Newest:
    """Tries the newest release within the bounds; asks for everything that no extra guards."""

    def first_file(self, listing: Listing, bounds: str) -> File | None:
        allowed = list(SpecifierSet(bounds).filter(listing.versions))
        return listing.files(listing.versions.index(allowed[-1]))[0] if allowed else None

    def dependencies(self, metadata: Metadata, extras: frozenset[str]) -> Iterable[Hint]:
        for text in metadata.requires_dist:
            requirement = Requirement(text)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                yield Hint(requirement.name, str(requirement.specifier), tuple(sorted(requirement.extras)))


def chain(depth: int) -> FakeIndex:
    """Each project asks for an older release of the next one than its newest; ``slow`` asks for nothing."""
    index = FakeIndex(core_metadata=True)
    for number in range(depth):
        index.add(f"p{number}", "1.0", requires=[f"p{number + 1}<2"])
        index.add(f"p{number}", "2.0")
    index.add(f"p{depth}", "1.0")
    index.add("slow", "1.0")
    return index


@pytest.fixture
def server() -> Iterator[IndexServer]:
    with IndexServer(chain(DEPTH)) as server:
        yield server


def knowledge_of(server: IndexServer, *, offline: bool = False) -> Knowledge:
    settings = TransportSettings(attempts=1, backoff_s=0.01)
    return Knowledge(
        server.url, open_store(MEMORY), lambda: 1e9, transport=Transport(settings), offline=offline
    )


def walk(knowledge: Knowledge) -> list[str]:
    """What a search without a choice does: one question after the other."""
    seen: list[str] = []
    name, bound = "p0", "<2"
    while True:
        listing = knowledge.listing(name)
        assert listing is not None
        file = Newest().first_file(listing, bound)
        assert file is not None
        metadata = knowledge.metadata(name, file)
        seen.append(f"{name} {metadata.version}")
        if not metadata.requires_dist:
            return seen
        requirement = Requirement(metadata.requires_dist[0])
        name, bound = requirement.name, str(requirement.specifier)


def test_while_one_answer_is_waited_for_the_chain_of_another_goes_to_its_end(server: IndexServer) -> None:
    server.fault("*/slow/", Fault.stall(1.0))
    with knowledge_of(server) as knowledge:
        knowledge.speculate(Newest(), [Hint("slow", ""), Hint("p0", "<2")])
        assert knowledge.listing("slow") is not None
        asked = len(server.requests)
        assert [seen.split()[0] for seen in walk(knowledge)] == [f"p{n}" for n in range(DEPTH + 1)]
        assert len(server.requests) - asked <= 1  # the metadata of ``slow``, which nobody asks for
        assert server.counts()[RequestKind.LISTING] == DEPTH + 2
        assert knowledge.statistics.speculative - knowledge.statistics.wasted == DEPTH + 1


def test_guesses_change_no_answer(server: IndexServer) -> None:
    with knowledge_of(server) as knowledge:
        expected = walk(knowledge)
        assert knowledge.statistics.speculative == 0
    for hints in ([Hint("p0", "<2")], [Hint("p0", ">=2")], [Hint("nope", "")], [Hint("p3", "no bound")], []):
        with knowledge_of(server) as knowledge:
            knowledge.speculate(Newest(), hints)
            assert walk(knowledge) == expected


def test_an_error_of_a_guess_surfaces_only_where_it_is_asked_for(server: IndexServer) -> None:
    server.fault("*p1-1.0*.metadata", Fault.metadata(keywords="evil"))
    server.fault("*/p3/", Fault.status(500))
    with knowledge_of(server) as knowledge:
        knowledge.speculate(Newest(), [Hint("p1", "<2"), Hint("p3", ""), Hint("slow", "")])
        assert knowledge.listing("slow") is not None
        listing = knowledge.listing("p1")
        assert listing is not None
        assert knowledge.metadata("p1", listing.files(1)[0]).version == "2.0"
        with pytest.raises(HashMismatchError):
            knowledge.metadata("p1", listing.files(0)[0])
        with pytest.raises(IndexStatusError):
            knowledge.listing("p3")


def test_a_warm_run_and_an_offline_one_ask_for_nothing(server: IndexServer, tmp_path: Path) -> None:
    def run(*, offline: bool = False) -> Knowledge:
        store = open_store(str(tmp_path / "store"))
        return Knowledge(server.url, store, lambda: 1e9, transport=Transport(), offline=offline)

    with run() as first:
        expected = walk(first)
    asked = len(server.requests)
    for offline in (False, True):
        with run(offline=offline) as again:
            again.speculate(Newest(), [Hint("p0", "<2")])
            assert walk(again) == expected
    assert len(server.requests) == asked


def listing_of(*versions: str) -> Listing:
    names = [f"foo-{version}-py3-none-any.whl" for version in versions]
    return listing_from_entries(
        "foo", [ListedFile(filename=name, url=f"https://files.example/{name}") for name in names]
    )


def metadata_of(*requires: str) -> Metadata:
    return Metadata(
        name="foo",
        version="1",
        requires_dist=requires,
        requires_python=None,
        extras=(),
        source=MetadataSource.WHEEL,
    )


def test_a_project_is_guessed_at_most_a_few_times() -> None:
    guesses = Guesses(Newest())
    guesses.asked_for([Hint("foo", "")])
    assert guesses.wanted_listings() == ["foo"]
    guesses.listing_arrived("foo", listing_of(*map(str, range(20))))
    for bound in range(19, 0, -1):
        guesses.asked_for([Hint("foo", f"<{bound}")])
    files = guesses.wanted_files()
    assert [file.filename.split("-")[1] for _, file in files] == ["19", "18", "17"][:MOST_GUESSES]
    assert (guesses.wanted_listings(), guesses.wanted_files()) == ([], [])


def test_bounds_of_all_dependents_hold_together() -> None:
    guesses = Guesses(Newest())
    guesses.asked_for([Hint("foo", "<5"), Hint("foo", "!=4"), Hint("foo", "<5")])
    guesses.listing_arrived("foo", listing_of("1", "2", "3", "4", "5"))
    assert [file.filename.split("-")[1] for _, file in guesses.wanted_files()] == ["3"]


def test_an_extra_that_is_asked_for_later_is_followed() -> None:
    guesses = Guesses(Newest())
    guesses.asked_for([Hint("foo", "")])
    guesses.listing_arrived("foo", listing_of("1"))
    ((_, file),) = guesses.wanted_files()
    guesses.wanted_listings()
    metadata = metadata_of("bar", "baz; extra == 'x'")
    guesses.metadata_arrived("foo", file.filename, metadata)
    guesses.metadata_arrived("foo", "foo-9-py3-none-any.whl", metadata_of("never"))
    assert guesses.wanted_listings() == ["bar"]
    guesses.asked_for([Hint("foo", "", ("x",))])
    assert "baz" in guesses.wanted_listings()


def test_what_cannot_be_read_ends_its_own_guess() -> None:
    guesses = Guesses(Newest())
    guesses.asked_for([Hint("foo", "=>1")])
    guesses.listing_arrived("foo", listing_of("1"))
    guesses.listing_arrived("nobody", listing_of("1"))
    assert guesses.wanted_files() == []
    guesses = Guesses(Newest())
    guesses.asked_for([Hint("foo", "")])
    guesses.listing_arrived("foo", listing_of("1"))
    ((_, file),) = guesses.wanted_files()
    guesses.wanted_listings()
    guesses.metadata_arrived("foo", file.filename, metadata_of("bar", "not a requirement!"))
    assert guesses.wanted_listings() == []
