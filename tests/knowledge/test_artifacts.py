"""Metadata of files on a real server: which way it is read, and what is not believed."""

from __future__ import annotations

import hashlib
import random

import msgspec
import pytest

from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.sdists import SdistKind, build_sdist
from fakes.indexes.server import IndexServer
from knowledge.catalog import Knowledge
from knowledge.errors import (
    HashMismatchError,
    IndexStatusError,
    InvalidMetadataError,
    KnowledgeError,
    MetadataUnavailableError,
    RangesUnsupportedError,
)
from knowledge.files.remote_files import LARGEST_WHOLE_BYTES
from knowledge.releases import File, Metadata, MetadataSource
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY
from knowledge.transport.settings import TransportSettings
from knowledge.transport.statistics import RequestKind as RequestOf
from knowledge.transport.threads import Transport

HASTE = TransportSettings(read_s=10.0, total_s=30.0, attempts=2, backoff_s=0.01)


def knowledge_of(server: IndexServer) -> Knowledge:
    return Knowledge(server.url, open_store(MEMORY), lambda: 1e9, transport=Transport(HASTE))


def files_of(knowledge: Knowledge, project: str) -> list[File]:
    listing = knowledge.listing(project)
    assert listing is not None
    return [file for position in range(len(listing.versions)) for file in listing.files(position)]


def read_all(server: IndexServer, project: str = "foo") -> list[Metadata]:
    with knowledge_of(server) as knowledge:
        return [knowledge.metadata(project, file) for file in files_of(knowledge, project)]


def one_release(*, promised: bool = False, beside: bool = True, padding_bytes: int = 0) -> FakeIndex:
    index = FakeIndex(core_metadata=promised, metadata_files=beside)
    index.add(
        "foo",
        "1.0",
        requires=["bar>=1"],
        extras={"X_tra": ["baz"]},
        requires_python=">=3.8",
        padding_bytes=padding_bytes,
    )
    return index


def check(metadata: Metadata) -> None:
    assert (metadata.name, metadata.version, metadata.requires_python) == ("foo", "1.0", ">=3.8")
    assert metadata.requires_dist[0] == "bar>=1"
    assert metadata.extras == ("x-tra",)


def test_a_promised_metadata_file_is_read_and_nothing_else() -> None:
    with IndexServer(one_release(promised=True)) as server:
        (metadata,) = read_all(server)
        check(metadata)
        assert metadata.source is MetadataSource.METADATA_FILE
        assert server.counts() == {RequestKind.LISTING: 1, RequestKind.METADATA: 1}


@pytest.mark.parametrize("padding_bytes", [0, 300_000])
def test_without_a_metadata_file_the_tail_of_the_wheel_is_read(padding_bytes: int) -> None:
    with IndexServer(one_release(beside=False, padding_bytes=padding_bytes)) as server:
        (metadata,) = read_all(server)
        check(metadata)
        assert metadata.source is MetadataSource.WHEEL
        ranges = [request for request in server.requests if request.kind is RequestKind.RANGE]
        assert 1 <= len(ranges) <= 2
        assert sum(request.body_bytes for request in ranges) <= 70_000


def test_a_wheel_of_unknown_size_is_read_from_its_end() -> None:
    index = one_release(beside=False, padding_bytes=300_000)
    with IndexServer(index, html_only=True) as server:
        (metadata,) = read_all(server)
        check(metadata)
        assert "bytes=-65536" in {request.range for request in server.requests}


@pytest.mark.parametrize("beside", [True, False])
def test_a_promise_that_is_not_kept_leads_to_the_wheel(beside: bool) -> None:
    with IndexServer(one_release(promised=True, beside=beside)) as server:
        server.fault("*.metadata", Fault.status(404) if not beside else Fault.status(503))
        (metadata,) = read_all(server)
        check(metadata)
        assert metadata.source is MetadataSource.WHEEL


def test_a_promised_metadata_file_with_another_hash_is_an_error() -> None:
    with IndexServer(one_release(promised=True)) as server:
        server.fault("*.metadata", Fault.metadata(keywords="evil"))
        with pytest.raises(HashMismatchError, match="the index promised") as caught:
            read_all(server)
        assert caught.value.filename == "foo-1.0-py3-none-any.whl"
        assert server.counts()[RequestKind.RANGE] == 0


def test_both_ways_are_raced_until_one_has_won_often_enough() -> None:
    index = FakeIndex(core_metadata=False, metadata_files=False)
    for minor in range(12):
        index.add("foo", f"1.{minor}")
    with IndexServer(index) as server:
        assert {metadata.source for metadata in read_all(server)} == {MetadataSource.WHEEL}
        counts = server.counts()
        assert counts[RequestKind.RANGE] == 12
        assert counts[RequestKind.METADATA] <= 4


