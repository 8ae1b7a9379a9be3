from __future__ import annotations

import io
import zipfile
from pathlib import Path

import msgspec
import pytest

from analyzers.directories import DirectoryReader
from analyzers.distributions import (
    DirectUrl,
    Distribution,
    EntryPoint,
    RecordRow,
    WheelInfo,
    find_distributions,
    read_distribution,
)
from analyzers.files import FileMissingError, FileReader, UnsafePathError
from analyzers.ranges import BytesReader, RangeMissing, SparseReader
from analyzers.reports import Unknown
from analyzers.trees import MemoryReader
from analyzers.wheels import WheelReader

METADATA = b"Metadata-Version: 2.1\nName: pkg\nVersion: 1.0\nRequires-Dist: other\n"
DIST_INFO = {
    "METADATA": METADATA,
    "RECORD": b'pkg/__init__.py,sha256=abc,12\n"pkg/a,b.py",sha256=def,0\npkg-1.0.dist-info/RECORD,,\n',
    "WHEEL": b"Wheel-Version: 1.0\nGenerator: made (1)\nRoot-Is-Purelib: true\n"
    b"Tag: py2-none-any\nTag: py3-none-any\nBuild: 2\n",
    "entry_points.txt": b"[console_scripts]\nrun = pkg.cli:main\n# no\n\n[pkg.plugins]\na=pkg.a:A [extra]\n",
    "direct_url.json": b'{"url": "https://user:secret@example.org/a.git",'
    b' "vcs_info": {"vcs": "git", "commit_id": "0a"}}',
    "INSTALLER": b"pip\n",
    "REQUESTED": b"",
    "top_level.txt": b"pkg\n_pkg\n",
}
PATH = b"pkg-1.0.dist-info"


def _memory(files: dict[str, bytes], directory: bytes = PATH) -> MemoryReader:
    return MemoryReader({directory + b"/" + name.encode(): content for name, content in files.items()})


def _wheel(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{PATH.decode()}/{name}", content)
    return buffer.getvalue()


def _expect_full(distribution: Distribution) -> None:
    assert distribution.unknowns == ()
    assert distribution.metadata is not None
    assert distribution.metadata.requires_dist == ("other",)
    assert distribution.record == (
        RecordRow("pkg/__init__.py", "sha256=abc", 12),
        RecordRow("pkg/a,b.py", "sha256=def", 0),
        RecordRow("pkg-1.0.dist-info/RECORD"),
    )
    assert distribution.wheel == WheelInfo(
        wheel_version="1.0",
        generator="made (1)",
        root_is_purelib=True,
        tags=("py2-none-any", "py3-none-any"),
        build="2",
    )
    assert distribution.entry_points == (
        EntryPoint("console_scripts", "run", "pkg.cli:main"),
        EntryPoint("pkg.plugins", "a", "pkg.a:A [extra]"),
    )
    assert distribution.direct_url is not None
    assert distribution.direct_url.vcs_info is not None
    assert distribution.direct_url.vcs_info.commit_id == "0a"
    assert (distribution.installer, distribution.requested) == ("pip", True)
    assert distribution.top_level == ("pkg", "_pkg")


def test_reads_the_same_from_memory_directory_and_wheel(tmp_path: Path) -> None:
    for name, content in DIST_INFO.items():
        file = tmp_path / PATH.decode() / name
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(content)
    readers: list[FileReader] = [
        _memory(DIST_INFO),
        DirectoryReader(tmp_path),
        WheelReader(BytesReader(_wheel(DIST_INFO))),
    ]
    for reader in readers:
        assert find_distributions(reader, b"") == [PATH]
        _expect_full(read_distribution(reader, PATH))


def test_finds_only_directories_of_that_name() -> None:
    reader = MemoryReader(
        {b"lib/a-1.dist-info/METADATA": b"", b"lib/b-1.egg-info/PKG-INFO": b"", b"lib/c-1.dist-info": b""},
        links={b"lib/d-1.dist-info": b"elsewhere"},
    )
    assert find_distributions(reader, b"lib") == [b"lib/a-1.dist-info"]
    with pytest.raises(FileMissingError):
        find_distributions(reader, b"none")


def test_is_a_record_both_ways() -> None:
    distribution = read_distribution(_memory(DIST_INFO), PATH)
    assert msgspec.json.decode(msgspec.json.encode(distribution), type=Distribution) == distribution


def test_what_is_absent_is_none_and_only_metadata_is_missed() -> None:
    distribution = read_distribution(_memory({"METADATA": METADATA}), PATH)
    assert distribution.unknowns == ()
    assert (distribution.record, distribution.wheel, distribution.direct_url) == (None, None, None)
    assert (distribution.installer, distribution.requested) == (None, False)
    bare = read_distribution(_memory({"RECORD": b""}), PATH)
    assert bare.metadata is None
    assert bare.record == ()
    where = "pkg-1.0.dist-info/METADATA"
    assert bare.unknowns == (Unknown(what="distribution", where=where, reason="is missing"),)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("METADATA", b"Name: pkg\n", "Version: is missing"),
        ("RECORD", b"one,two\n", "line 1: is not a path"),
        ("RECORD", b"a.py,,-1\n", "line 1: is not a path"),
        ("RECORD", b"ok.py,,\n,,\n", "line 2: is not a path"),
        ("RECORD", b'"' + b"x" * 200_000, "field larger"),
        ("entry_points.txt", b"a = b\n", "line 1: is no entry"),
        ("entry_points.txt", b"[g]\nno value\n", "line 2: is no entry"),
        ("direct_url.json", b"{", "truncated"),
        ("direct_url.json", b"{}", "missing required field"),
        ("direct_url.json", b"\xff", "malformed"),
        ("direct_url.json", b'{"x": ' + b"[" * 100_000, "recursion"),
        ("WHEEL", b"x" * (2 << 20), "larger than the limit"),
    ],
)
def test_what_cannot_be_read_is_an_unknown(name: str, content: bytes, reason: str) -> None:
    distribution = read_distribution(_memory(DIST_INFO | {name: content}), PATH)
    assert [unknown.where for unknown in distribution.unknowns] == [f"pkg-1.0.dist-info/{name}"]
    assert reason in distribution.unknowns[0].reason
    assert distribution.top_level == ("pkg", "_pkg")


