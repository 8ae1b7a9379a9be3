"""The same question gets the same bytes, whatever the store, the order of answers and the hash seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.faults import Fault
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

ASKED = ("app[fast,web]", "tool>=1", "lib<4")
FORMATS = ("pylock", "requirements", "json")
EPOCH = "1700000000"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """Conflicts, extras, alternatives of many projects: enough for an order to go wrong."""
    index = FakeIndex()
    names = [f"dep{number}" for number in range(8)]
    index.add("app", "2.0", requires=["lib>=4", *names])
    index.add("app", "1.0", requires=names, extras={"fast": ["lib>=2"], "web": ["tool", "dep9"]})
    for version in range(1, 6):
        index.add("lib", f"{version}.0", requires=[f"dep{version}<={version}.5"])
        index.add("tool", f"{version}.0", requires=[f"lib<{version + 1}", "dep0!=5.0"], sdist=True)
    for name in [*names, "dep9"]:
        for version in range(1, 6):
            index.add(name, f"{version}.0", requires=["dep9"] if name != "dep9" else [], sdist=True)
    with IndexServer(index) as running:
        yield running


def result(ran: Ran, file_format: str) -> Any:
    assert (ran.code, ran.err) == (0, "")
    if file_format != "json":
        return ran.out
    report = ran.json
    del report["statistics"]
    report["remarks"] = [r for r in report["remarks"] if r["unit"] != "index-reachable"]  # of --offline alone
    return report


def results(commands: Commands, *asked: str) -> list[Any]:
    return [
        result(commands.advise(*asked, "--format", name, SOURCE_DATE_EPOCH=EPOCH), name) for name in FORMATS
    ]


def test_repeated_cold_and_warm_runs_agree(stackwright: Commands, tmp_path: Path) -> None:
    first = results(stackwright, *ASKED)
    assert results(stackwright, *ASKED) == first
    stackwright.environ["STACKWRIGHT_STORE"] = str(tmp_path / "another")
    assert results(stackwright, *ASKED) == first
    assert results(stackwright, *ASKED, "--offline") == first
    assert len(first[2]["pins"]) == 12


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_answers_decides_nothing(
    stackwright: Commands, server: IndexServer, tmp_path: Path, seed: int
) -> None:
    swift = results(stackwright, *ASKED)
    chance = random.Random(seed)
    assert isinstance(server.site, FakeIndex)
    for project in server.site.projects:
        for pattern in (f"/simple/{project}/", f"/files/{project}-*"):
            server.fault(pattern, Fault.stall(chance.choice([0.0, 0.01, 0.04])))
    stackwright.environ["STACKWRIGHT_STORE"] = str(tmp_path / "another")
    assert results(stackwright, *ASKED) == swift


def test_where_requirements_are_written_decides_nothing(stackwright: Commands) -> None:
    stackwright.write("one.in", "\n".join(ASKED))
    stackwright.write("two.in", "# a comment\n" + "\r\n\r\n".join(ASKED[1:]))
    given = results(stackwright, *ASKED)
    for arguments in (["-r", "one.in"], [ASKED[0], "-r", "two.in"]):
        pylock, requirements, report = results(stackwright, *arguments)
        assert [pylock, requirements] == given[:2]
        assert report["input"]["digest"] == given[2]["input"]["digest"]


@pytest.mark.slow
def test_hash_seeds_decide_nothing(stackwright: Commands, tmp_path: Path) -> None:
    found = []
    for seed in ("0", "1", "random"):
        stackwright.environ |= {
            "PYTHONHASHSEED": seed,
            "SOURCE_DATE_EPOCH": EPOCH,
            "STACKWRIGHT_STORE": str(tmp_path / f"store {seed}"),
        }
        runs = [(name, stackwright.run("advise", *ASKED, "--format", name)) for name in FORMATS]
        found.append([result(ran, name) for name, ran in runs])
    assert found[1:] == found[:1] * 2


def test_source_date_epoch_is_the_time_of_the_report(stackwright: Commands) -> None:
    ran = stackwright.advise("lib", "--format", "json", SOURCE_DATE_EPOCH=EPOCH)
    assert ran.json["created_at"] == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize("value", ["yesterday", "1.5", "99999999999999999999"])
def test_source_date_epoch_that_is_no_time(stackwright: Commands, value: str) -> None:
    ran = stackwright.advise("lib", SOURCE_DATE_EPOCH=value)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"stackwright: error: SOURCE_DATE_EPOCH is {value!r}\n"
        "  unset it, or set it to a number of seconds since 1970\n"
    )


def test_lockfiles_hold_no_time(stackwright: Commands) -> None:
    for name in ("pylock", "requirements"):
        early, late = (
            stackwright.advise("lib", "--format", name, SOURCE_DATE_EPOCH=epoch) for epoch in ("1", EPOCH)
        )
        assert early == late
