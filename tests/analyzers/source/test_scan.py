"""Whole scans: from a tree to a report, at once or in parts, anew or as it was kept."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec
import pytest

from analyzers.directories import DirectoryReader
from analyzers.reports import Tool
from analyzers.source.caching.kept_scans import KeptScans
from analyzers.source.documents import document
from analyzers.source.scan import Knowledge, Scan, ScanOptions
from analyzers.source.scanned import Scanned

_TOOL = Tool(name="stackwright", version="1")
_FILES = {
    "pyproject.toml": "[project]\nname = 'app'\nversion = '1'\ndependencies = ['requests']\n",
    "requirements.txt": "-r more.in\n",
    "more.in": "numpy\n",
    "app/__init__.py": "from app.net import get\n",
    "app/net.py": "import os, requests\n\ndef get(url):\n    return requests.get(url, timeout=3)\n",
    "app/odd.py": "import numpy as np\nnp.zeros(3\n",
    "app/data.json": "{}",
    "tests/test_net.py": "import pytest\nfrom app.net import get\nget('x').json()\n",
}


class _Cache:
    """Keeps in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes] = {}

    def known(self, contents: Sequence[str]) -> Mapping[str, bytes]:
        return {name: self.rows[name] for name in contents if name in self.rows}

    def keep(self, records: Mapping[str, bytes]) -> None:
        self.rows |= records


