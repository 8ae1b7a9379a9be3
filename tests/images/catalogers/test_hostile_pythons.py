"""Roots made to hurt the catalogers of Python: each ends soon, with what it could not read."""

from __future__ import annotations

import datetime

import pytest

from analyzers.files import FileEntry, FileStat
from fakes.images.python_roots import (
    PROGRAM,
    cataloged,
    distribution_files,
    python_files,
    python_root,
    run_config,
)
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.findings import changed_files, missing_files, several_versions, unmet_requirements
from images.reports.image_config import ImageConfig, RunConfig

_PROGRAM = "usr/local/bin/python3.11"
_SITE = "usr/local/lib/python3.11/site-packages"
_TODAY = datetime.date(2026, 1, 1)


def _all(files: MemoryRoot, config: ImageConfig | None = None) -> Catalog:
    """Everything that the catalogers and the makers of findings do."""
    config = config or run_config()
    known = cataloged(files, config)
    for each in (changed_files, missing_files, several_versions, unmet_requirements):
        each.find(files, config, known, _TODAY)
    return known


def test_links_in_cycles_everywhere() -> None:
    links = {
        "usr/bin/python3": "python",
        "usr/bin/python": "python3",
        "opt/venv/bin/python": "/opt/venv/bin/python",
        "opt/venv/lib/python3.11/site-packages": "site-packages",
        "opt/venv/lib64": "../venv/lib64",
        f"{_SITE}/a-1.dist-info": "../site-packages/a-1.dist-info",
        f"{_SITE}/b-1.dist-info/METADATA": "METADATA",
        "etc/passwd": "passwd",
    }
    tree = python_files("usr/local", "3.11.7") | {b"opt/venv/pyvenv.cfg": b"home = /opt/venv/bin\n"}
    known = _all(python_root(tree, [_PROGRAM], links))
    assert [one.path for one in known.interpreters] == [f"/{_PROGRAM}", "/opt/venv/bin/python"]
    assert known.distributions == ()
    assert {finding.id for finding in known.findings} == {"broken-environment", "damaged-metadata"}


def test_a_record_that_leads_out_of_the_root() -> None:
    row = "../" * 200 + "etc/shadow.py"
    record = f"{row},sha256=AAAA,1\n/etc/shadow.py,,\n{'x' * 100_000}.py,,\n".encode()
    files = python_root(
        python_files("usr/local", "3.11.7") | distribution_files(_SITE, "a", "1", {"RECORD": record}),
        [_PROGRAM],
    )
    assert [one.name for one in _all(files).distributions] == ["a"]


def test_pth_files_that_add_each_other_and_themselves_without_end() -> None:
    tree = python_files("usr/local", "3.11.7")
    for number in range(3_000):
        lines = (
            "".join(f"/d{other}\n" for other in range(3_000)) if number < 2 else f"/d{number + 1}\n.\n..\n"
        )
        tree[f"{_SITE}/{number:05}.pth".encode()] = lines.encode()
        tree[f"d{number}/x.pth".encode()] = b"/d0\n/usr/local/lib/python3.11/site-packages\n"
    (one,) = _all(python_root(tree, [_PROGRAM])).interpreters
    assert len(one.search_path) == 500
    assert len(set(one.search_path)) == 500


def test_metadata_of_enormous_size_is_an_unknown() -> None:
    tree = python_files("usr/local", "3.11.7")
    tree[f"{_SITE}/big-1.dist-info/METADATA".encode()] = b"Name: big\nVersion: 1\n" + b"X: y\n" * 4_000_000
    tree[f"{_SITE}/long-1.dist-info/METADATA".encode()] = (
        b"Name: long\nVersion: 1\n" + b"Requires-Dist: a\n" * 60_000
    )
    tree |= distribution_files(_SITE, "small", "1")
    known = _all(python_root(tree, [_PROGRAM]))
    assert [one.name for one in known.distributions] == ["small"]
    assert [unknown.where.rpartition("/site-packages/")[2] for unknown in known.unknowns] == [
        "big-1.dist-info/METADATA",
        "long-1.dist-info/METADATA",
    ]


def test_a_hundred_thousand_distributions_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("images.catalogers.distributions._LIMIT_DISTRIBUTIONS", 2_000)
    tree = python_files("usr/local", "3.11.7")
    for number in range(100_000):
        tree[f"{_SITE}/d{number}-1.dist-info/METADATA".encode()] = b"Name: d%d\nVersion: 1\n" % number
    known = _all(python_root(tree, [_PROGRAM]))
    assert len(known.distributions) == 2_000
    assert known.unknowns[-1].reason == "more than 2,000 distributions; the rest is left out"