def test_a_slow_way_loses_and_the_other_one_goes_first() -> None:
    index = FakeIndex(core_metadata=False)
    for minor in range(12):
        index.add("foo", f"1.{minor}")
    with IndexServer(index, delay_s=dict.fromkeys(RequestKind, 0.0) | {RequestKind.RANGE: 0.15}) as server:
        assert {metadata.source for metadata in read_all(server)} == {MetadataSource.METADATA_FILE}
        assert server.counts()[RequestKind.RANGE] <= 4
        assert server.counts()[RequestKind.METADATA] == 12


@pytest.mark.parametrize(
    "fault",
    [Fault.body(b"<html>soft 404</html>"), Fault.metadata(name="evil"), Fault.metadata(version="2.0")],
    ids=["page", "name", "version"],
)
@pytest.mark.parametrize("releases", [1, 8])
def test_an_unpromised_metadata_file_that_lies_gives_way_to_the_wheel(fault: Fault, releases: int) -> None:
    index = FakeIndex(core_metadata=False)
    for minor in range(releases):
        index.add("foo", f"1.{minor}")
    with IndexServer(index) as server:
        server.fault("*.metadata", fault)
        assert [metadata.source for metadata in read_all(server)] == [MetadataSource.WHEEL] * releases


@pytest.mark.parametrize("promised", [True, False])
@pytest.mark.parametrize(("name", "version"), [("evil", "1.0"), ("foo", "6.6"), ("foo", "1.0.post1")])
def test_a_file_that_is_of_another_release_is_an_error(promised: bool, name: str, version: str) -> None:
    other = FakeIndex()
    other.add(name, version)
    (wheel,) = other.files(name)
    index = FakeIndex(core_metadata=promised)
    index.add_file("foo", "foo-1.0-py3-none-any.whl", wheel.content, metadata=wheel.metadata)
    with IndexServer(index) as server, pytest.raises(InvalidMetadataError, match=f"is of {name} {version}"):
        read_all(server)


@pytest.mark.parametrize("content", [b"", b"x", b"PK" * 1000, b"PK\5\6" + bytes(18)], ids=len)
@pytest.mark.parametrize("metadata", [None, b"no metadata"])
def test_a_file_that_cannot_be_read_is_an_error(content: bytes, metadata: bytes | None) -> None:
    index = FakeIndex(core_metadata=False)
    index.add_file("foo", "foo-1.0-py3-none-any.whl", content, metadata=metadata)
    with IndexServer(index) as server, pytest.raises(KnowledgeError, match=r"foo-1\.0-py3-none-any\.whl"):
        read_all(server)


def test_a_server_without_ranges_sends_a_small_wheel_whole() -> None:
    with IndexServer(one_release(beside=False), ranges=False) as server:
        (metadata,) = read_all(server)
        check(metadata)
        server.fault("*.whl", Fault.flip_bit(40))
        with pytest.raises(HashMismatchError):
            read_all(server)


@pytest.mark.slow
def test_a_server_without_ranges_does_not_send_a_large_wheel() -> None:
    index = one_release(beside=False, padding_bytes=LARGEST_WHOLE_BYTES)
    with IndexServer(index, ranges=False) as server, pytest.raises(RangesUnsupportedError, match="no ranges"):
        read_all(server)
    index = one_release(padding_bytes=LARGEST_WHOLE_BYTES)
    with IndexServer(index, ranges=False) as server:
        (metadata,) = read_all(server)
        assert metadata.source is MetadataSource.METADATA_FILE


@pytest.mark.parametrize(
    "fault",
    [
        Fault.content_range("bytes 0-9/10"),
        Fault.content_range("bytes 0-18446744073709551616/18446744073709551617"),
        Fault.content_range("pages 1-2"),
        Fault.content_range(None),
        Fault.other_range(-1000),
        Fault.status(416),
        Fault.truncate(100),
    ],
    ids=lambda fault: fault.name,
)
def test_a_range_that_is_not_the_one_asked_for_is_an_error(fault: Fault) -> None:
    with IndexServer(one_release(beside=False, padding_bytes=200_000)) as server:
        server.fault("*.whl", fault)
        with pytest.raises(KnowledgeError, match=r"foo-1\.0-py3-none-any\.whl"):
            read_all(server)


def test_a_file_that_is_gone_is_unavailable_and_nothing_worse() -> None:
    with IndexServer(one_release(beside=False)) as server:
        server.fault("*.whl", Fault.status(404))
        with pytest.raises(MetadataUnavailableError, match="404"):
            read_all(server)


def test_a_file_that_may_not_be_read_is_an_error() -> None:
    with IndexServer(one_release(beside=False)) as server:
        server.fault("*.whl", Fault.status(403))
        with pytest.raises(IndexStatusError, match="403"):
            read_all(server)


