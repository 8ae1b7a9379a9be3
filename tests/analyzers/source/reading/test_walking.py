from __future__ import annotations

import os
import socket
from collections.abc import Iterable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from analyzers.directories import HeldDirectoryReader
from analyzers.files import FileEntry, FileReader, UnreadableError
from analyzers.reports import Unknown
from analyzers.source.reading.source_texts import source_bytes
from analyzers.source.reading.walking import DEFAULT_OPTIONS, SourceFile, WalkOptions, path_text, source_files
from analyzers.source.records import Language
from analyzers.trees import MemoryReader


def walked(
    reader: FileReader, options: WalkOptions = DEFAULT_OPTIONS
) -> tuple[list[SourceFile], list[Unknown]]:
    unknowns: list[Unknown] = []
    return list(source_files(reader, options=options, unknown=unknowns.append)), unknowns


def paths(files: Iterable[bytes] | dict[bytes, bytes], options: WalkOptions = DEFAULT_OPTIONS) -> list[bytes]:
    tree = files if isinstance(files, dict) else dict.fromkeys(files, b"")
    found, unknowns = walked(MemoryReader(tree), options)
    assert unknowns == []
    return [file.path for file in found]


def test_takes_what_its_name_says_in_sorted_order() -> None:
    found, _ = walked(
        MemoryReader(dict.fromkeys([b"b.py", b"a/x.pyi", b"a/N.IPYNB", b"c.pyw", b"d.txt", b"e.pyc"], b""))
    )
    assert [(file.path, file.language) for file in found] == [
        (b"a/N.IPYNB", Language.NOTEBOOK),
        (b"a/x.pyi", Language.STUB),
        (b"b.py", Language.PYTHON),
        (b"c.pyw", Language.PYTHON),
    ]


@pytest.mark.parametrize(
    ("head", "is_taken"),
    [
        (b"#!/usr/bin/python\nimport a\n", True),
        (b"#! /usr/bin/env python3.12\n", True),
        (b"#!/usr/bin/env -S python3 -u\n", True),
        (b"#!/usr/bin/env -S uv run --script\n", True),
        (b"#!/opt/pypy3/bin/pypy3\r\n", True),
        (b"# /// script\n# dependencies = []\n# ///\n", True),
        (b"#!/bin/sh\n# not python\n", False),
        (b"#!/usr/bin/pythonic\n", False),
        (b"import a\n", False),
        (b"\x7fELF python", False),
        (b"", False),
        (b" " * 200 + b"\n#!/usr/bin/python\n", False),
    ],
)
def test_a_file_without_suffix_is_told_by_its_first_line(head: bytes, is_taken: bool) -> None:
    found, _ = walked(MemoryReader({b"tool": head, b"tool.sh": head}))
    assert [(file.path, file.is_script) for file in found] == ([(b"tool", True)] if is_taken else [])