class _Counting(MemoryRoot):
    """Counts what it is asked."""

    asked = 0

    def list(self, directory: bytes) -> tuple[FileEntry, ...]:
        self.asked += 1
        return super().list(directory)

    def stat(self, path: bytes) -> FileStat:
        self.asked += 1
        return super().stat(path)


def test_what_is_asked_grows_with_what_there_is_and_no_faster() -> None:
    def asked(count: int) -> int:
        tree = python_files("usr/local", "3.11.7")
        for number in range(count):
            site = f"opt/e{number}/lib/python3.11/site-packages"
            tree[f"opt/e{number}/pyvenv.cfg".encode()] = (
                b"home = /usr/local/bin\ninclude-system-site-packages = true\n"
            )
            tree[f"{site}/a-1.dist-info/METADATA".encode()] = b"Name: a\nVersion: 1\nRequires-Dist: b\n"
        for number in range(100):
            tree[f"{_SITE}/{number}.pth".encode()] = f"/opt/e{number}\n".encode()
        links = {f"opt/e{n}/bin/python".encode(): f"/{_PROGRAM}".encode() for n in range(count)}
        files = _Counting(tree, links, elves={_PROGRAM.encode(): PROGRAM})
        known = _all(files, run_config("PYTHONPATH=" + ":".join(f"/opt/e{n}" for n in range(900))))
        assert len(known.interpreters) == count + 1
        return files.asked

    assert asked(800) < 5 * asked(200)


@pytest.mark.parametrize(
    "config",
    [
        ImageConfig(),
        ImageConfig(config=RunConfig()),
        run_config(
            "PATH", "=x", "PYTHONPATH=\0:..:/../..:", "PATH=" + ":" * 100_000, user="\0", directory="../.."
        ),
        run_config("HOME=/\ud800", "PYTHONUSERBASE=..", entrypoint=["", "\0", "\udcff/x", "/" * 5000]),
        run_config(entrypoint=["sh", "-c", "'" * 100_001], command=["x" * 100_000] * 10),
        run_config("PYENV_VERSION=../../etc:\0", directory="a//b/./c", user=":::"),
    ],
)
def test_configurations_that_make_no_sense(config: ImageConfig) -> None:
    tree = python_files("usr/local", "3.11.7") | distribution_files(_SITE, "a", "1")
    tree[b"etc/passwd"] = b":::\n\xff:x:0:0:\0:/\0:\n" + b"a:b" * 1000
    known = _all(python_root(tree, [_PROGRAM], {"usr/local/bin/python3": "python3.11"}), config)
    assert [one.name for one in known.distributions] == ["a"]


@pytest.mark.parametrize(
    "content",
    [
        b"home\n= =\nhome = \0\nversion = 9" * 10,
        b"\xff\xfe" * 1000,
        b"home = relative/path\nversion_info = 3.11.x.y.z\nexecutable = ..\n",
        b"home = /\nversion = 3\nexecutable = /\n",
        b"x" * (1 << 17),
    ],
)
def test_configurations_of_environments_that_make_no_sense(content: bytes) -> None:
    tree = python_files("usr/local", "3.11.7") | {b"opt/venv/pyvenv.cfg": content}
    tree |= distribution_files("opt/venv/lib/python3.11/site-packages", "a", "1")
    known = _all(python_root(tree, [_PROGRAM], {"opt/venv/bin/python": f"/{_PROGRAM}"}))
    assert [one.name for one in known.distributions] == ["a"]
    assert len(known.interpreters) + len(known.unknowns) == 2


def test_patch_levels_and_build_configurations_of_nonsense() -> None:
    tree = python_files("usr/local", "3.11.7")
    tree[b"usr/local/include/python3.11/patchlevel.h"] = b'#define PY_VERSION "' + b"3." * 100_000
    tree[b"usr/local/lib/python3.11/_sysconfigdata__x-linux-gnu.py"] = b"'SOABI': '" * 100_000
    tree[b"usr/local/lib/python3.11/lib-dynload/..so"] = b""
    tree[b"usr/local/lib/python3.11/lib-dynload/\xff.\xfe.so"] = b""
    (one,) = _all(python_root(tree, [_PROGRAM])).interpreters
    assert (one.version, one.abi) == ("3.11", "cp311")


def test_names_of_libraries_of_nonsense() -> None:
    tree = {f"x{number}/lib/python{number % 10}/os.py".encode(): b"" for number in range(200)}
    tree |= {b"y/lib-python/9x/os.py": b"", b"y/lib-python/3/os.py": b"", b"lib/python3.11/os.py": b""}
    programs = [f"x{number}/bin/python" for number in range(200)] + ["y/bin/pypy", "bin/python"]
    files = MemoryRoot(tree, elves={program.encode(): PROGRAM for program in programs})
    known = _all(files)
    assert "/bin/python" in {one.path for one in known.interpreters}
