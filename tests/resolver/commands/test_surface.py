"""``surface`` and ``diff`` as a user runs them, over a loopback index."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

CODE = b"class C:\n    def m(self, a):\n        pass\n\n\ndef f(x, *, y=1):\n    pass\n"
LINUX = ("--python-version", "3.12", "--platform", "linux")


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("lib", "1.0", contents={"lib/__init__.py": b"from lib.a import C, f\n", "lib/a.py": CODE})
    index.add("lib", "2.0", contents={"lib/__init__.py": b"from lib.a import f\n", "lib/a.py": CODE[42:]})
    index.add("lib", "3.0", wheel=False, sdist=True)
    index.add("lib", "4.0", tags=["cp39-cp39-win32"], contents={"lib/__init__.py": b"x = 1\n"})
    index.add("user", "1.0", requires=["extra>=1"], contents={"user/__init__.py": b"from extra import *\n"})
    index.add("extra", "0.9", contents={"extra/__init__.py": b"old = 1\n"})
    index.add("extra", "1.5", contents={"extra/__init__.py": b"good = 1\n_hidden = 2\n"})
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def stackwright(tmp_path: Path, server: IndexServer) -> Commands:
    return Commands(tmp_path, server.url)


def test_a_surface_is_told_as_text_and_as_json(stackwright: Commands) -> None:
    ran = stackwright.main("surface", "Lib==1.0", *LINUX, COLUMNS="80")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("lib 1.0: 2 modules, 1 class, 1 function, 0 values\n")
    assert "  f(x, *, y=1)\n" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80
    report = stackwright.main("surface", "lib==1.0", *LINUX, "--format", "json").json
    assert [module["name"] for module in report["modules"]] == ["lib", "lib.a"]
    assert report["release"]["is_for_target"] is True


def test_one_module_alone(stackwright: Commands) -> None:
    ran = stackwright.main("surface", "lib==1.0", *LINUX, "--module", "lib.a", "--all")
    assert "lib.a  (lib/a.py)" in ran.out
    assert "lib  (" not in ran.out
    missing = stackwright.main("surface", "lib==1.0", *LINUX, "--module", "lib.b")
    assert (missing.code, "no public module lib.b" in missing.err) == (2, True)


def test_names_of_a_dependency_come_from_the_newest_release_that_is_admitted(stackwright: Commands) -> None:
    report = stackwright.main("surface", "user==1.0", *LINUX, "--format", "json").json
    (module,) = report["modules"]
    assert [(offer["name"], offer["kind"], offer["defined"]) for offer in module["offers"]] == [
        ("good", "outside", "extra.good")
    ]


def test_a_stored_surface_needs_no_index(stackwright: Commands, server: IndexServer) -> None:
    first = stackwright.main("surface", "lib==1.0", *LINUX)
    server.requests.clear()
    again = stackwright.main("surface", "lib==1.0", *LINUX, "--offline")
    assert (again.out, again.code, server.requests) == (first.out, 0, [])
    unknown = stackwright.main("surface", "lib==2.0", *LINUX, "--offline")
    assert (unknown.code, "--offline forbids" in unknown.err) == (3, True)


@pytest.mark.parametrize(
    ("release", "said"),
    [
        ("lib", "name a release"),
        ("lib==x", "cannot read"),
        ("lib==9", "has no release 9\n  its newest release is 4.0"),
        ("absent==1", "no index has absent"),
        ("lib==3.0", "lib 3.0 has no wheel"),
    ],
)
def test_mistakes_are_explained_in_two_lines(release: str, said: str, stackwright: Commands) -> None:
    ran = stackwright.main("surface", release, *LINUX)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 2)
    assert said in ran.err


def test_a_wheel_for_another_target_is_read_and_said_to_be_one(stackwright: Commands) -> None:
    ran = stackwright.main("surface", "lib==4.0", *LINUX)
    assert ran.code == 0
    assert "lib-4.0-cp39-cp39-win32.whl, which is not for" in ran.out


def test_a_diff_tells_what_breaks_and_where_it_is_used(stackwright: Commands) -> None:
    stackwright.write("app/a.py", "from lib import C\n\nC().m(1)\n")
    ran = stackwright.main("diff", "lib", "1.0", "2.0", *LINUX)
    assert ran.code == 0
    assert "  - class lib.C is gone, also as lib.a.C\n" in ran.out
    used = stackwright.main("diff", "lib", "1.0", "2.0", *LINUX, "--source", "app", "--strict")
    assert (used.code, "      a.py:1\n" in used.out) == (1, True)
    stackwright.write("other/a.py", "from lib import f\n\nf(1)\n")
    unused = stackwright.main("diff", "lib", "1.0", "2.0", *LINUX, "--source", "other", "--strict")
    assert (unused.code, "uses nothing that changes" in unused.out) == (0, True)


def test_a_diff_of_a_release_with_itself(stackwright: Commands) -> None:
    ran = stackwright.main("diff", "lib", "1.0", "1.0", *LINUX, "--strict")
    assert (ran.code, "does not differ" in ran.out) == (0, True)
    report = stackwright.main("diff", "lib", "1.0", "2.0", *LINUX, "--format", "json").json
    assert {change["path"] for change in report["changes"] if change["weight"] == "breaking"} == {"lib.C"}
