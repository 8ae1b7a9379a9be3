"""An existing lock beside the advice: its score, what stands against it, and its worth as a start."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

GOOD = "app==2.0\nlib==2.0\n"


@pytest.fixture
def index() -> FakeIndex:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib"])
    index.add("app", "2.0", requires=["lib>=2"])
    index.add("app", "3.0", requires=["lib>=2", "tool[fast]; python_version>'3'"])
    index.add("lib", "1.0")
    index.add("lib", "2.0")
    index.add("lib", "2.5", yanked="broken")
    index.add("lib", "3.0", requires_python=">=3.99")
    index.add("lib", "4.0")
    index.add("tool", "1.0", extras={"fast": ["speed"]})
    index.add("speed", "1.0")
    index.add("speed", "0.9", requires=["gone"])
    return index


@pytest.fixture
def server(index: FakeIndex) -> Iterator[IndexServer]:
    with IndexServer(index) as running:
        yield running


def existing(commands: Commands, lock: str, *arguments: str) -> dict[str, Any]:
    commands.write("requirements.txt", lock)
    report = commands.advise("app", "--prefer", "requirements.txt", "--format", "json", *arguments).json
    (found,) = report["existing"]
    assert found["path"] == "requirements.txt"
    assert isinstance(found, dict)
    return found


def told(found: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    return [(v["name"], v["version"], v["reason"]["message"]) for v in found["violations"]]


def test_a_lock_that_holds_has_its_score_and_nothing_against_it(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", GOOD)
    ran = stackwright.advise("app", "--prefer", "requirements.txt", "--format", "json")
    (found,) = ran.json["existing"]
    assert found["violations"] == []
    assert found["score"] == ran.json["score"] < 0
    assert {pin["name"]: pin["version"] for pin in ran.json["pins"]} == {"app": "2.0", "lib": "2.0"}


@pytest.mark.parametrize(
    ("lock", "violations"),
    [
        ("app==2.0\nlib==1.0\n", [("lib", "1.0", "app 2.0 depends on lib>=2")]),
        ("app==2.0\nlib==2.5\n", [("lib", "2.5", "was yanked: broken")]),
        ("app==2.0\nlib==2.2\n", [("lib", "2.2", "the index does not list this release")]),
        ("app==2.0\n", [("lib", None, "is not pinned, and app 2.0 depends on lib>=2")]),
        ("lib==2.0\n", [("app", None, "is not pinned, and you require app")]),
        (GOOD + "speed==1.0\n", [("speed", "1.0", "nothing asks for it any more")]),
        (
            "app==3.0\nlib==4.0\ntool==1.0\nspeed==0.9\ngone==1\n",
            [("gone", "1", "no index has it")],
        ),
    ],
)
def test_what_stands_against_a_lock(
    stackwright: Commands, lock: str, violations: list[tuple[str, str | None, str]]
) -> None:
    found = existing(stackwright, lock)
    assert [one for one in told(found) if one[2] != "nothing asks for it any more"] == [
        one for one in violations if one[2] != "nothing asks for it any more"
    ]
    assert set(violations) <= set(told(found))


def test_a_release_that_the_target_cannot_use(stackwright: Commands) -> None:
    found = existing(stackwright, "app==2.0\nlib==3.0\n")
    ((name, version, message),) = told(found)
    assert (name, version) == ("lib", "3.0")
    assert message.startswith("needs Python >=3.99")
    assert found["violations"][0]["reason"]["unit"] == "requires-python"


def test_a_lock_without_a_release_it_needs_has_no_score(stackwright: Commands) -> None:
    assert existing(stackwright, "app==2.0\n")["score"] is None
    assert existing(stackwright, "app==2.0\nlib==2.2\n")["score"] is None
    assert existing(stackwright, "app==2.0\nlib==1.0\n")["score"] < 0


def test_requirements_and_constraints_count(stackwright: Commands) -> None:
    stackwright.write("limits.txt", "lib>=4\n")
    found = existing(stackwright, GOOD, "app>2", "-c", "limits.txt")
    assert told(found) == [
        ("app", "2.0", "you require app>2"),
        ("lib", "2.0", "is excluded by lib>=4 (limits.txt:1:1)"),
    ]


def test_the_table_says_it_too(stackwright: Commands) -> None:
    stackwright.write("requirements.txt", "app==2.0\nlib==2.5\nspeed==1.0\n")
    ran = stackwright.advise("app", "-o", "requirements.txt")
    lines = ran.out.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("requirements.txt as it was"))
    assert lines[start].endswith(", 2 violations")
    assert lines[start + 1 : start + 3] == [
        "  lib 2.5: was yanked: broken",
        "  speed 1.0: nothing asks for it any more",
    ]
    again = stackwright.advise("app", "-o", "requirements.txt")
    assert "requirements.txt as it was: score " in again.out
    assert "nothing against it" in again.out


def test_a_lock_is_looked_at_where_there_is_no_stack(stackwright: Commands) -> None:
    ran = stackwright.advise("app", "lib<2", "app>1", "--format", "json")
    assert ran.json["existing"] == []
    stackwright.write("requirements.txt", GOOD)
    ran = stackwright.advise("app>1", "lib<2", "--prefer", "requirements.txt", "--format", "json")
    assert ran.code == 1
    assert told(ran.json["existing"][0]) == [("lib", "2.0", "you require lib<2")]


def test_what_is_upgraded_is_shown_beside_what_was(stackwright: Commands) -> None:
    found = existing(stackwright, GOOD, "--upgrade")
    assert told(found) == []
    assert found["score"] < 0


def test_offline_what_is_not_stored_is_told(stackwright: Commands) -> None:
    assert stackwright.advise("app", "-q").code == 0
    found = existing(stackwright, GOOD, "--upgrade", "--offline")
    assert found["score"] is None
    assert [name for name, _, _ in told(found)] == ["app", "lib"]


def test_a_lock_that_is_better_than_the_newest_stack_is_where_climbing_starts(
    stackwright: Commands, index: FakeIndex
) -> None:
    """Without a single move, what was locked is found again where it scores better."""
    index.add("base", "1.0", requires=["part"])
    index.add("base", "2.0", requires=["part<1.1"])
    for number in range(31):
        index.add("part", f"1.{number}")
    ask = ("base", "part", "--limit", "0", "--format", "json")
    newest = stackwright.advise(*ask).json
    stackwright.write("pins.txt", "base==1.0\npart==1.30\n")
    upgraded = stackwright.advise(*ask, "--prefer", "pins.txt", "--upgrade").json
    assert [pin["version"] for pin in newest["pins"]] == ["2.0", "1.0"]
    assert [pin["version"] for pin in upgraded["pins"]] == ["1.0", "1.30"]
    assert upgraded["score"] == upgraded["existing"][0]["score"] > newest["score"]