def test_an_sdist_other_than_the_promised_one_is_refused() -> None:
    index = FakeIndex()
    honest, forged = (build_sdist("foo", "1.0", requires=[name]) for name in ("bar", "evil"))
    digest = hashlib.sha256(honest).hexdigest()
    index.add_file("foo", "foo-1.0.tar.gz", forged, hashes={"sha256": digest})
    with IndexServer(index) as server, pytest.raises(HashMismatchError):
        read_all(server)


def test_a_static_sdist_is_read() -> None:
    index = FakeIndex()
    index.add(
        "foo",
        "1.0",
        requires=["bar>=1"],
        extras={"X_tra": ["baz"]},
        requires_python=">=3.8",
        wheel=False,
        sdist=True,
    )
    with IndexServer(index) as server:
        (metadata,) = read_all(server)
        check(metadata)
        assert metadata.source is MetadataSource.SDIST


def test_an_sdist_that_only_a_build_can_tell_about_says_so() -> None:
    index = FakeIndex()
    index.add("foo", "1.0", requires=["bar"], wheel=False, sdist=SdistKind.DYNAMIC)
    with (
        IndexServer(index) as server,
        pytest.raises(MetadataUnavailableError, match=r"PEP 643.*--allow-builds") as caught,
    ):
        read_all(server)
    assert any("--allow-builds" in note for note in caught.value.__notes__)


def test_an_sdist_with_requires_txt_is_read_and_not_verified() -> None:
    index = FakeIndex()
    index.add(
        "foo",
        "1.0",
        requires=["bar>=1", "old; python_version < '3'"],
        extras={"X_tra": ["baz"]},
        requires_python=">=3.8",
        wheel=False,
        sdist=SdistKind.EGG_INFO,
    )
    with IndexServer(index) as server:
        (metadata,) = read_all(server)
    check(metadata)
    assert (metadata.source, metadata.verified) == (MetadataSource.SDIST, False)
    assert metadata.requires_dist[1:] == ("old; python_version < '3'", 'baz; extra == "X_tra"')


def test_an_unverified_source_stays_unverified_in_the_store() -> None:
    index = FakeIndex()
    index.add("foo", "1.0", requires=["bar"], wheel=False, sdist=SdistKind.EGG_INFO)
    with IndexServer(index) as server, knowledge_of(server) as knowledge:
        (file,) = files_of(knowledge, "foo")
        assert not knowledge.metadata("foo", file).verified
        assert not knowledge.metadata("foo", file).verified
        assert server.counts()[RequestKind.FILE] == 1


def test_a_broken_requires_txt_is_no_dependency() -> None:
    broken = build_sdist(
        "foo",
        "2.0",
        kind=SdistKind.DYNAMIC,
        files={"foo.egg-info/requires.txt": b"bar\n[un/named]\nbaz\n"},
    )
    index = FakeIndex()
    index.add_file("foo", "foo-2.0.tar.gz", broken)
    with IndexServer(index) as server, pytest.raises(MetadataUnavailableError, match=r"requires\.txt line 2"):
        read_all(server)


@pytest.mark.parametrize("filename", ["foo-1.0.tar.gz", "foo-1.0.zip"])
@pytest.mark.parametrize("content", [b"", b"\x1f\x8b nothing", b"x" * 100_000], ids=["empty", "gzip", "text"])
def test_an_sdist_that_is_none_is_an_error(filename: str, content: bytes) -> None:
    index = FakeIndex()
    index.add_file("foo", filename, content)
    with IndexServer(index) as server, pytest.raises(KnowledgeError, match="foo-1"):
        read_all(server)


def test_a_remote_file_is_read_by_ranges() -> None:
    index = one_release(padding_bytes=200_000)
    content = index.file("foo-1.0-py3-none-any.whl").content
    with IndexServer(index) as server, knowledge_of(server) as knowledge:
        (file,) = files_of(knowledge, "foo")
        for remote in (
            knowledge.remote_file(file),
            knowledge.remote_file(msgspec.structs.replace(file, size_bytes=None)),
        ):
            assert remote.size_bytes == len(content)
            assert remote.read(1000, 50) == content[1000:1050]
            assert remote.read(len(content) - 5, 5) == content[-5:]
            assert remote.read(7, 0) == b""
            with pytest.raises(KnowledgeError):
                remote.read(len(content) - 5, 6)


def test_a_large_sdist_is_read_from_its_start() -> None:
    content = build_sdist("foo", "1.0", files={"zzz.bin": random.Random(1).randbytes(8_000_000)})
    index = FakeIndex()
    index.add_file("foo", "foo-1.0.tar.gz", content)
    with IndexServer(index) as server, knowledge_of(server) as knowledge:
        (file,) = files_of(knowledge, "foo")
        assert knowledge.metadata("foo", file).source is MetadataSource.SDIST
        assert knowledge.statistics[RequestOf.SDIST].received_bytes < len(content) // 2
