from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from analyzers.files import FileMissingError, FileReaderError, WrongKindError, read_file
from analyzers.reports import Unknown
from analyzers.source.reading.opening import OpenError, opened
from analyzers.source.reading.source_texts import source_bytes
from analyzers.source.reading.walking import SourceFile, WalkOptions, source_files
from analyzers.source.records import Language
from fakes.indexes.archives import tar_of, zip_of

TREE: Mapping[str, bytes] = {
    "app-1/PKG-INFO": b"Name: app\n",
    "app-1/.gitignore": b"*_version.py\n",
    "app-1/app/__init__.py": b"import a\n",
    "app-1/app/_version.py": b"",
    "app-1/data.bin": b"\0",
    "app-1/requirements.txt": b"a\n",
}


def sources(path: Path) -> tuple[list[bytes], list[Unknown]]:
    unknowns: list[Unknown] = []
    with opened(path) as tree:
        options = WalkOptions(named=tree.named, ignored=tree.is_shipped)
        found = list(source_files(tree.reader, options=options, rules=tree.rules, unknown=unknowns.append))
        assert all(isinstance(source_bytes(tree.reader, file), bytes) for file in found)
        return [file.path for file in found], [*tree.unknowns, *unknowns]


def unpacked(folder: Path) -> Path:
    for name, content in TREE.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder / "app-1"


def test_an_sdist_is_the_same_packed_and_unpacked(tmp_path: Path) -> None:
    (tmp_path / "app-1.tar.gz").write_bytes(tar_of(TREE))
    (tmp_path / "app-1.zip").write_bytes(zip_of(TREE))
    for path in (unpacked(tmp_path), tmp_path / "app-1.tar.gz", tmp_path / "app-1.zip"):
        assert sources(path) == ([b"app/__init__.py", b"app/_version.py"], [])
        with opened(path) as tree:
            assert read_file(tree.reader, b"requirements.txt", 9) == b"a\n"
            assert tree.is_shipped
            with pytest.raises(FileReaderError) as caught:
                tree.reader.open(b"app/none.py")
            assert caught.value.path == b"app/none.py"


def test_a_checkout_is_read_as_git_sees_it(tmp_path: Path) -> None:
    root = unpacked(tmp_path)
    (root / "PKG-INFO").unlink()
    assert sources(root) == ([b"app/__init__.py"], [])


def test_a_part_of_a_repository_is_read_as_git_sees_it(tmp_path: Path) -> None:
    tree = {
        ".git/info/exclude": "e.py\n",
        ".gitignore": "/a/b/one.py\nb/two.py\ngen/\n!/a/b/e.py\n",
        "a/.gitignore": "/b/three.py\n!b/gen/\n",
        **dict.fromkeys((f"a/b/{name}.py" for name in ("one", "two", "three", "e", "f", "gen/g")), ""),
    }
    for name, content in tree.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    assert sources(tmp_path / "a" / "b") == ([b"e.py", b"f.py", b"gen/g.py", b"two.py"], [])
    assert sources(tmp_path)[0] == [f"a/b/{name}.py".encode() for name in ("e", "f", "gen/g", "two")]


def test_a_wheel_is_rooted_where_it_is_installed(tmp_path: Path) -> None:
    wheel = tmp_path / "a-1-py3-none-any.whl"
    wheel.write_bytes(
        zip_of({"a/__init__.py": b"", "a-1.dist-info/METADATA": b"", "a-1.dist-info/x.py": b""})
    )
    assert sources(wheel) == ([b"a/__init__.py"], [])


def test_an_archive_of_one_package_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_of({"a/__init__.py": b"", "a/b.py": b""}))
    assert sources(tmp_path / "a.zip") == ([b"a/__init__.py", b"a/b.py"], [])


def test_one_file_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / ".strange.name").write_bytes(b"import a\n")
    (tmp_path / "link.py").symlink_to(".strange.name")
    (tmp_path / "other.py").write_bytes(b"")
    assert sources(tmp_path / ".strange.name") == ([b".strange.name"], [])
    with opened(tmp_path / "link.py") as tree:
        assert source_bytes(tree.reader, SourceFile(b"link.py", Language.PYTHON)) == b"import a\n"
        with pytest.raises(FileMissingError):
            tree.reader.stat(b"other.py")
        with pytest.raises(WrongKindError):
            tree.reader.list(b"link.py")


def test_what_cannot_be_opened_is_said_with_its_reason(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "bad.whl").write_bytes(b"PK")
    (tmp_path / "bad.tar.gz").write_bytes(b"\x1f\x8b")
    for name, reason in (
        ("none", "No such file"),
        ("fifo", "neither a file nor a directory"),
        ("loop", "symbolic links"),
        ("bad.whl", "no zip archive"),
        ("bad.tar.gz", "ends early"),
    ):
        with pytest.raises(OpenError, match=reason), opened(tmp_path / name):
            pass


def test_an_error_of_the_caller_stays_what_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zip_of({"a.py": b""}))
    with pytest.raises(FileMissingError), opened(tmp_path / "a.zip") as tree:
        tree.reader.open(b"b.py")


def test_a_cut_off_archive_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(tar_of({"a.py": b"x", "b.py": b"y" * 5000}, "w:")[:3000])
    with opened(tmp_path / "a.tar") as tree:
        assert read_file(tree.reader, b"a.py", 9) == b"x"
        assert "not read to its end" in tree.unknowns[0].reason


def test_a_bomb_in_a_wheel_is_an_unknown_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "a-1-py3-none-any.whl").write_bytes(zip_of({"a.py": b"x", "bomb.py": bytes(30 << 20)}))
    with opened(tmp_path / "a-1-py3-none-any.whl") as tree:
        found = list(source_files(tree.reader, unknown=lambda _: None))
        assert [isinstance(source_bytes(tree.reader, file), Unknown) for file in found] == [False, True]
