from __future__ import annotations

import pytest

from analyzers.files import FileEntry, FileKind, FileMissingError, FileReaderError, read_file
from fakes.images.python_roots import PROGRAM
from fakes.images.roots import MemoryRoot
from images.roots.following import FollowingFiles
from images.roots.links import path_of_shown, shown_path

_FILES = FollowingFiles(
    MemoryRoot(
        {b"usr/bin/x": b"x", b"usr/lib/y": b"y"},
        {
            b"bin": b"usr/bin",
            b"usr/bin/link": b"../lib/y",
            b"usr/up": b"../../../..",
            b"usr/loop": b"loop",
            b"usr/dead": b"/nowhere",
            b"usr/in": b"/usr/dead/x",
        },
        layers={b"usr/lib/y": 3},
        elves={b"usr/bin/p": PROGRAM},
    )
)


@pytest.mark.parametrize(
    ("path", "real"),
    [
        (b"bin/x", b"usr/bin/x"),
        (b"bin/link", b"usr/lib/y"),
        (b"bin/../lib/y", b"usr/lib/y"),
        (b"usr/up/bin/x", b"usr/bin/x"),
        (b"usr/up/usr/up/usr/lib/.", b"usr/lib"),
        (b"../../bin/", b"usr/bin"),
        (b"", b""),
    ],
)
def test_follows_links_and_never_leaves_the_root(path: bytes, real: bytes) -> None:
    assert _FILES.real(path) == real
    assert _FILES.found(path) == real


@pytest.mark.parametrize("path", [b"usr/loop", b"usr/loop/x", b"usr/dead", b"usr/in", b"bin/x/y", b"no/x"])
def test_what_leads_nowhere(path: bytes) -> None:
    with pytest.raises(FileReaderError):
        _FILES.real(path)
    assert _FILES.found(path) is _FILES.file(path) is _FILES.directory(path) is None
    assert _FILES.layer(path) is None
    assert _FILES.elf(path) is None


def test_reads_through_links() -> None:
    assert read_file(_FILES, b"bin/link", 10) == b"y"
    assert _FILES.list(b"bin")[0] == FileEntry(b"link", FileKind.SYMLINK)
    assert _FILES.stat(b"bin/link").kind is FileKind.FILE
    assert _FILES.layer(b"bin/link") == 3
    assert _FILES.elf(b"bin/p") == PROGRAM
    assert _FILES.read_link(b"bin") == b"usr/bin"
    assert (_FILES.file(b"bin"), _FILES.directory(b"bin")) == (None, b"usr/bin")


def test_paths_of_any_depth() -> None:
    deep = b"/".join([b"d"] * 3_000)
    assert FollowingFiles(MemoryRoot({deep: b""})).real(deep) == deep
    with pytest.raises(FileMissingError):
        _FILES.real(deep)


@pytest.mark.parametrize("path", [b"usr/bin", b"a\xff/\x80b", "ü".encode(), b"\\x41"])
def test_shown_paths_lead_back(path: bytes) -> None:
    assert path_of_shown(shown_path(path)) == path