def test_a_link_in_place_of_a_file_is_an_unknown() -> None:
    files = {PATH + b"/METADATA": METADATA}
    reader = MemoryReader(files, links={PATH + b"/RECORD": b"/etc/passwd"})
    distribution = read_distribution(reader, PATH)
    assert [unknown.reason for unknown in distribution.unknowns] == ["expected a file, found a symlink"]


def test_unknowns_of_one_file_are_bounded() -> None:
    distribution = read_distribution(_memory(DIST_INFO | {"RECORD": b"bad\n" * 10_000}), PATH)
    assert len(distribution.unknowns) == 21
    assert distribution.record == ()


def test_no_credentials_survive_in_a_direct_url() -> None:
    def url(written: str) -> str:
        content = msgspec.json.encode({"url": written, "dir_info": {"editable": True}})
        found = read_distribution(_memory(DIST_INFO | {"direct_url.json": content}), PATH).direct_url
        assert isinstance(found, DirectUrl)
        return found.url

    assert url("https://user:secret@example.org/a?b@c") == "https://example.org/a?b@c"
    assert url("https://a@b:secret@example.org/") == "https://example.org/"
    assert url("ssh://git@example.org/a.git") == "ssh://git@example.org/a.git"
    assert url("https://example.org/a@1.0") == "https://example.org/a@1.0"


def test_a_missing_range_is_asked_for_and_is_no_unknown() -> None:
    wheel = _wheel({"padding": bytes(200_000), **DIST_INFO, "more": bytes(200_000)})
    reader, rounds = SparseReader(len(wheel)), 0
    while True:
        try:
            distribution = read_distribution(WheelReader(reader), PATH)
            break
        except RangeMissing as missing:
            rounds += 1
            reader.add(missing.offset, wheel[missing.offset : missing.offset + missing.length])
    _expect_full(distribution)
    assert rounds <= 1 + len(DIST_INFO)


def test_an_unsafe_path_is_the_callers_mistake() -> None:
    with pytest.raises(UnsafePathError):
        read_distribution(_memory(DIST_INFO), b"../pkg-1.0.dist-info")
