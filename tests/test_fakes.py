"""The fakes themselves: what they build is valid, and what they list is what they hold."""

from __future__ import annotations

import base64
import csv
import gzip
import hashlib
import io
import json
import tarfile
import zipfile

import pytest
from packaging.metadata import Metadata, parse_email
from pypi_simple import DistributionPackage, ProjectPage

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.indexes.resources import PageForm
from fakes.indexes.sdists import SdistKind, build_sdist, requires_txt
from fakes.indexes.wheels import MetadataPosition, build_wheel
from knowledge.releases import MetadataSource

FILES = {"pkg/__init__.py": b"x = 1\n", "pkg/data,1.txt": b"a" * 500}


def members(wheel: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("compress", [True, False])
@pytest.mark.parametrize("streamed", [True, False])
def test_record_states_every_member_with_its_hash(compress: bool, streamed: bool) -> None:
    wheel = build_wheel("My.Pkg", "1.0", files=FILES, compress=compress, streamed=streamed)
    found = members(wheel)
    rows = list(csv.reader(found["my_pkg-1.0.dist-info/RECORD"].decode().splitlines()))
    assert sorted(row[0] for row in rows) == sorted(found)
    for path, digest, size in rows[:-1]:
        sha256 = base64.urlsafe_b64encode(hashlib.sha256(found[path]).digest()).decode().rstrip("=")
        assert (digest, size) == (f"sha256={sha256}", str(len(found[path])))
    assert rows[-1] == ["my_pkg-1.0.dist-info/RECORD", "", ""]


def test_a_streamed_wheel_keeps_sizes_behind_its_members() -> None:
    wheel = build_wheel("a", "1", streamed=True)
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        assert all(member.flag_bits & 0x08 for member in archive.infolist())
    assert int.from_bytes(wheel[18:22], "little") == 0


@pytest.mark.parametrize(("position", "expected"), [("start", 0), ("middle", 1), ("end", 2)])
def test_metadata_stands_where_it_is_wanted(position: MetadataPosition, expected: int) -> None:
    wheel = build_wheel("a", "1", files=FILES, metadata_position=position)
    assert list(members(wheel)).index("a-1.dist-info/METADATA") == expected


def test_wheel_states_expanded_tags_and_purity() -> None:
    native = members(build_wheel("a", "1", tags=["cp311-cp311-manylinux2014_x86_64.linux_x86_64"]))
    assert b"Root-Is-Purelib: false\nTag: cp311-cp311-linux_x86_64\n" in native["a-1.dist-info/WHEEL"]
    assert b"Tag: cp311-cp311-manylinux2014_x86_64\n" in native["a-1.dist-info/WHEEL"]
    pure = members(build_wheel("a", "1", tags=["py2.py3-none-any"]))
    assert b"Root-Is-Purelib: true\nTag: py2-none-any\nTag: py3-none-any\n" in pure["a-1.dist-info/WHEEL"]


def test_padding_does_not_compress() -> None:
    assert 100_000 < len(build_wheel("a", "1", padding_bytes=100_000)) < 101_500


def test_core_metadata_is_what_packaging_reads() -> None:
    wheel = build_wheel(
        "My.Pkg",
        "1.0",
        requires=["b>=1", "c; python_version < '3'"],
        extras={"x": ["d", "e; os_name == 'nt'"]},
        requires_python=">=3.8",
    )
    read = Metadata.from_email(members(wheel)["my_pkg-1.0.dist-info/METADATA"])
    assert (read.name, str(read.version), str(read.requires_python)) == ("My.Pkg", "1.0", ">=3.8")
    assert list(map(str, read.requires_dist or [])) == [
        "b>=1",
        'c; python_version < "3"',
        'd; extra == "x"',
        'e; os_name == "nt" and extra == "x"',
    ]


@pytest.mark.parametrize("kind", SdistKind)
def test_sdists_differ_in_how_they_state_dependencies(kind: SdistKind) -> None:
    sdist = build_sdist("My.Pkg", "1.0", requires=["b>=1"], extras={"x": ["c"]}, kind=kind)
    with tarfile.open(fileobj=io.BytesIO(sdist), mode="r:gz") as archive:
        pkg_info = archive.extractfile("my_pkg-1.0/PKG-INFO")
        assert pkg_info is not None
        raw, unparsed = parse_email(pkg_info.read())
        egg_info = "my_pkg-1.0/my_pkg.egg-info/requires.txt" in archive.getnames()
    assert not unparsed
    assert {
        SdistKind.STATIC: (raw.get("metadata_version"), raw.get("requires_dist"), raw.get("dynamic")),
        SdistKind.EGG_INFO: ("1.2", None, None),
        SdistKind.DYNAMIC: ("2.2", None, ["Requires-Dist", "Provides-Extra"]),
    }[kind] == (raw.get("metadata_version"), raw.get("requires_dist"), raw.get("dynamic"))
    assert raw.get("requires_dist") == (["b>=1", "c; extra == 'x'"] if kind is SdistKind.STATIC else None)
    assert egg_info == (kind is SdistKind.EGG_INFO)


def test_requires_txt_has_a_section_per_extra_and_marker() -> None:
    text = requires_txt(["a>=1", "b; os_name == 'nt'"], {"x": ["c", "d; os_name == 'nt'"], "empty": []})
    assert text.decode() == ("a>=1\n\n[:os_name == 'nt']\nb\n\n[x]\nc\n\n[x:os_name == 'nt']\nd\n\n[empty]\n")


def test_artifacts_are_the_same_at_every_build() -> None:
    assert build_wheel("a", "1", padding_bytes=99) == build_wheel("a", "1", padding_bytes=99)
    first, second = (build_sdist("a", "1", requires=["b"]) for _ in range(2))
    assert first == second
    assert gzip.decompress(first)


def varied_index() -> FakeIndex:
    index = FakeIndex()
    index.add("My.Pkg", "1.0", requires_python=">=3.8,<4", sdist=True, yanked="broken <b>")
    index.add("my-pkg", "1.1+local.1", tags=["cp311-cp311-linux_x86_64", "py3-none-any"], yanked=True)
    index.add("my_pkg", "2.0rc1", wheel=False, sdist=SdistKind.EGG_INFO)
    index.add_file("my-pkg", "my pkg&1.exe", b"not a distribution", hashes={})
    return index


def comparable(package: DistributionPackage) -> tuple[object, ...]:
    stated = (package.filename, package.url, package.digests, package.requires_python)
    return (*stated, package.is_yanked, package.yanked_reason or None, package.metadata_digests)


def test_html_and_json_list_the_same() -> None:
    index, base = varied_index(), "https://index.example/simple/my-pkg/"
    html = ProjectPage.from_html("my-pkg", index.page("My.Pkg", PageForm.HTML), base)
    json_page = ProjectPage.from_json_data(json.loads(index.page("my-pkg", PageForm.JSON)), base)
    assert len(json_page.packages) == 6
    assert list(map(comparable, html.packages)) == list(map(comparable, json_page.packages))
    wheel = json_page.packages[0]
    assert wheel.url == "https://index.example/files/my_pkg-1.0-py3-none-any.whl"
    assert (wheel.yanked_reason, wheel.requires_python) == ("broken <b>", ">=3.8,<4")
    assert wheel.size == len(index.file(wheel.filename).content)
    assert wheel.digests["sha256"] == hashlib.sha256(index.file(wheel.filename).content).hexdigest()
    assert json_page.versions == ["1.0", "1.1+local.1", "2.0rc1"]


def test_a_listing_promises_metadata_only_where_the_index_does() -> None:
    index = FakeIndex(core_metadata=False, sizes_and_times=False)
    index.add("a", "1")
    assert set(json.loads(index.page("a", PageForm.JSON))["files"][0]) == {
        "filename",
        "url",
        "hashes",
        "requires-python",
        "yanked",
    }
    assert b"metadata" not in index.page("a", PageForm.HTML)


def test_memory_knowledge_answers_from_fields_and_counts() -> None:
    index = FakeIndex()
    index.add("My.Pkg", "2.0", requires=["b>=1"], extras={"Fast_er": ["c"]}, sdist=True)
    index.add("my-pkg", "1.0", yanked="old", requires_python=">=3.9")
    knowledge = MemoryKnowledge(index)
    listing = knowledge.listing("my-pkg")
    assert listing is not None
    assert knowledge.listing("absent") is None
    assert (listing.versions, listing.yanked) == (("1.0", "2.0"), {0: "old"})
    wheel, sdist = listing.files(1)
    assert wheel.url == "https://index.example/files/my_pkg-2.0-py3-none-any.whl"
    read = knowledge.metadata("my-pkg", wheel)
    assert read.requires_dist == ("b>=1", "c; extra == 'Fast_er'")
    assert (read.name, read.version, read.extras) == ("my-pkg", "2.0", ("fast-er",))
    assert knowledge.metadata("my-pkg", sdist).source is MetadataSource.SDIST
    assert knowledge.listings_read == ["my-pkg", "absent"]
    assert knowledge.metadata_read == [wheel.filename, sdist.filename]


def test_no_archive_is_built_for_memory_knowledge() -> None:
    index = FakeIndex()
    index.add("a", "1", sdist=True)
    knowledge = MemoryKnowledge(index)
    listing = knowledge.listing("a")
    assert listing is not None
    for file in listing.files(0):
        knowledge.metadata("a", file)
    assert not any("content" in vars(file) for file in index.files("a"))
