"""Files beside the index: directories, paths, pages of this machine and of the web."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fakes.indexes.index import FakeIndex
from fakes.indexes.sdists import SdistKind, build_sdist
from fakes.indexes.server import IndexServer
from fakes.indexes.wheels import build_wheel
from knowledge.catalog import Knowledge
from knowledge.errors import ConfigurationError, InvalidMetadataError, OfflineError
from knowledge.indexes.choice import Indexes
from knowledge.releases import File, MetadataSource
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY
from knowledge.transport.threads import Transport

WHEEL = "foo_bar-2.0-py3-none-any.whl"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("foo-bar", "1.0")
    index.add("foo-bar", "2.0", sdist=True)
    index.add("elsewhere", "1.0", requires=["foo-bar"])
    with IndexServer(index) as server:
        yield server


@pytest.fixture
def links(tmp_path: Path) -> Path:
    folder = tmp_path / "lin ks"
    folder.mkdir()
    (folder / WHEEL).write_bytes(build_wheel("foo-bar", "2.0", requires=["local"]))
    (folder / "foo-bar-3.0.tar.gz").write_bytes(build_sdist("foo-bar", "3.0", requires=["static"]))
    (folder / "foo-1.0.tar.gz").write_bytes(build_sdist("foo", "1.0"))
    (folder / "README.txt").write_text("nothing")
    return folder


def knowledge_of(server: IndexServer, *find_links: str, offline: bool = False) -> Knowledge:
    return Knowledge(
        server.url,
        open_store(MEMORY),
        lambda: 1e9,
        transport=Transport(),
        find_links=find_links,
        offline=offline,
    )


def files_of(knowledge: Knowledge, project: str) -> list[File]:
    listing = knowledge.listing(project)
    assert listing is not None
    return [file for position in range(len(listing.versions)) for file in listing.files(position)]


def names(files: Sequence[File]) -> list[str]:
    return [file.filename for file in files]


def test_links_join_the_listing_and_stand_first(server: IndexServer, links: Path) -> None:
    with knowledge_of(server, str(links)) as knowledge:
        files = files_of(knowledge, "Foo.Bar")
    assert names(files) == [
        "foo_bar-1.0-py3-none-any.whl",
        WHEEL,
        "foo_bar-2.0.tar.gz",
        "foo-bar-3.0.tar.gz",
    ]
    local = files[1]
    content = (links / WHEEL).read_bytes()
    assert local.hashes == {"sha256": hashlib.sha256(content).hexdigest()}
    assert (local.size_bytes, local.index_url) == (len(content), None)
    assert local.url == (links / WHEEL).as_uri()
    assert files[0].index_url == files[2].index_url == server.url


@pytest.mark.parametrize("form", ["{0}", "file://{1}", "{0}/" + WHEEL])
def test_a_place_has_several_spellings(server: IndexServer, links: Path, form: str) -> None:
    with knowledge_of(server, form.format(links, str(links).replace(" ", "%20"))) as knowledge:
        assert files_of(knowledge, "foo-bar")[1].url.startswith("file:///")


def test_local_files_are_read_on_the_spot(server: IndexServer, links: Path) -> None:
    (links / "old-1.0.tar.gz").write_bytes(
        build_sdist("old", "1.0", requires=["bar"], kind=SdistKind.EGG_INFO)
    )
    (links / "bad-1.0-py3-none-any.whl").write_bytes(b"no wheel")
    (links / "gone-1.0.tar.gz").symlink_to(links / "nowhere")
    with knowledge_of(server, str(links), offline=True) as knowledge:
        knowledge_of_links = Knowledge(
            Indexes(order=()), open_store(MEMORY), lambda: 1e9, find_links=[str(links)], offline=True
        )
        with pytest.raises(OfflineError):
            knowledge.listing("foo-bar")
    with knowledge_of_links as knowledge:
        wheel, sdist = files_of(knowledge, "foo-bar")
        assert knowledge.metadata("foo-bar", wheel).requires_dist == ("local",)
        read = knowledge.metadata("foo-bar", sdist)
        assert (read.requires_dist, read.source) == (("static",), MetadataSource.SDIST)
        (old,) = files_of(knowledge, "old")
        assert not knowledge.metadata("old", old).verified
        for name in ("bad", "gone"):
            (file,) = files_of(knowledge, name)
            with pytest.raises(InvalidMetadataError, match=f"{name}-1.0"):
                knowledge.metadata(name, file)
        assert knowledge.listing("elsewhere") is None


def test_a_project_whose_name_begins_another_is_not_mixed_up(server: IndexServer, links: Path) -> None:
    with knowledge_of(server, str(links)) as knowledge:
        assert names(files_of(knowledge, "foo")) == ["foo-1.0.tar.gz"]


def test_a_page_of_the_web_links_files(server: IndexServer, links: Path) -> None:
    with IndexServer(FakeIndex()) as other:
        with knowledge_of(other, f"{server.origin}/simple/elsewhere/") as knowledge:
            (file,) = files_of(knowledge, "elsewhere")
            assert file.index_url is None
            assert knowledge.metadata("elsewhere", file).requires_dist == ("foo-bar",)
        with knowledge_of(other, f"{server.origin}/files/elsewhere-1.0-py3-none-any.whl") as knowledge:
            (file,) = files_of(knowledge, "elsewhere")
            assert knowledge.metadata("elsewhere", file).requires_dist == ("foo-bar",)
        with (
            knowledge_of(other, f"{server.origin}/simple/elsewhere/", offline=True) as knowledge,
            pytest.raises(OfflineError),
        ):
            knowledge.listing("elsewhere")


def test_a_page_of_this_machine_links_files(server: IndexServer, links: Path) -> None:
    page = links / "index.html"
    page.write_text(
        f'<a href="{WHEEL}">x</a><a href="https://[">y</a><a href="ftp://h/foo_bar-9.0.tar.gz">z</a>'
        '<a href="https://files.example/foo_bar-8.0.tar.gz">w</a>'
    )
    with knowledge_of(server, str(page)) as knowledge:
        listing = knowledge.listing("foo-bar")
        assert listing is not None
        assert listing.versions == ("1.0", "2.0", "8.0")
        assert listing.found_links == (WHEEL, "foo_bar-8.0.tar.gz")


@pytest.mark.parametrize("location", ["nowhere", "file:///nowhere", "ftp://h.example/x", "{}/README.txt"])
def test_a_place_of_no_use_is_an_error(server: IndexServer, links: Path, location: str) -> None:
    with (
        knowledge_of(server, location.format(links)) as knowledge,
        pytest.raises(ConfigurationError, match="find-links"),
    ):
        knowledge.listing("foo-bar")


def test_a_page_of_an_index_names_no_local_file(server: IndexServer, links: Path) -> None:
    index = FakeIndex(files_url=f"file://{links}/")
    index.add("foo-bar", "2.0")
    with IndexServer(index) as hostile, knowledge_of(hostile) as knowledge:
        listing = knowledge.listing("foo-bar")
        assert listing is not None
        assert (listing.versions, listing.unparsed) == ((), (WHEEL,))
