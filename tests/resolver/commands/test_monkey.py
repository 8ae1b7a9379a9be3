"""The command on an index of tiny wheels: plans, real probes, resumption, what is kept or refused."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator

import pytest

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

APP = "import lib\n"
OLD_APP = "from lib import gone\n"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """An app whose old release needs something of lib that its newest release no longer has."""
    index = FakeIndex()
    for version, text in (("1.0", OLD_APP), ("2.0", APP), ("3.0", APP)):
        index.add("app", version, requires=["lib"], contents={"app/__init__.py": text.encode()})
    for version, text in (("1.0", "gone = 1\n"), ("2.0", "gone = 1\n"), ("3.0", "")):
        index.add("lib", version, contents={"lib/__init__.py": text.encode()})
    index.add("slowpoke", "1.0", contents={"slowpoke.py": b"import time\ntime.sleep(0.4)\n"})
    index.add("slowpoke", "2.0", contents={"slowpoke.py": b"import time\ntime.sleep(0.4)\n"})
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def commands(stackwright: Commands) -> Commands:
    return stackwright


def test_a_dry_run_shows_stacks_and_leaves_nothing(commands: Commands) -> None:
    ran = commands.main("monkey", "app", "--dry-run", "--count", "9")
    assert ran.code == 0
    lines = [line.split() for line in ran.out.splitlines() if "app==" in line]
    assert len({line[0] for line in lines}) == len({tuple(line[1:]) for line in lines}) == 9
    assert "9 stacks, with 9 of 9 pairs of releases (100 %)" in ran.out
    assert not list(commands.folder.iterdir())
    again = commands.main("monkey", "app", "--dry-run", "--count", "9")
    assert again.out == ran.out


def test_all_is_every_combination_and_ends(commands: Commands) -> None:
    ran = commands.main("monkey", "app", "lib>1", "--dry-run", "--decision", "all")
    assert ran.out.count("app==") == 6


def test_weights_leave_out_what_weighs_nothing(commands: Commands) -> None:
    commands.write("weights.toml", '[app]\n"<3" = 0\n')
    ran = commands.main("monkey", "app", "--dry-run", "--weights", "weights.toml", "--format", "json")
    plan = [json.loads(line) for line in ran.out.splitlines()]
    assert plan[0]["decision"] == "distribution"
    apps = {pin["version"] for one in plan[1:] for pin in one["pins"] if pin["project"] == "app"}
    assert apps == {"3.0"}


def test_nothing_to_sample_from_is_told(commands: Commands) -> None:
    ran = commands.main("monkey", "app>9", "--count", "2")
    assert (ran.code, ran.out) == (1, "")
    assert "no stack to sample from" in ran.err


@pytest.mark.slow
def test_what_fails_is_found_blamed_and_kept(commands: Commands) -> None:
    ran = commands.run("monkey", "app", "--count", "9", "--jobs", "2", "-o", "m", "--format", "json", "-q")
    assert ran.code == 0, ran.err
    report = ran.json
    assert (report["passed"], report["failed"], report["left"]) == (8, 1, 0)
    (one,) = report["incompatibilities"]
    assert (one["projects"], one["sureness"]) == (["app", "lib"], "certain")
    assert {(span["project"], span["newest"]) for span in one["failing"]} == {("app", "1.0"), ("lib", "3.0")}
    assert str(commands.folder) not in ran.out
    kept = [json.loads(line) for line in commands.path("m/observations.jsonl").read_text().splitlines()]
    (failed,) = [row for row in kept if row["outcome"] == "failed"]
    assert [row["version"] for row in failed["blame"]] == ["1.0", "3.0"]
    assert len(kept) == 9
    inspections = [json.loads(path.read_text()) for path in commands.path("m/inspections").glob("*.json")]
    assert sorted(row["result"]["exit_code"] for row in inspections) == [0] * 8 + [1]
    assert all(row["specification"]["python"]["requirements_locked"]["default"] for row in inspections)
    assert not commands.path("m/work").exists()

    refused = commands.main("monkey", "app", "-o", "m")
    assert refused.code == 2
    assert "holds a plan already" in refused.err
    other = commands.main("monkey", "--resume", "m", "--seed", "4", "--count", "12")
    assert other.code == 2
    assert "count was 9, is 12; seed was 0, is 4" in other.err
    again = commands.main("monkey", "--resume", "m", "--count", "9", "--format", "json")
    assert again.code == 0
    assert "9 of 9 stacks have a result" in again.err
    assert again.json["incompatibilities"] == report["incompatibilities"]


@pytest.mark.slow
def test_an_interrupt_reports_what_there_is_and_how_to_go_on(commands: Commands) -> None:
    arguments = ["monkey", "app", "slowpoke", "--count", "18", "-o", "m", "--no-keep"]
    with commands.started(*arguments) as process:
        end = time.monotonic() + 60
        while len(list(commands.path("m").glob("results/*.json"))) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert b"of 18 stacks probed" in out
    assert b"stackwright monkey --resume m" in err
    before = set(commands.path("m/results").glob("*.json"))
    assert 2 <= len(before) < 18
    ran = commands.run("monkey", "--resume", "m", "--no-keep", "--format", "json", "-q")
    assert (ran.code, ran.json["left"], ran.json.get("stopped_by")) == (0, 0, None)
    results = [json.loads(path.read_text()) for path in commands.path("m/results").glob("*.json")]
    assert len(results) == 18
    assert not [one for one in results if one.get("attempts", 1) > 1]


def test_what_is_no_executor_is_told(commands: Commands) -> None:
    ran = commands.main("monkey", "app", "--count", "1", "--executor", "ssh://elsewhere")
    assert ran.code == 2
    assert "neither process nor dask://HOST:PORT" in ran.err


def test_stacks_for_another_machine_are_not_probed(commands: Commands) -> None:
    ran = commands.main("monkey", "app", "--python-version", "3.9")
    assert ran.code == 2
    assert "the target is Python 3.9" in ran.err
    assert commands.main("monkey", "app", "--python-version", "3.9", "--dry-run").code == 0