def test_reads_no_more_than_the_head_of_what_may_be_a_script() -> None:
    asked: list[int] = []

    class Stream(BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            asked.append(-1 if size is None else size)
            return super().read(size)

    class Reader(MemoryReader):
        def open(self, path: bytes) -> BinaryIO:
            return Stream(b"x" * 1000)

    walked(Reader({b"LICENSE": b"", b"a.py": b""}))
    assert asked == [128]


GENERATED = {
    "environment": [b"env/pyvenv.cfg", b"env/lib/python3/site.py"],
    "old environment": [b"env/bin/activate", b"env/bin/python2", b"env/lib/x.py"],
    "environment on Windows": [b"env/Scripts/activate.bat", b"env/Scripts/python.exe", b"env/Lib/x.py"],
    "conda": [b"env/conda-meta/history", b"env/bin/2to3.py", b"env/lib/x.py"],
    "marked cache": [b"cache/CACHEDIR.TAG", b"cache/x.py"],
    "by name": [b"node_modules/x.py", b"__pycache__/x.py", b"a.egg-info/x.py", b"lib/site-packages/x.py"],
    "setuptools": [b"setup.cfg", b"build/lib/x.py"],
    "built for a platform": [b"build/lib.linux-x86_64-3.11/x.py"],
    "built": [b"dist/a-1.whl", b"dist/a/x.py"],
    "sphinx": [b"docs/_build/html/x.py"],
    "hidden": [b".x.py", b".tox/x.py", b".git/x.py", b".ipynb_checkpoints/a-checkpoint.ipynb"],
}


@pytest.mark.parametrize("files", GENERATED.values(), ids=GENERATED.keys())
def test_passes_over_what_nobody_wrote(files: list[bytes]) -> None:
    assert paths([*files, b"main.py"]) == [b"main.py"]
    everything = WalkOptions(hidden=True, generated=True)
    expected = [
        name for name in files if name.endswith((b".py", b".ipynb")) and not name.startswith(b".git/")
    ]
    assert paths([*files, b"main.py"], everything) == sorted([*expected, b"main.py"])


def test_keeps_what_only_has_such_a_name() -> None:
    files = [b"build/__init__.py", b"build/lib/x.py", b"dist/x.py", b"docs/_build/x.py", b"env/x.py"]
    assert paths([*files, b"setup.py"]) == [*files, b"setup.py"]
    assert paths([b"bin/run.py", b"lib/x.py"]) == [b"bin/run.py", b"lib/x.py"]
    assert paths([b"tools/build/gen.py"]) == [b"tools/build/gen.py"]


def test_the_root_is_walked_whatever_it_is() -> None:
    assert paths([b"pyvenv.cfg", b"x.py", b"bin/tool.py", b"lib/python3/y.py"]) == [b"x.py"]
    assert paths([b"CACHEDIR.TAG", b"x.py", b"bin/tool.py"]) == [b"bin/tool.py", b"x.py"]


def test_leaves_out_what_git_ignores_unless_told() -> None:
    tree = {
        b".gitignore": b"gen/\n*_pb2.py\n",
        b"gen/x.py": b"",
        b"a_pb2.py": b"",
        b"a.py": b"",
        b"d/.gitignore": b"!b_pb2.py\n",
        b"d/b_pb2.py": b"",
    }
    assert paths(tree) == [b"a.py", b"d/b_pb2.py"]
    assert paths(tree, WalkOptions(ignored=True)) == [b"a.py", b"a_pb2.py", b"d/b_pb2.py", b"gen/x.py"]


def test_leaves_out_what_the_user_excludes() -> None:
    options = WalkOptions(exclude=("tests/", "/a.py", "é*.py"))
    assert paths([b"a.py", b"d/a.py", b"d/tests/x.py", "éa.py".encode()], options) == [b"d/a.py"]


def test_takes_what_the_user_named_whatever_it_is_called() -> None:
    found, _ = walked(MemoryReader({b".hidden.txt": b""}), WalkOptions(named=frozenset({b".hidden.txt"})))
    assert found == [SourceFile(b".hidden.txt", Language.PYTHON)]


def test_knows_what_stands_in_a_package() -> None:
    found, _ = walked(MemoryReader({b"p/__init__.py": b"", b"p/setup.py": b"", b"setup.py": b""}))
    assert [(file.path, file.is_packaged) for file in found] == [
        (b"p/__init__.py", True),
        (b"p/setup.py", True),
        (b"setup.py", False),
    ]


def test_what_is_no_regular_file_is_reported_where_its_name_says_source(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.py")
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "a.py").write_text("x")
    (tmp_path / "link.py").symlink_to("a.py")
    (tmp_path / "loop").symlink_to(".")
    (tmp_path / "everything").symlink_to("/")
    with socket.socket(socket.AF_UNIX) as server, HeldDirectoryReader(tmp_path) as reader:
        server.bind(str(tmp_path / "socket.py"))
        found, unknowns = walked(reader)
    assert [file.path for file in found] == [b"a.py"]
    assert [unknown.where for unknown in unknowns] == ["fifo.py", "socket.py"]


def test_names_that_are_no_text_are_told_without_loss(tmp_path: Path) -> None:
    for name in (b"\xff.py", b"a\nb.py", b"\x1b[31m.py"):
        (tmp_path / os.fsdecode(name)).write_bytes(b"x")
    with HeldDirectoryReader(tmp_path) as reader:
        found, unknowns = walked(reader)
        assert [source_bytes(reader, file) for file in found] == [b"x"] * 3
    assert [path_text(file.path) for file in found] == ["\x1b[31m.py", "a\nb.py", "\\xff.py"]
    assert unknowns == []


def test_an_unreadable_directory_or_script_is_an_unknown_and_the_rest_is_walked() -> None:
    class Locked(MemoryReader):
        def list(self, directory: bytes) -> tuple[FileEntry, ...]:
            if directory == b"locked":
                raise UnreadableError(directory, "Permission denied")
            return super().list(directory)

        def open(self, path: bytes) -> BinaryIO:
            raise UnreadableError(path, "Permission denied")

    reader = Locked({b"locked/x.py": b"", b"script": b"", b"z.py": b"", b".gitignore": b"z.py"})
    found, unknowns = walked(reader)
    assert [file.path for file in found] == [b"z.py"]
    assert [(unknown.where, unknown.reason) for unknown in unknowns] == [
        (".gitignore", "Permission denied"),
        ("locked", "Permission denied"),
        ("script", "Permission denied"),
    ]
    assert isinstance(source_bytes(reader, found[0]), Unknown)


@pytest.mark.parametrize(
    ("options", "reason", "kept"),
    [
        (WalkOptions(limit_depth=2), "directories deep", 3),
        (WalkOptions(limit_files=2), "files of source", 2),
        (WalkOptions(limit_entries=5), "entries", 2),
        (WalkOptions(limit_heads=1), "without suffix", 4),
    ],
)
def test_every_limit_that_is_met_is_reported_once(options: WalkOptions, reason: str, kept: int) -> None:
    tree = dict.fromkeys([b"a.py", b"b.py", b"d/a.py", b"d/e/a.py", b"x/1", b"x/2", b"x/3"], b"")
    found, unknowns = walked(MemoryReader(tree), options)
    assert len(found) == kept
    assert len(unknowns) == 1
    assert reason in unknowns[0].reason


def test_a_file_beyond_the_cap_is_an_unknown_and_notebooks_have_another() -> None:
    reader = MemoryReader({b"a.py": b"x" * 11, b"a.ipynb": b"x" * 11})
    notebook, script = walked(reader)[0]
    assert source_bytes(reader, notebook, limit_bytes=10) == b"x" * 11
    refused = source_bytes(reader, script, limit_bytes=10)
    assert isinstance(refused, Unknown)
    assert "larger than the limit" in refused.reason
