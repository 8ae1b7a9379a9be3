from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Callable, Mapping

import pytest

from analyzers.archives.tar_trees import TarReader
from analyzers.archives.tars import DEFAULT_LIMITS, TarLimits
from analyzers.files import (
    FileKind,
    FileReaderError,
    FileTooLargeError,
    UnreadableError,
    WrongKindError,
    read_file,
    walk,
)
from analyzers.kept_contents import DEFAULT_KEEP, KeepLimits
from fakes.indexes.archives import tar_of


def opened(
    content: bytes,
    wanted: Callable[[bytes], bool] = lambda _: True,
    limits: TarLimits = DEFAULT_LIMITS,
    keep: KeepLimits = DEFAULT_KEEP,
    filename: str = "x.tar.gz",
) -> TarReader:
    return TarReader(iter([content]), filename, wanted, limits, keep)


@pytest.mark.parametrize(
    ("mode", "filename"), [("w:gz", "a.tgz"), ("w:xz", "a.tar.xz"), ("w:bz2", "a.tar.bz2")]
)
def test_is_a_tree_of_its_files(mode: str, filename: str) -> None:
    reader = opened(tar_of({"./a/b.py": b"x", "a/c/d": b"y" * 5000}, mode), filename=filename)
    assert list(walk(reader)) == [
        (b"a", FileKind.DIRECTORY),
        (b"a/b.py", FileKind.FILE),
        (b"a/c", FileKind.DIRECTORY),
        (b"a/c/d", FileKind.FILE),
    ]
    assert read_file(reader, b"a/c/d", 5000) == b"y" * 5000
    assert (reader.stat(b"a/c/d").size_bytes, reader.stat(b"a").kind) == (5000, FileKind.DIRECTORY)
    assert reader.refused == []
    with pytest.raises(WrongKindError):
        reader.read_link(b"a/b.py")
    with pytest.raises(WrongKindError):
        reader.open(b"a")


def test_keeps_only_what_is_wanted() -> None:
    reader = opened(tar_of({"a.py": b"x", "b.bin": b"y"}), lambda path: path.endswith(b".py"))
    assert read_file(reader, b"a.py", 9) == b"x"
    with pytest.raises(UnreadableError, match="was not kept"):
        reader.open(b"b.bin")


def test_keeps_within_its_limits_and_compresses_beyond_the_first() -> None:
    noise = os.urandom(1000)
    tree = {"a": b"a" * 1000, "b": b"b" * 1000, "c": noise, "d": b"d" * 5000}
    reader = opened(tar_of(tree), keep=KeepLimits(file_bytes=4000, plain_bytes=1000, kept_bytes=1500))
    assert read_file(reader, b"a", 1000) == b"a" * 1000
    assert read_file(reader, b"b", 1000) == b"b" * 1000
    with pytest.raises(UnreadableError, match="no room"):
        reader.open(b"c")
    with pytest.raises(FileTooLargeError):
        reader.open(b"d")


def test_a_later_member_replaces_an_earlier_one() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for content in (b"old", b"newer"):
            member = tarfile.TarInfo("a")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    assert read_file(opened(buffer.getvalue()), b"a", 9) == b"newer"


@pytest.mark.parametrize("path", ["../a", "/a", "b/../../a", "ok/x"])
def test_members_without_a_safe_place_are_refused_and_the_rest_is_kept(path: str) -> None:
    reader = opened(tar_of({"ok": b"1", path: b"2", "z": b"3"}))
    assert [name for name, _ in walk(reader)] == [b"ok", b"z"]
    assert [error.path for error in reader.refused] == [path.encode()]


def test_links_and_devices_are_left_out() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            member = tarfile.TarInfo(f"x{kind.decode()}.py")
            member.type, member.linkname = kind, "/etc/passwd"
            archive.addfile(member)
    assert list(walk(opened(buffer.getvalue(), filename="x.tar"))) == []


BOMB: Mapping[str, bytes] = {"a.py": b"x", "bomb.py": bytes(50 << 20), "z.py": b"z"}


def test_a_bomb_ends_the_reading_and_what_came_before_stays() -> None:
    reader = opened(tar_of(BOMB), limits=TarLimits(content_bytes=10 << 20))
    assert read_file(reader, b"a.py", 9) == b"x"
    assert "not read to its end" in reader.refused[0].reason
    with pytest.raises(FileReaderError):
        reader.open(b"z.py")


@pytest.mark.parametrize("content", [b"", b"no archive", tar_of({"a": b"x" * 5000})[:-600]])
def test_what_is_no_whole_archive_says_so(content: bytes) -> None:
    assert len(opened(content).refused) == 1
