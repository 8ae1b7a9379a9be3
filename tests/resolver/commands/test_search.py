"""Options that say what to search for and how long, as a user gives them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

HOLES = 6


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    for number in range(1, 4):
        index.add("app", f"{number}.0", requires=["lib"])
        index.add("lib", f"{number}.0")
    index.add("base", "1.0", requires=["part"])
    index.add("base", "2.0", requires=["part<1.1"])
    for number in range(31):
        index.add("part", f"1.{number}")
    for pigeon in range(HOLES + 1):
        for hole in range(HOLES):
            index.add(f"pigeon{pigeon}", f"{hole + 1}", requires=[f"hole{hole}=={pigeon + 1}"])
            index.add(f"hole{hole}", f"{pigeon + 1}")
    with IndexServer(index) as running:
        yield running


PIGEONS = tuple(f"pigeon{number}" for number in range(HOLES + 1))


@pytest.mark.parametrize(
    ("resolution", "pins"),
    [
        ("highest", {"app": "3.0", "lib": "3.0"}),
        ("lowest-direct", {"app": "2.0", "lib": "3.0"}),
        ("lowest", {"app": "2.0", "lib": "1.0"}),
    ],
)
@pytest.mark.parametrize("kind", ["latest", "stable"])
def test_resolution(stackwright: Commands, resolution: str, pins: dict[str, str], kind: str) -> None:
    ran = stackwright.advise("app>=2", "--resolution", resolution, "--type", kind, "--format", "json")
    assert {pin["name"]: pin["version"] for pin in ran.json["pins"]} == pins
    assert ran.json["status"] == "optimal"


def test_the_report_says_why_the_newer_releases_are_not_taken(stackwright: Commands) -> None:
    ran = stackwright.advise("app", "--resolution", "lowest-direct", COLUMNS="200")
    assert "3.0 --resolution lowest-direct takes the oldest release that fits" in ran.out
    assert "warning: no lower bound is stated for app: the oldest release that fits is meant" in ran.out
    assert "Python" not in ran.out.partition(":\n")[2]


def test_explain_knows_the_resolution(stackwright: Commands) -> None:
    ran = stackwright.main("explain", "app==3.0", "app>=2", "--resolution", "lowest-direct")
    assert ran.code == 0
    assert "--resolution lowest-direct takes the oldest release that fits" in ran.out


def test_a_search_that_is_stopped_says_so_and_how_to_go_on(stackwright: Commands) -> None:
    ran = stackwright.advise(*PIGEONS, "--limit-conflicts", "20", "--format", "json")
    assert ran.code == 1
    assert (ran.json["status"], ran.json["stopped_by"]) == ("not_proven", "conflict limit")
    assert ran.json["statistics"]["conflicts"] == 21
    text = stackwright.advise(*PIGEONS, "--limit-conflicts", "20", "-o", "requirements.txt", COLUMNS="300")
    assert "that there is none is not proven" in text.err
    assert "stopped after 21 conflicts without a stack (conflict limit)" in text.err
    assert "A larger --limit-conflicts lets it go on" in text.err
    assert not stackwright.path("requirements.txt").exists()


def test_a_larger_limit_brings_the_proof(stackwright: Commands) -> None:
    ran = stackwright.advise(*PIGEONS, "--limit-conflicts", "1000", "--format", "json")
    assert (ran.json["status"], ran.json["stopped_by"]) == ("unsatisfiable", None)


def test_a_time_limit_ends_a_search(stackwright: Commands) -> None:
    ran = stackwright.advise("app", "--time-limit", "0.000001", "--format", "json")
    assert ran.code == 1
    assert (ran.json["status"], ran.json["stopped_by"]) == ("not_proven", "time limit")
    text = stackwright.advise("app", "--time-limit", "0.000001", COLUMNS="300")
    assert "A larger --time-limit lets it go on" in text.out


def test_what_cannot_be_had_does_not_spoil_the_stack_that_was_found(
    stackwright: Commands, server: IndexServer
) -> None:
    assert stackwright.advise("base", "part", "--type", "latest", "-q").code == 0
    kept = stackwright.advise("base", "part", "--offline", "--format", "json")
    assert kept.code == 0
    assert [pin["version"] for pin in kept.json["pins"]] == ["2.0", "1.0"]
    assert [unknown["what"] for unknown in kept.json["unknowns"]] == ["better stacks"]
    server.fault("*base-1.0*", Fault.status(403))
    refused = stackwright.advise("base", "part", "--format", "json")
    assert refused.code == 0
    assert [pin["version"] for pin in refused.json["pins"]] == ["2.0", "1.0"]
    server.heal()
    better = stackwright.advise("base", "part", "--format", "json")
    assert [pin["version"] for pin in better.json["pins"]] == ["1.0", "1.30"]


def test_the_same_seed_gives_the_same_report(stackwright: Commands) -> None:
    def report(seed: str) -> object:
        made = stackwright.advise("base", "part", "app<3", "--seed", seed, "--format", "json").json
        return {key: value for key, value in made.items() if key not in ("created_at", "statistics")}

    assert stackwright.advise("base", "part", "app<3", "-q").code == 0
    assert report("7") == report("7")


def test_the_best_stacks_are_told(stackwright: Commands) -> None:
    ran = stackwright.advise("app", "--count", "4", "--format", "json")
    assert ran.json["status"] == "optimal"
    assert {pin["name"]: pin["version"] for pin in ran.json["pins"]} == {"app": "3.0", "lib": "3.0"}
    others = [(other["pins"]["app"], other["pins"]["lib"]) for other in ran.json["others"]]
    assert others == [("3.0", "2.0"), ("3.0", "1.0"), ("2.0", "3.0")]
    scores = [other["score"] for other in ran.json["others"]]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] < ran.json["score"]
    text = stackwright.advise("app", "--count", "3", COLUMNS="200").out
    assert "stack 2: score -0.032, with lib 2.0\nstack 3: score -0.058, with lib 1.0\n" in text
    assert "stack 2" not in stackwright.advise("app").out
    assert (
        stackwright.advise("app", "--count", "3", "--type", "latest", "--format", "json").json["others"] == []
    )


def test_without_a_move_the_first_stack_is_the_result(stackwright: Commands) -> None:
    first = stackwright.advise("base", "part", "--limit", "0", "--format", "json")
    assert [pin["version"] for pin in first.json["pins"]] == ["2.0", "1.0"]
    assert (first.json["status"], first.json["stopped_by"]) == ("feasible", "limit")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *(("--limit", value) for value in ("-1", "many", "1.5", "9" * 10, "")),
        *(("--limit-conflicts", value) for value in ("-1", "x")),
        *(("--time-limit", value) for value in ("0", "-1", "nan", "inf", "soon", "1e7")),
        *(("--count", value) for value in ("0", "101", "x")),
        *(("--seed", value) for value in ("-1", "x", "0x1")),
        ("--resolution", "oldest"),
    ],
)
def test_what_is_no_number_is_told(stackwright: Commands, option: str, value: str) -> None:
    ran = stackwright.advise("app", f"{option}={value}")
    assert ran.code == 2
    assert f"argument {option}: " in ran.err
