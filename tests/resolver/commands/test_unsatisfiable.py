"""Requirements that nothing meets: exit code 1, an explanation, and no file."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

ASKED = ("flask", "werkzeug<3")


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("flask", "3.0", requires=["werkzeug>=3"])
    index.add("werkzeug", "3.1")
    index.add("werkzeug", "2.0")
    with IndexServer(index) as running:
        yield running


def test_explanation_is_the_result(stackwright: Commands, server: IndexServer) -> None:
    ran = stackwright.advise(*ASKED, COLUMNS="200")
    assert ran.code == 1
    assert ran.out.splitlines()[1:9] == [
        "",
        "In short: flask depends on werkzeug>=3, but you require werkzeug<3.",
        "",
        "Because flask depends on werkzeug>=3 and you require werkzeug<3, flask cannot be used.",
        "And because you require flask, your requirements cannot be met together.",
        "",
        "What would help, the cheapest first:",
        "  1. change werkzeug<3 to werkzeug<=3.1: gives flask 3.0, werkzeug 3.1 (score 0.000)",
    ]
    assert ran.out.startswith("No stack for cpython 3.")
    assert ran.err == f"stackwright: the index is {server.url}\n"


def test_explanation_names_the_lines_of_files(stackwright: Commands) -> None:
    stackwright.write("web.in", "flask\n\nwerkzeug<3\n")
    ran = stackwright.advise("-r", "web.in", COLUMNS="200")
    assert "you require werkzeug<3 (web.in:3:1)" in ran.out
    assert "you require flask (web.in:1:1)" in ran.out


def test_report_has_the_status_and_the_explanation(stackwright: Commands) -> None:
    ran = stackwright.advise(*ASKED, "--format", "json")
    assert ran.code == 1
    assert ran.json["status"] == "unsatisfiable"
    assert (ran.json["pins"], ran.json["score"], ran.json["bound"]) == ([], None, None)
    assert ran.json["explanation"][-1].endswith("your requirements cannot be met together.")
    assert "No stack for " in ran.err


@pytest.mark.parametrize("name", ["pylock.toml", "requirements.txt", "advice.json"])
def test_output_is_not_written(stackwright: Commands, name: str) -> None:
    ran = stackwright.advise(*ASKED, "-o", name)
    assert (ran.code, ran.out) == (1, "")
    assert "No stack for " in ran.err
    assert not stackwright.path(name).exists()
    old = stackwright.write(name, "old")
    assert stackwright.advise(*ASKED, "-o", name).code == 1
    assert old.read_text() == "old"
    assert list(stackwright.folder.iterdir()) == [old]


@pytest.mark.parametrize("file_format", ["pylock", "requirements"])
def test_lockfile_on_standard_output_stays_empty(stackwright: Commands, file_format: str) -> None:
    ran = stackwright.advise(*ASKED, "--format", file_format)
    assert (ran.code, ran.out) == (1, "")
    assert "No stack for " in ran.err


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("flask==9", "you require flask==9 and there is no such release (the newest is 3.0)"),
        ("nowhere", "the index has no project named nowhere"),
        ("flask>3,<3", "you require flask<3,>3 and there is no such release (the newest is 3.0)"),
        ("werkzeug>=3,<3.1", "and there is no such release (the newest is 3.1)"),
    ],
)
def test_simple_causes_are_told_simply(stackwright: Commands, asked: str, told: str) -> None:
    ran = stackwright.advise(asked, COLUMNS="200")
    assert ran.code == 1
    assert told in ran.out


def test_explanation_is_the_same_cold_and_warm(stackwright: Commands) -> None:
    cold, warm = (
        json.loads(stackwright.advise(*ASKED, "--format", "json").out)["explanation"] for _ in range(2)
    )
    assert cold == warm
