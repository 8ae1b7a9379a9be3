from __future__ import annotations

import pytest

from analyzers.files import FileEntry, UnreadableError
from analyzers.reports import Unknown
from analyzers.site_packages import SitePackages, site_packages
from analyzers.trees import MemoryReader


@pytest.mark.parametrize(
    ("file", "python"),
    [
        (b"lib/python3.11/site-packages/a.py", "3.11"),
        (b"lib64/python3.9/site-packages/a.py", "3.9"),
        (b"usr/lib/python3/dist-packages/a.py", "3"),
        (b"usr/local/lib/python3.13t/site-packages/a.py", "3.13"),
        (b"Lib/site-packages/a.py", None),
        (b"opt/conda/envs/x/lib/python3.12/site-packages/a.py", "3.12"),
        (b"lib/pypy3.10/site-packages/a.py", "3.10"),
        (b".venv/lib/python3.11/site-packages/a.py", "3.11"),
    ],
)
def test_finds_by_layout(file: bytes, python: str | None) -> None:
    reader = MemoryReader({file: b"", b"bin/python": b"", b"share/doc/site-packages/b.py": b""})
    assert site_packages(reader) == [SitePackages(directory=file[:-5], python=python)]


@pytest.mark.parametrize("file", [b"a-1.dist-info/METADATA", b"a-1.egg-info", b"a.egg-link"])
def test_the_root_itself(file: bytes) -> None:
    reader = MemoryReader({file: b"", b"x/lib/python3.11/site-packages/b.py": b""})
    assert site_packages(reader) == [SitePackages(directory=b"")]


def test_nearest_first_and_links_are_not_followed() -> None:
    reader = MemoryReader(
        {
            b"opt/x/lib/python3.12/site-packages/a.py": b"",
            b"lib/python3.11/site-packages/b.py": b"",
            b"lib/python3.11/site-packages/lib/python3.1/site-packages/c.py": b"",
        },
        {b"lib64": b"lib"},
    )
    assert [found.directory for found in site_packages(reader)] == [
        b"lib/python3.11/site-packages",
        b"opt/x/lib/python3.12/site-packages",
    ]


def test_what_lies_too_deep_is_not_looked_for() -> None:
    reader = MemoryReader({b"/".join([b"d"] * 40) + b"/site-packages/a.py": b""})
    assert site_packages(reader) == []


class _Locked(MemoryReader):
    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        if directory == b"locked":
            raise UnreadableError(directory, "Permission denied")
        return super().list(directory)


def test_what_cannot_be_listed_is_an_unknown() -> None:
    unknowns: list[Unknown] = []
    reader = _Locked({b"locked/a": b"", b"lib/python3.11/site-packages/b.py": b""})
    assert len(site_packages(reader, unknowns)) == 1
    assert unknowns == [Unknown(what="directory", where="locked", reason="Permission denied")]
