"""``stackwright analyze-log`` as a user runs it, on logs and on what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from analyzers.evidence import Confidence
from fakes.commands import Commands
from knowledge.observations.record import Observation, ObservationKind, Outcome
from knowledge.stores.sqlite_store import SqliteStore

LOGS = Path(__file__).parents[2] / "analyzers" / "buildlogs" / "logs"
SCHEMA = Path(__file__).parents[3] / "docs" / "schemas" / "build-log.json"


def log(stackwright: Commands, name: str) -> str:
    stackwright.write("a.log", (LOGS / f"{name}.log").read_bytes())
    return "a.log"


def kept(stackwright: Commands, project: str) -> list[Observation]:
    store = SqliteStore(str(stackwright.store))
    try:
        payloads = store.observations([project], list(ObservationKind)).get(project, [])
    finally:
        store.close()
    return [msgspec.msgpack.decode(payload, type=Observation) for payload in payloads]


def test_text_names_the_release_the_cause_the_lines_and_the_remedy(stackwright: Commands) -> None:
    ran = stackwright.main("analyze-log", log(stackwright, "pip-26.0-header-of-dependency"), COLUMNS="200")
    assert ran.code == 1
    first, evidence, by, remedy, *_ = ran.out.splitlines()
    assert first == "noheader 1.0 was not built: the header nonexistent.h is missing"
    assert evidence.endswith(": x.c:1:10: fatal error: nonexistent.h: No such file or directory")
    assert by == "  asked for by: needsbad"
    assert "nonexistent.h" in remedy


def test_a_log_without_failures_is_a_success(stackwright: Commands) -> None:
    ran = stackwright.main("analyze-log", log(stackwright, "uv-0.13.9-installed"))
    assert (ran.code, ran.out) == (0, "a.log (uv, Python 3.11.7): nothing failed; 2 packages installed\n")


def test_standard_input_is_read(stackwright: Commands) -> None:
    content = (LOGS / "uv-0.13.9-library.log").read_bytes()
    ran = stackwright.main("analyze-log", "-", "--format", "json", stdin=content)
    assert ran.code == 1
    assert [one["missing"] for one in ran.json["failures"]] == ["-lnonexistent"]
    assert ran.json["input"]["what"] == "-"


@pytest.mark.parametrize("path", sorted(LOGS.glob("*.log")), ids=lambda path: path.stem)
def test_reports_obey_the_schema(stackwright: Commands, path: Path) -> None:
    report: Any = stackwright.main("analyze-log", str(path), "--format", "json").json
    Draft202012Validator(msgspec.json.decode(SCHEMA.read_bytes())).validate(report)
    assert report["is_successful"] == (not report["failures"])


def test_sarif_has_a_result_for_each_failure_at_its_line(stackwright: Commands) -> None:
    ran = stackwright.main("analyze-log", log(stackwright, "pip-26.0-program"), "--format", "sarif")
    assert ran.code == 1
    (run,) = ran.json["runs"]
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("missing-program", "error")
    assert "nonexistent_config" in result["message"]["text"]
    (place,) = result["locations"]
    assert place["physicalLocation"]["region"]["startLine"] > 1
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "missing-program"


@pytest.mark.parametrize(
    "content", [b"", b"all is well\n", bytes(range(256)) * 20, b"error: the argument cannot be used twice\n"]
)
def test_what_is_no_log_is_refused(stackwright: Commands, content: bytes) -> None:
    stackwright.write("a.log", content)
    ran = stackwright.main("analyze-log", "a.log")
    assert (ran.code, ran.out) == (2, "")
    assert "a.log: nothing in it is of an installer or a build" in ran.err
    assert len(ran.err.splitlines()) == 2


def test_a_log_that_is_not_there_is_refused(stackwright: Commands) -> None:
    ran = stackwright.main("analyze-log", "none.log")
    assert ran.code == 2
    assert "none.log" in ran.err


def test_escape_sequences_steer_no_terminal(stackwright: Commands) -> None:
    stackwright.write("a.log", "ERROR: No matching distribution found for x\x1b]0;y\x07\x9b1m\u202ez\n")
    ran = stackwright.main("analyze-log", "a.log")
    assert ran.code == 1
    assert all(character.isprintable() for line in ran.out.splitlines() for character in line)


def test_shared_libraries_of_the_table_have_packages(stackwright: Commands) -> None:
    text = (LOGS / "pip-26.0-raises.log").read_text()
    missing = "ImportError: libGL.so.1: cannot open shared object file: No such file or directory"
    stackwright.write("a.log", text.replace("RuntimeError: needs a newer kernel", missing))
    ran = stackwright.main("analyze-log", "a.log")
    assert "debian: apt-get install libgl1" in ran.out
    assert "alpine: apk add mesa-gl" in ran.out


def test_a_failed_build_is_kept_with_its_cause(stackwright: Commands) -> None:
    ran = stackwright.main("analyze-log", log(stackwright, "uv-0.13.9-header-of-dependency"), "--keep")
    assert ran.code == 1
    assert "1 observation kept" in ran.err
    (found,) = kept(stackwright, "noheader")
    assert (found.kind, found.outcome) == (ObservationKind.BUILD, Outcome.FAILED)
    assert [str(one) for one in found.subject] == [str(one) for one in found.blame] == ["noheader==1.0"]
    assert found.failure is not None
    assert (found.failure.step, found.failure.error) == ("build", "missing-header")
    assert (found.failure.where, "nonexistent.h" in found.failure.message) == ("x.c:1", True)
    facts = found.environment.facts
    assert facts["python.version"].value == "3.11.7"
    assert facts["arch"].value == "x86_64"
    assert all(fact.confidence is Confidence.CERTAIN for fact in facts.values())


def test_what_was_installed_is_kept_as_passed(stackwright: Commands) -> None:
    assert stackwright.main("analyze-log", log(stackwright, "pip-26.0-installed"), "--keep").code == 0
    (click,), (good,) = kept(stackwright, "click"), kept(stackwright, "good")
    assert (click.kind, click.outcome) == (ObservationKind.INSTALL, Outcome.PASSED)
    assert (good.kind, good.outcome) == (ObservationKind.BUILD, Outcome.PASSED)


@pytest.mark.parametrize(
    ("name", "project"),
    [
        ("pip-26.0-refused", "good"),
        ("pip-26.0-hash", "good"),
        ("pip-26.0-oom", "oom"),
        ("uv-0.13.9-diskfull", "bigone"),
        ("uv-0.13.9-python", "newpython"),
        ("pip-26.0-conflict", "wantsone"),
    ],
)
def test_what_says_nothing_of_a_release_is_not_kept(stackwright: Commands, name: str, project: str) -> None:
    ran = stackwright.main("analyze-log", log(stackwright, name), "--keep")
    assert "0 observations kept" in ran.err
    assert kept(stackwright, project) == []


def test_the_same_log_twice_is_kept_once(stackwright: Commands) -> None:
    for _ in range(2):
        stackwright.main("analyze-log", log(stackwright, "pip-26.0-library"), "--keep")
    assert len(kept(stackwright, "nolib")) == 1


def test_of_a_header_that_python_has_no_more_no_package_is_sought(stackwright: Commands) -> None:
    text = (LOGS / "pip-26.0-header-of-dependency.log").read_text().replace("nonexistent.h", "longintrepr.h")
    stackwright.write("a.log", text)
    ran = stackwright.main("analyze-log", "a.log")
    assert "Python 3.11 has no such header any more" in ran.out
    assert "install" not in ran.out.replace("installed", "")
