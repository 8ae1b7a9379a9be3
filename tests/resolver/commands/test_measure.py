"""``stackwright measure`` as a user runs it, and what ``advise`` makes of the figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from fakes.commands import Commands, Ran
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

pytestmark = pytest.mark.slow

SLOW = b"""import time

def work(n):
    time.sleep(0.06)
    return n

def rest(n):
    time.sleep(0.002)
    return n
"""
FAST = SLOW.replace(b"0.06", b"0.002")
BENCHMARKS = """\
benchmarks:
  - {id: tool-work, project: tool, stands_for: [tool.work], setup: import tool, statement: tool.work(1)}
  - {id: tool-rest, project: tool, stands_for: [tool.rest], setup: import tool, statement: tool.rest(1)}
"""
USER = """\
import tool

print(tool.work(3))
"""
OTHER = USER.replace("work", "rest")
QUICKLY = ("--processes", "1", "--most-load", "999", "-q")


@pytest.fixture
def server() -> Iterator[IndexServer]:
    """The newest release is slow at one thing, and newer ones than were measured may be."""
    index = FakeIndex()
    for version, code in (("1.0", FAST), ("1.1", FAST), ("2.0", SLOW), ("2.1", SLOW), ("3.0", SLOW)):
        index.add("tool", version, contents={"tool/__init__.py": code})
    index.add("broken", "1.0", requires=["not-there"], contents={"broken/__init__.py": b""})
    index.add("plain", "1.5")
    index.add("plain", "2.0")
    index.add("source", "1.0", wheel=False, sdist=True)
    with IndexServer(index) as running:
        yield running


def measure(stackwright: Commands, *arguments: str) -> Ran:
    stackwright.write("mine.yaml", BENCHMARKS)
    return stackwright.main("measure", *arguments, *QUICKLY)


def measured(stackwright: Commands) -> Ran:
    ran = measure(
        stackwright,
        "tool",
        "--releases",
        "1.0,2.0,2.1",
        "--benchmark",
        "mine.yaml",
        "--keep",
        "--format",
        "json",
    )
    assert ran.code == 0, ran.err + ran.out
    return ran


def pin(ran: Ran) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    (found,) = ran.json["pins"]
    assert isinstance(found, dict)
    return found


def test_figures_are_kept_and_told_with_their_conditions(stackwright: Commands) -> None:
    report = measured(stackwright).json
    assert report["unknowns"] == []
    assert {"cpu.vendor", "python.version", "arch"} <= report["environment"]["facts"].keys()
    figures = {
        (figure["subject"][0]["version"], figure["measurement"]["benchmark"]): figure
        for figure in report["figures"]
    }
    assert len(figures) == 6
    assert figures["2.0", "tool-work"]["value"] > 5 * figures["1.0", "tool-work"]["value"]
    assert len({figure["measurement"]["session"] for figure in report["figures"]}) == 1
    told = stackwright.main("cache", "info")
    assert "observations of benchmark: 6 records" in told.out
    assert stackwright.main("cache", "clear").code == 0
    assert "observations of benchmark: 6 records" in stackwright.main("cache", "info").out
    assert "Removed 6 records of observations" in stackwright.main("cache", "clear", "--observations").out


def test_performance_leaves_what_is_slow_for_this_code_alone(stackwright: Commands) -> None:
    measured(stackwright)
    stackwright.write("user/app.py", USER)
    stackwright.write("other/app.py", OTHER)
    asked = ("advise", "tool", "--evidence", "none", "--format", "json", "--source")
    stable = pin(stackwright.main(*asked, "user"))
    assert stable["version"] == "3.0"
    chosen = pin(stackwright.main(*asked, "user", "--type", "performance"))
    assert chosen["version"] == "1.0"  # whether 1.1 is slow was not measured
    assert pin(stackwright.main(*asked, "other", "--type", "performance"))["version"] == "3.0"


def test_every_type_tells_what_is_slow_and_where_it_is_used(stackwright: Commands) -> None:
    measured(stackwright)
    stackwright.write("user/app.py", USER)
    asked = ("advise", "tool<3", "--evidence", "none", "--format", "json", "--source", "user")
    (told,) = (reason for reason in pin(stackwright.main(*asked))["reasons"] if reason["unit"] == "slow-apis")
    assert told["level"] == "warning"
    assert told["message"].startswith("tool.work (app.py:3) takes ")
    assert " as long in 2.1 as in 1.0: " in told["message"]
    assert told["message"].endswith("on a processor of the same kind; --type performance weighs that")
    assert [each["what"].partition(": ")[0] for each in told["evidence"]] == ["tool==2.1", "tool==1.0"]
    assert "n=1" in told["evidence"][0]["what"]
    other = stackwright.main(*asked, "--type", "latest")
    assert "slow-apis" not in {reason["unit"] for reason in pin(other)["reasons"]}


def test_beyond_what_was_measured_nothing_is_sure(stackwright: Commands) -> None:
    measured(stackwright)
    stackwright.write("user/app.py", USER)
    asked = ("advise", "tool", "--evidence", "none", "--format", "json", "--source", "user")
    (told,) = (reason for reason in pin(stackwright.main(*asked))["reasons"] if reason["unit"] == "slow-apis")
    assert "level" not in told  # as of what is merely to be known
    assert "as far as can be told: it was not measured, 2.1 was on" in told["message"]
    assert {each["confidence"] for each in told["evidence"]} == {"possible"}


def test_without_code_measurements_count_a_little_for_what_is_asked_for(stackwright: Commands) -> None:
    measured(stackwright)
    asked = ("advise", "tool<3", "--evidence", "none", "--format", "json", "--type", "performance")
    assert pin(stackwright.main(*asked))["version"] in ("1.0", "1.1")
    settings = "[performance]\nunknown_use = 0.0\n"
    stackwright.write("pipeline.toml", settings)
    assert pin(stackwright.main(*asked, "--pipeline", "pipeline.toml"))["version"] == "2.1"


def test_a_script_counts_by_what_it_says(stackwright: Commands) -> None:
    stackwright.write(
        "bench.py",
        'import json, tool\ntool.work(1)\nprint(json.dumps({"name": "x", "@result": {"elapsed": 5.0}}))\n',
    )
    ran = measure(stackwright, "tool", "--releases", "2", "--script", "bench.py", "-o", "figures.json")
    assert ran.code == 0, ran.err
    figures = json.loads(stackwright.path("figures.json").read_text())["figures"]
    assert [figure["value"] for figure in figures] == [5.0, 5.0]
    assert [figure["subject"][0]["version"] for figure in figures] == ["2.1", "3.0"]
    assert figures[0]["measurement"]["stands_for"] == ["tool.work"]
    assert "5 (elapsed)" in ran.out


def test_what_is_installed_beside_is_told(stackwright: Commands) -> None:
    ran = measure(
        stackwright,
        "tool",
        "--releases",
        "1.0",
        "--benchmark",
        "mine.yaml",
        "--with",
        "plain<2",
        "--format",
        "json",
    )
    assert ran.code == 0, ran.out
    subject = ran.json["figures"][0]["subject"]
    assert [f"{each['project']} {each['version']}" for each in subject] == ["tool 1.0", "plain 1.5"]
    assert measure(stackwright, "tool", "--benchmark", "mine.yaml", "--with", "--pre").code == 2


def test_what_cannot_be_measured_is_told_and_the_rest_is(stackwright: Commands) -> None:
    bad = "  - {id: tool-bad, project: tool, stands_for: [tool.x], setup: import tool, statement: tool.x()}\n"
    stackwright.write("bad.yaml", BENCHMARKS + bad)
    ran = measure(stackwright, "tool", "--releases", "1.0", "--benchmark", "bad.yaml")
    assert ran.code == 1
    assert "tool==1.0" in ran.out
    assert "not measured: tool-bad with tool==1.0: it ended with exit code 1: AttributeError" in ran.out


def test_a_release_that_cannot_be_installed_is_told(stackwright: Commands) -> None:
    text = "benchmarks:\n  - {id: b, project: broken, stands_for: [broken.x], statement: '1'}\n"
    stackwright.write("broken.yaml", text)
    ran = measure(stackwright, "broken", "--benchmark", "broken.yaml")
    assert ran.code == 1
    assert "Nothing was measured." in ran.out
    assert "not measured: environment with broken==1.0: it cannot be installed: " in ran.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tool",), "there is no benchmark of tool"),
        (("numpy", "--benchmark", "numpy-unik"), "no benchmark numpy-unik\n  did you mean: numpy-unique"),
        (("tool", "--benchmark", "gone.yaml"), "gone.yaml: No such file"),
        (("tool", "--benchmark", "mine.yaml", "--releases", "x"), "--releases 'x' is not understood"),
        (("tool", "--benchmark", "mine.yaml", "--releases", "9.9"), "--releases 9.9 names"),
        (("tool>4", "--benchmark", "mine.yaml"), "no release of tool>4 that --releases 4 names"),
        (("tool==", "--benchmark", "mine.yaml"), "'tool==' is no requirement"),
        (("tool[x]", "--benchmark", "mine.yaml"), "'tool[x]' has more than a name and versions"),
        (("tool", "--script", "gone.py"), "--script gone.py: No such file"),
        (("tool", "--script", "mine.yaml"), "--script mine.yaml:1: it is no Python"),
        (("tool", "--benchmark", "mine.yaml", "--python", "mine.yaml"), "mine.yaml: it does not run"),
        (("tool", "--benchmark", "mine.yaml", "--patience", "-1"), "'-1' is no number of seconds"),
        (("tool", "--benchmark", "mine.yaml", "--threads", "0"), "'0' is no number from 1 to 999"),
    ],
)  # fmt: skip
def test_mistakes_get_two_lines(stackwright: Commands, arguments: tuple[str, ...], told: str) -> None:
    ran = measure(stackwright, *arguments)
    assert ran.code == 2
    assert told in ran.err
    assert len(ran.err.splitlines()) <= 3
    assert ran.out == ""
