"""A file whose metadata cannot be had is not asked for again before that has grown old."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from knowledge.catalog import Knowledge
from knowledge.errors import ArtifactError, InvalidMetadataError, MetadataUnavailableError
from knowledge.stores.locations import open_store
from knowledge.transport.settings import TransportSettings
from knowledge.transport.threads import Transport

HASTE = TransportSettings(attempts=2, backoff_s=0.01)
TTL_S = 600.0


def failure(server: IndexServer, store: Path, now: float, *, offline: bool = False) -> ArtifactError:
    with Knowledge(
        server.url,
        open_store(str(store)),
        lambda: now,
        transport=Transport(HASTE),
        ttl_s=TTL_S,
        offline=offline,
    ) as knowledge:
        listing = knowledge.listing("foo")
        assert listing is not None
        with pytest.raises(ArtifactError) as raised:
            knowledge.metadata("foo", listing.files(0)[0])
    return raised.value


def without_the_file() -> FakeIndex:
    index = FakeIndex(core_metadata=False, metadata_files=False)
    index.add("foo", "1.0")
    return index


def with_something_else() -> FakeIndex:
    index = FakeIndex(core_metadata=False, metadata_files=False)
    index.add_file("foo", "foo-1.0-py3-none-any.whl", b"no wheel" * 40)
    return index


@pytest.mark.parametrize(
    ("index", "kind"),
    [(without_the_file, MetadataUnavailableError), (with_something_else, InvalidMetadataError)],
)
def test_a_failure_is_kept_for_a_while(
    tmp_path: Path, index: Callable[[], FakeIndex], kind: type[ArtifactError]
) -> None:
    with IndexServer(index()) as server:
        if index is without_the_file:
            server.fault("*.whl", Fault.status(404))
        first = failure(server, tmp_path / "store", 1e9)
        asked = len(server.requests)
        again = failure(server, tmp_path / "store", 1e9 + TTL_S - 1)
        offline = failure(server, tmp_path / "store", 1e9 + 10 * TTL_S, offline=True)
        assert len(server.requests) == asked
        old = failure(server, tmp_path / "store", 1e9 + TTL_S + 1)
        assert len(server.requests) > asked
    assert {type(error) for error in (first, again, offline, old)} == {kind}
    assert again.reason == offline.reason == first.reason
