"""Predictors by name, and several processes at once, as a user asks for them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.endless import NAME, add_endless
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from resolver.predictors.choosing import names

PROJECTS = 18
EPOCH = "1700000000"
LIMIT = ("--limit", "3000")


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """Whose newest releases go together is like a largest independent set; no proof ends the search."""
    chance, index = random.Random(4), FakeIndex()
    for one in range(PROJECTS):
        others = [
            f"p{other}<3" for other in range(one + 1, PROJECTS) if chance.random() < 0.9 / (one / 4 + 1)
        ]
        index.add(f"p{one}", "1.0")
        index.add(f"p{one}", "2.0", requires=[other.replace("<3", "!=2") for other in others[:1]])
        index.add(f"p{one}", "3.0", requires=others)
    add_endless(index)
    with IndexServer(index) as running:
        yield running


ASKED = (*(f"p{one}" for one in range(PROJECTS)), NAME)


def advised(commands: Commands, *options: str) -> Ran:
    ran = commands.advise(*ASKED, *LIMIT, *options, "--format", "json", SOURCE_DATE_EPOCH=EPOCH)
    assert (ran.code, ran.err) == (0, "")
    return ran


def report(ran: Ran) -> dict[str, object]:
    return {key: value for key, value in ran.json.items() if key != "statistics"}


@pytest.mark.parametrize("name", names())
def test_every_predictor_can_be_asked_for_and_repeats_itself(stackwright: Commands, name: str) -> None:
    first = advised(stackwright, "--predictor", name, "--seed", "3")
    latest = advised(stackwright, "--predictor", "latest")
    assert first.json["score"] >= latest.json["score"]
    assert (first.json["score"] > latest.json["score"]) is (name != "latest")
    assert first.json["stopped_by"] == ("first stack" if name == "latest" else "limit")
    assert report(advised(stackwright, "--predictor", name, "--seed", "3")) == report(first)
    locks = [advised_lock(stackwright, "--predictor", name, "--seed", "3") for _ in range(2)]
    assert locks[0] == locks[1]


def advised_lock(commands: Commands, *options: str) -> str:
    ran = commands.advise(*ASKED, *LIMIT, *options, "--format", "pylock", SOURCE_DATE_EPOCH=EPOCH)
    assert (ran.code, ran.err) == (0, "")
    return ran.out


@pytest.mark.slow
@pytest.mark.parametrize("options", [("--jobs", "2"), ("--jobs", "3", "--predictor", "auto", "--count", "4")])
def test_several_processes_repeat_themselves(stackwright: Commands, options: Sequence[str]) -> None:
    first = advised(stackwright, *options)
    alone = advised(stackwright)
    assert first.json["stopped_by"] == "limit"
    assert first.json["score"] == alone.json["score"]
    assert first.json["unknowns"] == []
    assert report(advised(stackwright, *options)) == report(first)
    assert advised_lock(stackwright, *options) == advised_lock(stackwright, *options)
    scores = [other["score"] for other in first.json["others"]]
    assert len(scores) == (3 if "--count" in options else 0)
    assert scores == sorted(scores, reverse=True)


def left_behind(commands: Commands) -> list[Path]:
    """Processes that know the store of these commands."""
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"STACKWRIGHT_STORE={commands.store}".encode() in environ.read_bytes():
                found.append(environ)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("ended_by", ["a signal", "a time limit"])
def test_processes_end_with_the_run(stackwright: Commands, ended_by: str) -> None:
    assert advised(stackwright, "--jobs", "1").code == 0
    limits = ["--limit", "900000000", "--jobs", "2", "--format", "json", "-q"]
    if ended_by == "a time limit":
        limits += ["--time-limit", "9"]
    with stackwright.started("advise", *ASKED, *limits) as process:
        deadline = time.monotonic() + 30
        while len(left_behind(stackwright)) < 3:
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.02)
        time.sleep(0.2)
        if ended_by == "a signal":
            process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    made = json.loads(out)
    assert (process.returncode, err) == (0, b"")
    assert made["stopped_by"] == ("interrupted" if ended_by == "a signal" else "time limit")
    assert made["score"] > advised(stackwright, "--predictor", "latest").json["score"]
    assert left_behind(stackwright) == []


@pytest.mark.slow
def test_a_process_that_dies_is_told_and_the_others_go_on(stackwright: Commands) -> None:
    assert advised(stackwright, "--jobs", "1").code == 0
    limits = ("--limit", "900000000", "--jobs", "2", "--format", "json", "-q")
    with stackwright.started("advise", *ASKED, *limits) as process:
        deadline = time.monotonic() + 30
        while len(found := left_behind(stackwright)) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        others = [int(path.parent.name) for path in found if path.parent.name != str(process.pid)]
        os.kill(min(others), signal.SIGKILL)
        while len(left_behind(stackwright)) > 2:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        time.sleep(0.3)
        assert process.poll() is None
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=20)
    made = json.loads(out)
    assert process.returncode == 0
    told = [one["reason"] for one in made["unknowns"] if one["what"] == "search"]

    assert "exit code -9" in told[0]
    assert len(told) == 1
    assert left_behind(stackwright) == []


def test_code_in_the_working_directory_is_not_imported_by_processes(stackwright: Commands) -> None:
    for name in ("msgspec", "selectors", "json", "resolver", "random"):
        stackwright.write(f"{name}.py", f"open('{name}.imported', 'w')\nraise SystemExit(9)\n")
    stackwright.environ["PYTHONPATH"] = ""
    ran = advised(stackwright, "--jobs", "2")
    assert ran.json["unknowns"] == []
    assert list(stackwright.folder.glob("*.imported")) == []


def test_an_unknown_predictor_is_refused_with_those_there_are(stackwright: Commands) -> None:
    ran = stackwright.advise("p1", "--predictor", "clairvoyance")
    assert (ran.code, ran.out) == (2, "")
    first, second = ran.err.splitlines()
    assert first == "stackwright: error: --predictor: there is no predictor named clairvoyance"
    assert second == f"  known: {', '.join(names())}"


@pytest.mark.parametrize("jobs", ["0", "65", "two", "-1"])
def test_numbers_of_processes_that_make_no_sense(stackwright: Commands, jobs: str) -> None:
    ran = stackwright.advise("p1", f"--jobs={jobs}")
    assert ran.code == 2
    assert "is no number from 1 to 64" in ran.err


def test_a_project_names_its_predictor_and_an_option_counts_more(stackwright: Commands) -> None:
    stackwright.write("pyproject.toml", '[tool.stackwright]\npredictor = "latest"\n')
    assert advised(stackwright).json["stopped_by"] == "first stack"
    assert advised(stackwright, "--predictor", "annealing").json["stopped_by"] == "limit"
    stackwright.write("pyproject.toml", '[tool.stackwright]\npredictor = "nearest"\n')
    ran = stackwright.advise("p1")
    assert ran.code == 2
    assert "pyproject.toml: [tool.stackwright]: predictor: there is no predictor named nearest" in ran.err
    stackwright.write("pyproject.toml", "[tool.stackwright]\npredictor = 3\n")
    ran = stackwright.advise("p1")
    assert ran.code == 2
    assert "pyproject.toml: [tool.stackwright]: predictor is no text" in ran.err


def test_auto_leaves_a_type_alone_that_stops_at_the_first_stack(stackwright: Commands) -> None:
    assert advised(stackwright, "--predictor", "auto", "--type", "latest").json["stopped_by"] == "first stack"
    assert advised(stackwright, "--predictor", "auto").json["stopped_by"] == "limit"


def test_predictors_are_listed_beside_units(stackwright: Commands) -> None:
    ran = stackwright.main("units", "list", "--no-rules", "--predictor", "tree-search", "--format", "json")
    listed = {unit["name"]: unit["applies"] for unit in ran.json if unit["kind"] == "predictor"}
    assert listed == {name: name == "tree-search" for name in names()}
