"""Findings about installed distributions: each with what is wrong, and beside it what is not."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Callable

import pytest

from analyzers.evidence import Finding, Level
from fakes.images.python_roots import cataloged, distribution_files, python_files, python_root, run_config
from fakes.images.roots import MemoryRoot
from images.catalogers.catalog import Catalog
from images.facts.environment import Fact
from images.findings import (
    changed_files,
    missing_files,
    several_versions,
    unmet_requirements,
    unsuited_distributions,
)
from images.reports.image_config import ImageConfig
from images.roots.root_files import RootFiles

_PROGRAM = "usr/local/bin/python3.11"
_SITE = "usr/local/lib/python3.11/site-packages"
_GLIBC = {
    "libc.name": Fact(value="glibc", source="x"),
    "libc.version": Fact(value="2.36", source="x"),
    "os.kernel": Fact(value="linux", source="x"),
}
_Find = Callable[[RootFiles, ImageConfig, Catalog, datetime.date], tuple[Finding, ...]]


def _found(
    find: _Find,
    tree: dict[bytes, bytes],
    *environ: str,
    links: dict[str, str] | None = None,
    facts: dict[str, Fact] | None = None,
    layers: dict[str, int] | None = None,
) -> list[Finding]:
    files = python_root(python_files("usr/local", "3.11.7") | tree, [_PROGRAM], links, layers)
    config = run_config(*environ)
    known = cataloged(files, config, Catalog(facts=facts or {}))
    return list(find(files, config, known, datetime.date(2026, 1, 1)))


def _record(*paths: str) -> bytes:
    return "".join(f"{path},,\n" for path in paths).encode()


def _files(*paths: str) -> dict[bytes, bytes]:
    return {f"{_SITE}/{path}".encode(): b"" for path in paths}


def test_files_that_are_gone() -> None:
    rows = ["a/__init__.py", "a/x.py", '"a/y,z.py"', "../../../bin/a", "a-1.dist-info/METADATA", "a/data.txt"]
    tree = distribution_files(_SITE, "a", "1", {"RECORD": _record(*rows)})
    (gone,) = _found(missing_files.find, tree)
    assert (gone.id, gone.level, gone.subject) == ("distribution-files-missing", Level.ERROR, "a")
    assert f"a 1 is installed in /{_SITE}" in gone.message
    assert "its files are gone (a/__init__.py, a/x.py, a/y,z.py)" in gone.message
    (some,) = _found(missing_files.find, tree | _files("a/__init__.py", "a/x.py"))
    assert (some.level, "1 of 3 files that were looked for are gone (a/y,z.py)" in some.message) == (
        Level.WARNING,
        True,
    )
    assert _found(missing_files.find, tree | _files("a/__init__.py", "a/x.pyc", "a/y,z.py")) == []


@pytest.mark.parametrize(
    "rows",
    [
        ["../../../../../../etc/passwd.py", "/etc/x.py", "a\0b.py"],
        ["a/tests/test_x.py", "a/__pycache__/x.cpython-311.pyc", "a/data/x.json"],
        ["", "'\"", '"unclosed', ",,,,"],
    ],
)
def test_rows_that_say_nothing_about_missing_files(rows: list[str]) -> None:
    tree = distribution_files(_SITE, "a", "1", {"RECORD": _record(*rows)})
    assert _found(missing_files.find, tree) == []


def test_a_large_record_is_sampled() -> None:
    rows = [f"a/m{number}.py" for number in range(50_000)]
    (finding,) = _found(missing_files.find, distribution_files(_SITE, "a", "1", {"RECORD": _record(*rows)}))
    assert "its files are gone" in finding.message
    half = _files(*rows[:25_000])
    (finding,) = _found(
        missing_files.find, distribution_files(_SITE, "a", "1", {"RECORD": _record(*rows)}) | half
    )
    assert finding.level is Level.WARNING


def test_without_a_record_the_names_of_modules_are_looked_for() -> None:
    tree = {
        f"{_SITE}/a-1.egg-info/PKG-INFO".encode(): b"Name: a\nVersion: 1\n",
        f"{_SITE}/a-1.egg-info/top_level.txt".encode(): b"a\n_a\n",
    }
    (finding,) = _found(missing_files.find, tree)
    assert "its files are gone (a, _a)" in finding.message
    for there in ("a/__init__.py", "a.py", "_a.cpython-311-x86_64-linux-gnu.so"):
        assert _found(missing_files.find, tree | _files(there)) == []


def test_several_versions_in_one_search_path_and_which_wins() -> None:
    tree = distribution_files(_SITE, "a", "1") | distribution_files("libs", "a", "2")
    tree |= distribution_files(_SITE, "b", "1") | distribution_files("libs", "b", "1")
    (finding,) = _found(several_versions.find, tree, "PYTHONPATH=/libs")
    assert (finding.id, finding.level, finding.subject) == ("several-versions", Level.INFO, "a")
    assert f"/{_PROGRAM} imports a 2 from /libs, which hides 1 in /{_SITE}" in finding.message
    assert _found(several_versions.find, tree) == []


def test_two_versions_in_one_directory() -> None:
    tree = distribution_files(_SITE, "a", "1") | distribution_files(_SITE, "a", "2")
    (finding,) = _found(several_versions.find, tree)
    assert finding.level is Level.WARNING
    assert "with versions 1 and 2 at once" in finding.message


def _hashed(path: str, content: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(content)}\n"


def test_files_that_were_changed() -> None:
    record = _hashed("a/x.py", b"old") + _hashed("a/y.py", b"same") + _hashed("a/z.pyc", b"old")
    record += "a/gone.py,sha256=xxx,1\na/none.py,,\n" + _hashed("../../../bin/a", b"old")
    tree = distribution_files(_SITE, "a", "1", {"RECORD": record.encode()})
    tree |= {f"{_SITE}/a/x.py".encode(): b"new", f"{_SITE}/a/y.py".encode(): b"same"}
    tree |= {f"{_SITE}/a/z.pyc".encode(): b"new", b"usr/local/bin/a": b"new"}
    (finding,) = _found(changed_files.find, tree, layers={f"{_SITE}/a/x.py": 2})
    assert (finding.id, finding.subject) == ("distribution-files-changed", "a")
    assert f"2 files were changed after installation (/{_SITE}/a/x.py, /usr/local/bin/a)" in finding.message
    assert "set by layer 2" in finding.evidence[0].what


class _WithoutDigests(MemoryRoot):
    def sha256(self, path: bytes) -> bytes | None:
        return None


def test_without_digests_nothing_is_said_about_changes() -> None:
    tree = distribution_files(_SITE, "a", "1", {"RECORD": _hashed("a/x.py", b"old").encode()})
    tree |= {f"{_SITE}/a/x.py".encode(): b"new"}
    files = _WithoutDigests(tree)
    known = cataloged(files)
    assert len(known.distributions) == 1
    assert changed_files.find(files, run_config(), known, datetime.date(2026, 1, 1)) == ()


@pytest.mark.parametrize(
    ("requires", "said"),
    [
        ("b>=2", f"but /{_PROGRAM} imports b 1.5 from /{_SITE}"),
        ("c", f"but /{_PROGRAM} finds no c"),
        ("B.x ; python_version >= '3.11'", f"but /{_PROGRAM} finds no b-x"),
        ("c; sys_platform == 'linux' and platform_machine == 'x86_64'", "finds no c"),
        ("c @ https://example.org/c.whl", "finds no c"),
    ],
)
def test_requirements_that_are_not_met(requires: str, said: str) -> None:
    tree = distribution_files(_SITE, "a", "1", head=f"Requires-Dist: {requires}\n")
    (finding,) = _found(unmet_requirements.find, tree | distribution_files(_SITE, "b", "1.5"))
    assert (finding.id, finding.subject) == ("requirement-not-met", "a")
    assert f"a 1 in /{_SITE} requires {requires}, " in finding.message
    assert said in finding.message


@pytest.mark.parametrize(
    "requires",
    [
        "b",
        "b>1,<2",
        "B>=1.0.dev0",
        "c; extra == 'x'",
        "c; python_version < '3.11'",
        "c; sys_platform == 'win32'",
        "c; platform_release >= '6'",
        "c; implementation_name == 'pypy'",
        "c; python_version < '3' or extra == 'x'",
        "is no requirement at all",
        "c;" + "(" * 5000,
        "d",
    ],
)
def test_requirements_that_are_met_or_not_judged(requires: str) -> None:
    tree = distribution_files(_SITE, "a", "1", head=f"Requires-Dist: {requires}\n")
    tree |= distribution_files(_SITE, "b", "1.5") | distribution_files(_SITE, "d", "unknown")
    assert _found(unmet_requirements.find, tree) == []


def test_an_environment_with_system_sites_meets_its_requirements_there() -> None:
    site = "opt/venv/lib/python3.11/site-packages"
    tree = distribution_files(site, "a", "1", head="Requires-Dist: b\n") | distribution_files(_SITE, "b", "1")
    links = {"opt/venv/bin/python": f"/{_PROGRAM}"}
    for system, count in (("true", 0), ("false", 1)):
        text = f"home = /usr/local/bin\nversion = 3.11.7\ninclude-system-site-packages = {system}\n"
        configured = tree | {b"opt/venv/pyvenv.cfg": text.encode()}
        assert len(_found(unmet_requirements.find, configured, links=links)) == count


@pytest.mark.parametrize(
    ("requires_python", "is_excluded"),
    [(">=3.12", True), ("<3.11.7", True), (">=3.8,<4", False), ("x", False)],
)
def test_what_excludes_its_interpreter(requires_python: str, is_excluded: bool) -> None:
    tree = distribution_files(_SITE, "a", "1", head=f"Requires-Python: {requires_python}\n")
    found = _found(unsuited_distributions.find, tree)
    assert [finding.id for finding in found] == ["python-not-admitted"] * is_excluded
    if found:
        assert f"requires Python {requires_python}, but /{_PROGRAM} is Python 3.11.7" in found[0].message


@pytest.mark.parametrize(
    ("tags", "fits"),
    [
        (["py3-none-any"], True),
        (["cp311-cp311-linux_x86_64"], True),
        (["cp39-abi3-manylinux_2_17_x86_64"], True),
        (["cp310-cp310-manylinux_2_17_x86_64", "cp311-cp311-manylinux_2_17_x86_64"], True),
        (["cp310-cp310-manylinux_2_17_x86_64"], False),
        (["cp311-cp311-musllinux_1_2_x86_64"], False),
        (["cp311-cp311-manylinux_2_39_x86_64"], False),
        (["cp311-cp311-manylinux_2_17_aarch64"], False),
        (["no tag"], False),
        ([], True),
    ],
)
def test_wheels_of_another_platform(tags: list[str], fits: bool) -> None:
    wheel = "".join(f"Tag: {tag}\n" for tag in tags).encode()
    tree = distribution_files(_SITE, "a", "1", {"WHEEL": wheel})
    found = _found(unsuited_distributions.find, tree, facts=_GLIBC)
    assert [finding.id for finding in found] == ["wheel-does-not-fit"] * (not fits)
    if found:
        assert f"/{_PROGRAM} is cpython 3.11.7 on x86_64 with glibc 2.36" in found[0].message
    assert _found(unsuited_distributions.find, tree) == [], "nothing is said where the C library is not known"


def test_what_no_interpreter_uses_is_not_judged() -> None:
    head = "Requires-Dist: c\nRequires-Python: <3\n"
    tree = distribution_files("var/task", "a", "1", {"WHEEL": b"Tag: cp27-cp27m-win32\n"}, head=head)
    tree[b"var/task/a-1.dist-info/RECORD"] = _record("a.py")
    for find in (
        missing_files.find,
        unmet_requirements.find,
        unsuited_distributions.find,
        several_versions.find,
    ):
        assert _found(find, tree, facts=_GLIBC) == []