class _Reader(DirectoryReader):
    """Tells what is opened."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.opened: list[str] = []

    def open(self, path: bytes) -> BinaryIO:
        self.opened.append(os.fsdecode(path))
        return super().open(path)


class _Tree:
    """A tree that is scanned again and again; all changes are long past unless its clock says otherwise."""

    def __init__(self, root: Path) -> None:
        self.root, self.records, self.scans = root, _Cache(), _Cache()
        self.opened: list[str] = []
        self.now_ns = 1 << 62
        for path, text in _FILES.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text)

    def scanned(self, created_at: str = "now", *, lists: bool = True, wishes: bytes = b"") -> Scanned:
        reader = _Reader(self.root)
        kept = KeptScans(self.scans, bytes(self.root), wishes, b"", lambda: self.now_ns)
        scan = Scan(reader, "tree", ScanOptions(), Knowledge(cache=self.records))
        found = scan.scanned(_TOOL, created_at, kept, lists=lists)
        self.opened = reader.opened
        return found

    def fresh(self, created_at: str = "now") -> bytes:
        """What a scan without any memory says."""
        scan = Scan(DirectoryReader(self.root), "tree", ScanOptions(), Knowledge())
        return msgspec.json.encode(scan.report(_TOOL, created_at))


@pytest.fixture
def tree(tmp_path: Path) -> _Tree:
    return _Tree(tmp_path)


def _document(found: Scanned) -> bytes:
    assert found.lists is not None
    return b"".join(document(found.summary.report, found.lists))


def test_parts_are_the_report(tree: _Tree) -> None:
    assert _document(tree.scanned()) == tree.fresh()


_SHARED_OUT = """
import sys
from pathlib import Path
from analyzers.directories import DirectoryReader
from analyzers.reports import Tool
from analyzers.source.caching.kept_scans import KeptScans
from analyzers.source.caching.record_caches import NoCache
from analyzers.source.documents import document
from analyzers.source.linking import forks
from analyzers.source.scan import Knowledge, Scan, ScanOptions
forks._WORTHWHILE = 0
kept = KeptScans(NoCache(), b"", b"", b"", lambda: 0)
scan = Scan(DirectoryReader(Path(sys.argv[1])), "tree", ScanOptions(jobs=int(sys.argv[2])), Knowledge())
found = scan.scanned(Tool(name="stackwright", version="1"), "now", kept)
sys.stdout.buffer.write(b"".join(document(found.summary.report, found.lists)))
"""


@pytest.mark.slow
@pytest.mark.parametrize("jobs", [2, 3, 5])
def test_what_processes_link_is_the_report(tree: _Tree, jobs: int) -> None:
    tree.write("app/device.py", "import torch, ctypes\ntorch.zeros(3).to('cuda')\nctypes.CDLL('libm.so.6')\n")
    tree.write(
        "app/more.py", "import tomllib, torch, requests\ntomllib.loads('')\ntorch.cuda.is_available()\n"
    )
    tree.write("app/most.py", "import ctypes, tomllib\nfrom app import get\nget('y')\ntomllib.loads('')\n")
    done = subprocess.run(
        [sys.executable, "-c", _SHARED_OUT, tree.root, str(jobs)],
        capture_output=True,
        cwd=Path(__file__).parents[3],
        check=True,
    )
    assert done.stdout == tree.fresh()


def test_an_unchanged_tree_is_not_read_again(tree: _Tree) -> None:
    before = _document(tree.scanned("then"))
    assert {path for path in _FILES if path.endswith(".py")} <= {*tree.opened}
    after = tree.scanned("now")
    assert not [path for path in tree.opened if path.endswith(".py")]
    assert _document(after) == tree.fresh("now") == before.replace(b'"then"', b'"now"')
    assert after.summary == tree.scanned("now").summary


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app/net.py", "import os, requests\n\ndef get(url):\n    return requests.put(url, timeout=3)\n"),
        ("app/new.py", "import flask\n"),
        ("requirements.txt", "flask\n"),
        ("more.in", "flask\n"),
        ("pyproject.toml", "[tool.stackwright.scan]\nexclude = ['tests']\n"),
        (".gitignore", "tests\n"),
    ],
)
def test_a_change_is_seen(tree: _Tree, path: str, text: str) -> None:
    before = _document(tree.scanned())
    tree.write(path, text)
    after = _document(tree.scanned())
    assert after == tree.fresh() != before
    assert after == _document(tree.scanned())


def test_what_goes_is_seen(tree: _Tree) -> None:
    tree.scanned()
    (tree.root / "app/net.py").unlink()
    (tree.root / "more.in").unlink()
    assert _document(tree.scanned()) == tree.fresh()


def test_only_what_changed_is_read_and_analysed(tree: _Tree) -> None:
    tree.scanned()
    kept = {*tree.records.rows}
    tree.write("app/net.py", "import flask\n")
    tree.scanned()
    assert [path for path in tree.opened if path.endswith(".py")] == ["app/net.py"]
    assert len({*tree.records.rows} - kept) == 1


def test_a_time_of_change_that_was_set_back_deceives_nobody(tree: _Tree) -> None:
    before = (tree.root / "app/net.py").stat()
    tree.scanned()
    tree.write("app/net.py", _FILES["app/net.py"].replace("get(url, t", "put(url, t"))
    os.utime(tree.root / "app/net.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (tree.root / "app/net.py").stat().st_size == before.st_size
    assert _document(tree.scanned()) == tree.fresh()


def test_a_file_that_has_just_changed_is_read_again(tree: _Tree) -> None:
    changed = tree.root / "app/net.py"
    tree.now_ns = max(path.stat().st_ctime_ns for path in tree.root.rglob("*.py"))
    tree.scanned()
    tree.scanned()
    assert str(changed.relative_to(tree.root)) in tree.opened
    tree.now_ns += 3_000_000_000
    tree.scanned()
    tree.scanned()
    assert not [path for path in tree.opened if path.endswith(".py")]


def test_lists_are_made_when_they_are_asked_for(tree: _Tree) -> None:
    assert tree.scanned(lists=False).lists is None
    assert tree.scanned(lists=False).lists is None
    assert not [path for path in tree.opened if path.endswith(".py")]
    assert _document(tree.scanned()) == tree.fresh()


def test_what_a_short_scan_finds_replaces_no_lists_of_another_tree(tree: _Tree) -> None:
    tree.scanned()
    tree.write("app/new.py", "import flask\n")
    tree.scanned(lists=False)
    assert _document(tree.scanned()) == tree.fresh()


def test_wishes_have_scans_of_their_own(tree: _Tree) -> None:
    tree.scanned(wishes=b"a")
    rows = {*tree.scans.rows}
    tree.scanned(wishes=b"b")
    assert len(rows) == 6
    assert len({*tree.scans.rows} - rows) == 5


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: b"\x00" * 9,
        lambda data: data[:-9] + bytes(9),
    ],
)
def test_damaged_memory_costs_time_alone(tree: _Tree, damage: object) -> None:
    assert callable(damage)
    tree.scanned()
    for cache in (tree.scans, tree.records):
        cache.rows = {name: damage(data) for name, data in cache.rows.items()}
    assert _document(tree.scanned()) == tree.fresh()


def test_an_unreadable_file_is_told_each_time(tree: _Tree) -> None:
    with (tree.root / "app/huge.py").open("wb") as stream:
        stream.truncate(11 << 20)
    tree.scanned()
    found = tree.scanned()
    assert [unknown.where for unknown in found.summary.report.unknowns if "larger" in unknown.reason] == [
        "app/huge.py"
    ]
    assert not [path for path in tree.opened if path.endswith(".py")]


def test_totals_count_the_lists(tree: _Tree) -> None:
    found = tree.scanned()
    report = msgspec.json.decode(_document(found))
    totals = found.summary.totals
    assert totals.files == len(report["files"])
    assert totals.size_bytes == sum(file["size_bytes"] for file in report["files"])
    assert totals.partial == 1
    assert {row.name: row.imports for row in totals.distributions} == {"requests": 1, "numpy": 1, "pytest": 1}
    roots = [use["symbol"].partition(".")[0] for use in report["uses"]]
    assert {row.name: row.uses for row in totals.distributions} == {name: roots.count(name) for name in roots}
