"""Builds of sdists: what a build tells, and what a build must not do."""

from __future__ import annotations

import io
import os
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from fakes.indexes.index import FakeIndex
from fakes.indexes.sdists import SdistKind, build_sdist
from fakes.indexes.server import IndexServer
from knowledge.builds.metadata import SdistBuilder
from knowledge.builds.source_trees import UnpackError, unpack
from knowledge.catalog import Knowledge
from knowledge.errors import HashMismatchError, InvalidMetadataError, MetadataUnavailableError
from knowledge.releases import File, FileKind, Metadata, MetadataSource
from knowledge.stores.locations import open_store
from knowledge.transport.threads import Transport

FILE = File(
    filename="foo-1.0.tar.gz", url="https://files.example/foo-1.0.tar.gz", kind=FileKind.SDIST, hashes={}
)


def builder(limit_s: float = 120.0) -> SdistBuilder:
    environ = {"PATH": os.environ["PATH"], "SECRET": "s3cret", "PIP_INDEX_URL": "https://u:p@index.example/"}
    return SdistBuilder("", environ, limit_s=limit_s)


def sdist(backend: str) -> bytes:
    return build_sdist("foo", "1.0", kind=SdistKind.DYNAMIC, files={"backend/handout.py": backend.encode()})


class Recorder:
    """Says what it was asked to build."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    def metadata(self, project: str, file: File, content: bytes) -> Metadata:
        self.asked.append((file.filename, len(content)))
        return Metadata(
            name=project,
            version="1.0",
            requires_dist=("built",),
            requires_python=None,
            extras=(),
            source=MetadataSource.BUILD,
        )


def test_only_what_says_nothing_is_built_and_the_result_is_kept(tmp_path: Path) -> None:
    index = FakeIndex()
    for number, kind in enumerate(SdistKind):
        index.add("foo", f"{number}.0", requires=["bar"], wheel=False, sdist=kind)
    sources = []
    recorder = Recorder()
    with IndexServer(index) as server:
        for _ in range(2):
            store = open_store(str(tmp_path / "store"))
            with Knowledge(
                server.url, store, lambda: 1e9, transport=Transport(), builder=recorder
            ) as knowledge:
                listing = knowledge.listing("foo")
                assert listing is not None
                files = [listing.files(position)[0] for position in range(3)]
                sources.append([knowledge.metadata("foo", file).source for file in files])
    assert sources[0] == sources[1] == [MetadataSource.SDIST, MetadataSource.SDIST, MetadataSource.BUILD]
    assert recorder.asked == [("foo-2.0.tar.gz", len(index.file("foo-2.0.tar.gz").content))]


def test_what_is_not_what_was_promised_is_not_built() -> None:
    index = FakeIndex()
    content = build_sdist("foo", "1.0", kind=SdistKind.DYNAMIC)
    index.add_file("foo", "foo-1.0.tar.gz", content, hashes={"sha256": "0" * 64})
    recorder = Recorder()
    with (
        IndexServer(index) as server,
        Knowledge(server.url, open_store(":memory:"), lambda: 1e9, builder=recorder) as knowledge,
    ):
        listing = knowledge.listing("foo")
        assert listing is not None
        with pytest.raises(HashMismatchError):
            knowledge.metadata("foo", listing.files(0)[0])
    assert recorder.asked == []


@pytest.mark.slow
def test_a_build_tells_what_only_a_build_can_tell() -> None:
    content = build_sdist("foo", "1.0", requires=["bar>=1"], extras={"x": ["baz"]}, kind=SdistKind.DYNAMIC)
    metadata = builder().metadata("foo", FILE, content)
    assert (metadata.requires_dist, metadata.extras) == (("bar>=1", "baz; extra == 'x'"), ("x",))
    assert (metadata.source, metadata.verified) == (MetadataSource.BUILD, True)
    other = build_sdist("other", "1.0", kind=SdistKind.DYNAMIC)
    with pytest.raises(InvalidMetadataError, match="is of other"):
        builder().metadata("foo", FILE, other)


@pytest.mark.slow
def test_a_build_that_fails_says_why_and_sees_no_secret() -> None:
    telling = "import os\nraise ValueError('seen: ' + ' '.join(os.environ) + os.environ['PIP_NO_INDEX'])"
    with pytest.raises(MetadataUnavailableError, match="its build failed: ValueError: seen") as caught:
        builder().metadata("foo", FILE, sdist(telling))
    told = str(caught.value) + " ".join(caught.value.__notes__)
    assert "PIP_NO_INDEX" in told
    assert "SECRET" not in told
    assert "s3cret" not in told


def test_of_a_build_that_fails_the_line_that_tells_the_cause_is_told() -> None:
    said = ["x.c:1:10: fatal error: absent.h: No such file or directory", "compilation terminated."]
    telling = f"import sys\nprint({said!r}[0], {said!r}[1], 'error: command failed', sep='\\n')\nsys.exit(1)"
    with pytest.raises(
        MetadataUnavailableError, match=r"its build failed: x\.c:1:10: fatal error: absent\.h"
    ):
        builder().metadata("foo", FILE, sdist(telling))


@pytest.mark.slow
def test_a_build_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    flag = tmp_path / "alive"
    child = f"import pathlib, time\nwhile True: pathlib.Path({str(flag)!r}).touch(); time.sleep(0.05)"
    sleeping = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {child!r}])\n"
    with pytest.raises(MetadataUnavailableError, match="did not end within 5 s"):
        builder(limit_s=5).metadata("foo", FILE, sdist(sleeping))
    flag.unlink(missing_ok=True)
    time.sleep(0.3)
    assert not flag.exists()


def tar_of(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for member, content in members:
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def link_of(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = tarfile.SYMTYPE, target
    return member


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nothing",
        tar_of((tarfile.TarInfo("../escaped"), b"x")),
        tar_of((link_of("foo/link", "/etc"), b""), (tarfile.TarInfo("foo/link/x"), b"x")),
        tar_of((link_of("foo/link", "../../.."), b"")),
        tar_of((tarfile.TarInfo("foo/a"), b"x"), (tarfile.TarInfo("bar/a"), b"x")),
        tar_of((tarfile.TarInfo("alone"), b"x")),
    ],
    ids=["empty", "no archive", "above", "through a link", "link above", "two roots", "no root"],
)
def test_a_hostile_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(UnpackError):
        unpack(content, "foo-1.0.tar.gz", tmp_path / "in")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("name", ["../escaped", "/escaped", "foo/../../escaped", "foo\\..\\x"])
def test_a_hostile_zip_is_refused(tmp_path: Path, name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(name, b"x")
    (tmp_path / "in").mkdir()
    with pytest.raises(UnpackError, match="outside"):
        unpack(buffer.getvalue(), "foo-1.0.zip", tmp_path / "in")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_sound_archive_is_unpacked(tmp_path: Path) -> None:
    root = unpack(build_sdist("foo", "1.0"), "foo-1.0.tar.gz", tmp_path)
    assert root == tmp_path / "foo-1.0"
    assert (root / "PKG-INFO").read_bytes().startswith(b"Metadata-Version")
