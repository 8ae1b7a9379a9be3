from __future__ import annotations

import os
from pathlib import Path

import pytest

from analyzers.files import (
    FileKind,
    FileMissingError,
    FileReaderError,
    WrongKindError,
    read_file,
    walk,
)
from images.native.elf_file import ElfFile
from images.native.elf_parser import ElfParser, ReadAt
from images.roots.directory_root import DirectoryRoot


def _parse(read: ReadAt) -> ElfFile:
    if read(4, 7) == b"damaged":
        raise ValueError("damaged")
    assert (read(-5, 2), read(2, -1), read(1 << 40, 5)) == (b"\x7fE", b"", b"")
    return ElfFile(machine=read(4, 4).decode(), bits=64)


ELF = ElfParser(_parse, lambda head: None)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "usr/bin").mkdir(parents=True)
    (root / "usr/lib").mkdir()
    (root / "proc").mkdir()
    (root / "proc/file").write_bytes(b"x")
    for name, content, mode in (
        ("usr/bin/tool", b"\x7fELFtool", 0o755),
        ("usr/bin/script", b"#!/bin/sh", 0o755),
        ("usr/lib/libx.so.1", b"\x7fELFlibx", 0o644),
        ("usr/lib/broken.so", b"\x7fELFdamaged", 0o644),
        ("usr/lib/data", b"\x7fELFdata", 0o644),
    ):
        (root / name).write_bytes(content)
        (root / name).chmod(mode)
    (root / "usr/lib/libx.so").symlink_to("libx.so.1")
    (root / "bin").symlink_to("usr/bin")
    os.mkfifo(root / "pipe.so")
    return root


def test_reads_a_directory(tree: Path) -> None:
    with DirectoryRoot(tree) as root:
        assert [path for path, kind in walk(root) if kind is FileKind.DIRECTORY] == [
            b"proc",
            b"usr",
            b"usr/bin",
            b"usr/lib",
        ]
        assert read_file(root, b"usr/bin/script", 100) == b"#!/bin/sh"
        assert root.read_link(b"bin") == b"usr/bin"
        assert root.stat(b"usr/bin/tool").mode == 0o755
        assert (root.layer(b"bin"), root.sha256(b"usr/bin/tool")) == (None, None)
        assert (root.elf(b"usr/bin/tool"), list(root.elf_paths()), root.unknowns) == (None, [], ())
        with pytest.raises(WrongKindError):
            root.open(b"pipe.so")
        with pytest.raises(WrongKindError):
            root.open(b"bin/tool")


def test_finds_elf_files(tree: Path) -> None:
    with DirectoryRoot(tree, ELF) as root:
        assert list(root.elf_paths()) == [b"usr/bin/tool", b"usr/lib/libx.so.1"]
        assert list(root.elf_paths()) == [b"usr/bin/tool", b"usr/lib/libx.so.1"]
        assert root.elf(b"usr/lib/libx.so.1") == ElfFile(machine="libx", bits=64)
        assert root.elf(b"usr/lib/data") == ElfFile(machine="data", bits=64)
        assert root.elf(b"usr/lib/libx.so") is None
        assert root.elf(b"missing") is None
        assert [(one.where, one.reason) for one in root.unknowns] == [
            ("/usr/lib/broken.so", "a damaged ELF file")
        ]


@pytest.mark.parametrize("limits", [{"limit_entries": 5}, {"limit_depth": 1}])
def test_looks_no_further_than_its_limits(tree: Path, limits: dict[str, int]) -> None:
    with DirectoryRoot(tree, ELF, **limits) as root:
        assert list(root.elf_paths()) == []
        assert root.unknowns[0].reason.startswith("more than")


def test_what_cannot_be_listed_is_told(tree: Path) -> None:
    with DirectoryRoot(tree, ELF) as root:
        for child in (tree / "usr/bin").iterdir():
            child.unlink()
        (tree / "usr/bin").rmdir()
        (tree / "usr/bin").symlink_to("/")
        assert list(root.elf_paths()) == [b"usr/lib/libx.so.1"]


def test_a_root_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileReaderError):
        DirectoryRoot(tmp_path / "missing")


def test_of_this_machine_what_the_kernel_makes_up_is_left_out() -> None:
    with DirectoryRoot(Path("/")) as root:
        names = {entry.name for entry in root.list(b"")}
        assert names
        assert not names & {b"proc", b"sys", b"dev"}
        for path in (b"proc", b"proc/self", b"dev/null"):
            with pytest.raises(FileMissingError):
                root.stat(path)
            with pytest.raises(FileMissingError):
                root.list(path)


def test_what_is_mounted_below_counts_as_empty() -> None:
    mounts = [
        place
        for place in (Path("/dev/shm"), Path("/dev/pts"), Path("/sys/fs/cgroup"))
        if place.is_dir() and place.stat().st_dev != place.parent.stat().st_dev
    ]
    if not mounts:
        pytest.skip("nothing is mounted where it usually is")
    with DirectoryRoot(mounts[0].parent) as root:
        assert root.list(os.fsencode(mounts[0].name)) == ()
        assert "another file system" in root.unknowns[0].reason
