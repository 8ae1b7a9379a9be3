"""``advise --source`` as a user runs it: releases that lack what code uses are given up, with the line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.resources import RequestKind
from fakes.indexes.server import IndexServer

WITH_F = b"def f(x):\n    return x\n\n\ndef g(x, y=1):\n    return x\n"
WITHOUT_F = b"def g(x):\n    return x\n"
USES_F = "import lib\n\nlib.f(1)\n"


@pytest.fixture
def index() -> FakeIndex:
    """A library whose second release lost a function."""
    made = FakeIndex()
    made.add("lib", "1.0", contents={"lib/__init__.py": WITH_F})
    made.add("lib", "1.1", contents={"lib/__init__.py": WITH_F})
    made.add("lib", "2.0", contents={"lib/__init__.py": WITHOUT_F})
    made.add("other", "1.0", contents={"other.py": b""})
    return made


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def commands(stackwright: Commands) -> Commands:
    stackwright.write("src/requirements.txt", "lib\n")
    return stackwright


def advice(commands: Commands, code: str, *options: str) -> Any:
    commands.write("src/app.py", code)
    ran = commands.advise("--source", "src", "--format", "json", *options)
    assert ran.code == 0, ran.err
    return ran.json


def pin(report: Any, name: str = "lib") -> Any:
    (found,) = (each for each in report["pins"] if each["name"] == name)
    return found


def reasons(report: Any, unit: str) -> list[Any]:
    return [each for each in pin(report)["reasons"] if each["unit"] == unit]


def test_a_release_that_lacks_what_the_code_uses_is_given_up(commands: Commands) -> None:
    found = pin(advice(commands, USES_F))
    assert found["version"] == "1.1"
    (rejected,) = found["rejected"]
    assert rejected["version"] == "2.0"
    reason = rejected["reason"]
    assert reason["unit"] == "api-demand"
    assert "lib 2.0 has no lib.f" in reason["message"]
    assert "app.py:3:5" in reason["message"]
    assert reason["evidence"][0]["where"] == "app.py:3:5"


def test_its_twin_that_does_not_use_it_gets_the_newest(commands: Commands) -> None:
    found = pin(advice(commands, "import lib\n\nlib.g(1)\n"))
    assert (found["version"], found.get("rejected", [])) == ("2.0", [])


def test_an_argument_that_is_gone_counts_as_well(commands: Commands) -> None:
    found = pin(advice(commands, "from lib import g\n\ng(1, y=2)\n"))
    assert found["version"] == "1.1"
    assert "app.py:3:1" in found["rejected"][0]["reason"]["message"]


def test_the_text_names_the_line(commands: Commands) -> None:
    commands.write("src/app.py", USES_F)
    ran = commands.advise("--source", "src")
    assert ran.code == 0
    assert "2.0 lacks what app.py:3:5 uses: lib 2.0 has no lib.f" in ran.out


@pytest.mark.parametrize(
    "code",
    [
        "import lib\n\nif hasattr(lib, 'f'):\n    lib.f(1)\n",
        "import lib\n\ntry:\n    from lib import f\nexcept ImportError:\n    f = None\n",
        "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    from lib import f\n",
    ],
    ids=["hasattr", "import error", "type checking"],
)
def test_what_is_guarded_changes_nothing(commands: Commands, code: str) -> None:
    report = advice(commands, code)
    assert pin(report)["version"] == "2.0"
    assert reasons(report, "unmet-demand") == []


def test_what_only_tests_use_changes_nothing(commands: Commands) -> None:
    commands.write("src/tests/test_app.py", USES_F)
    assert pin(advice(commands, "import lib\n"))["version"] == "2.0"


def test_a_release_without_a_wheel_in_between_is_passed_over(commands: Commands, index: FakeIndex) -> None:
    index.add("lib", "1.5", wheel=False, sdist=True)
    found = pin(advice(commands, USES_F))
    assert found["version"] == "1.1"
    assert [each["version"] for each in found["rejected"]] == ["2.0", "1.5"]


def test_where_no_release_offers_it_nothing_is_refuted_and_a_warning_says_so(commands: Commands) -> None:
    report = advice(commands, "import lib\n\nlib.never(1)\n")
    assert pin(report)["version"] == "2.0"
    (warning,) = reasons(report, "unmet-demand")
    assert warning["level"] == "warning"
    assert "lib 2.0 has no lib.never" in warning["message"]
    assert "app.py:3:5" in warning["message"]
    commands.write("src/requirements.txt", "lib>=2\n")
    report = advice(commands, USES_F)
    assert pin(report)["version"] == "2.0"
    assert len(reasons(report, "unmet-demand")) == 1
    assert "warning: lib lacks what app.py:3:5 uses: lib 2.0" in commands.advise("--source", "src").out


def test_a_release_that_cannot_be_read_is_doubted_and_not_taken_for_one_that_offers_it(
    commands: Commands, index: FakeIndex
) -> None:
    index.add_file("lib", "lib-1.2-py3-none-any.whl", b"no wheel at all", metadata=METADATA)
    commands.write("src/app.py", USES_F)
    ran = commands.advise("--source", "src", "--format", "json")
    assert pin(ran.json)["version"] == "1.1"
    assert "what lib 1.2 offers" in ran.err


METADATA = b"Metadata-Version: 2.1\nName: lib\nVersion: 1.2\n"


def test_a_second_run_asks_the_index_for_nothing(commands: Commands, server: IndexServer) -> None:
    first = pin(advice(commands, USES_F))
    assert server.counts()[RequestKind.FILE] + server.counts()[RequestKind.RANGE] > 0
    server.requests.clear()
    assert pin(advice(commands, USES_F)) == first
    assert server.paths() == []
    assert pin(advice(commands, USES_F, "--offline")) == first
    assert server.paths() == []


def test_offline_what_is_not_known_is_doubted(commands: Commands, server: IndexServer) -> None:
    assert commands.advise("lib").code == 0
    server.requests.clear()
    commands.write("src/app.py", USES_F)
    ran = commands.advise("--source", "src", "--offline", "--format", "json")
    assert pin(ran.json)["version"] == "2.0"
    assert "what lib 2.0 offers" in ran.err
    assert server.paths() == []


def test_a_type_that_examines_no_stacks_ignores_it(commands: Commands) -> None:
    report = advice(commands, USES_F, "--type", "latest")
    assert pin(report)["version"] == "2.0"
    assert reasons(report, "unmet-demand") == []


def test_explaining_a_project_says_why_a_release_was_given_up(commands: Commands) -> None:
    commands.write("src/app.py", USES_F)
    ran = commands.main("explain", "lib", "--source", "src")
    assert ran.code == 0, ran.err
    assert "lib 1.1 is in the stack" in ran.out
    assert "2.0: lacks what app.py:3:5 uses" in ran.out
    asked = commands.main("explain", "lib==2.0", "--source", "src", "--format", "json")
    assert asked.code == 0, asked.err
    assert "api-demand" in asked.out


def test_what_nothing_declares_is_asked_for_and_told(commands: Commands) -> None:
    commands.write("src/app.py", "import lib\nimport numpy\n")
    commands.write("src/.venv/pyvenv.cfg", "")
    commands.write("src/.venv/lib/python3.11/site-packages/other-1.0.dist-info/METADATA", OTHER)
    commands.write("src/.venv/lib/python3.11/site-packages/other-1.0.dist-info/RECORD", "other.py,,\n")
    commands.write("src/more.py", "import other\n")
    ran = commands.advise("--source", "src", "--format", "json")
    assert "other is asked for as well: more.py:1 imports it, and nothing declares it" in ran.err
    assert "no requirements were named: those of src/requirements.txt are meant" in ran.err


OTHER = "Metadata-Version: 2.1\nName: other\nVersion: 1.0\n"


def test_a_name_that_is_a_guess_is_never_installed_unasked(commands: Commands, index: FakeIndex) -> None:
    index.add("guessable", "1.0")
    commands.write("src/app.py", "import lib\nimport guessable\n")
    ran = commands.advise("--source", "src", "--format", "json")
    assert ran.code == 0
    assert {each["name"] for each in ran.json["pins"]} == {"lib"}
    assert "app.py:2 imports guessable" in ran.err


@pytest.mark.parametrize("place", ["absent", "src/app.txt.gz"])
def test_a_source_that_cannot_be_read_is_told(commands: Commands, place: str) -> None:
    ran = commands.advise("--source", place, "lib")
    assert (ran.code, ran.out) == (2, "")
    assert place in ran.err and len(ran.err.splitlines()) == 2
