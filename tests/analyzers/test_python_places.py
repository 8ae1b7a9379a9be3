from __future__ import annotations

import pytest

from analyzers.files import FileEntry, UnreadableError
from analyzers.python_places import PythonPlaces, python_places
from analyzers.reports import Unknown
from analyzers.trees import MemoryReader


def _places(*files: bytes, links: dict[bytes, bytes] | None = None) -> PythonPlaces:
    return python_places(MemoryReader(dict.fromkeys(files, b""), links))


def test_everything_at_once() -> None:
    assert _places(
        b"usr/bin/python3.11",
        b"usr/bin/python3.11-config",
        b"usr/bin/pythonic",
        b"usr/lib/python3.11/os.py",
        b"usr/lib/python3.11/site-packages/x.py",
        b"usr/lib/python3.11/test/venv/pyvenv.cfg",
        b"opt/venv/pyvenv.cfg",
        b"opt/venv/lib/python3.11/site-packages/x.py",
        b"opt/conda/conda-meta/history",
        b"var/task/a-1.dist-info/METADATA",
        links={b"usr/bin/python3": b"python3.11", b"srv": b"opt"},
    ) == PythonPlaces(
        site_packages=(b"usr/lib/python3.11/site-packages", b"opt/venv/lib/python3.11/site-packages"),
        bundles=(b"var/task",),
        environments=(b"opt/venv",),
        libraries=(b"usr/lib/python3.11",),
        executables=(b"usr/bin/python3", b"usr/bin/python3.11"),
        conda=(b"opt/conda",),
    )


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (b"lib/python3.13t/os.pyc", "libraries"),
        (b"lib/pypy3.10/os.py", "libraries"),
        (b"opt/pypy/lib-python/3/os.py", "libraries"),
        (b"x/platform-python3.6", "executables"),
        (b"x/pypy3.10-c", "executables"),
        (b"x/python3.11-dbg", "executables"),
        (b"x/python3.13td", "executables"),
        (b"home/dev/run/pyvenv.cfg", "environments"),
        (b"root/.local/share/uv/python/x/bin/python3", "executables"),
    ],
)
def test_names(file: bytes, kind: str) -> None:
    found = _places(file)
    assert getattr(found, kind) == (file if kind == "executables" else file.rpartition(b"/")[0],)


@pytest.mark.parametrize(
    "file",
    [
        b"proc/1/cwd/usr/bin/python3",
        b"usr/share/doc/python3/python3",
        b"usr/src/linux/include/python3.11",
        b"app/node_modules/x/python3",
        b"lib/my/os.py",
        b"x/python3.11.so",
        b"usr/lib/python3.11/site-packages/pip/_vendor/a-1.dist-info/METADATA",
    ],
)
def test_what_is_passed_over(file: bytes) -> None:
    found = _places(file)
    assert found == PythonPlaces(site_packages=found.site_packages)


def test_caches_hold_nothing_that_is_installed_but_environments() -> None:
    found = _places(
        b"root/.cache/uv/CACHEDIR.TAG",
        b"root/.cache/uv/archive-v0/k/a-1.dist-info/METADATA",
        b"root/.cache/uv/environments-v2/x/pyvenv.cfg",
        b"opt/venv/CACHEDIR.TAG",
        b"opt/venv/pyvenv.cfg",
        b"opt/venv/more/b-1.dist-info/METADATA",
        b"opt/conda/conda-meta/history",
        b"opt/conda/pkgs/python-3.11.5-h1/bin/python3.11",
        b"opt/conda/pkgs/a-1-py/lib/python3.11/site-packages/a.py",
    )
    assert found.bundles == (b"opt/venv/more",)
    assert found.environments == (b"opt/venv", b"root/.cache/uv/environments-v2/x")
    assert (found.executables, found.site_packages) == ((), ())


class _Endless(MemoryReader):
    """Every directory has ten below it."""

    def __init__(self) -> None:
        super().__init__({b"x": b""})
        self.listed = 0

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        self.listed += 1
        folders = {b"%d/x" % number: b"" for number in range(10)}
        return MemoryReader(folders).list(b"") if directory.count(b"/") < 100 else ()


def test_depth_is_bounded_and_said() -> None:
    unknowns: list[Unknown] = []
    deep = MemoryReader({b"/".join([b"d"] * 60) + b"/pyvenv.cfg": b""})
    assert python_places(deep, unknowns) == PythonPlaces()
    assert [unknown.reason for unknown in unknowns] == [
        "more than 24 directories deep; what is below is left out"
    ]


def test_entries_are_bounded_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analyzers.python_places._LIMIT_ENTRIES", 5_000)
    unknowns: list[Unknown] = []
    endless = _Endless()
    python_places(endless, unknowns)
    assert endless.listed < 600
    assert "more than 5,000 entries" in unknowns[0].reason


class _Locked(MemoryReader):
    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        if directory == b"locked":
            raise UnreadableError(directory, "Permission denied")
        return super().list(directory)


def test_what_cannot_be_listed_is_an_unknown() -> None:
    unknowns: list[Unknown] = []
    assert python_places(_Locked({b"locked/a": b"", b"x/pyvenv.cfg": b""}), unknowns).environments == (b"x",)
    assert unknowns == [Unknown(what="directory", where="locked", reason="Permission denied")]
