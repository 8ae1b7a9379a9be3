"""``--check`` and ``--format sarif`` mean the same of every command that has findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from analyzers.evidence import Finding, Level
from fakes.commands import Commands
from fakes.images.image_reports import DEBIAN, PYTHON, distribution, image_report, interpreter, saved
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

OLD = b"def quote(text):\n    return text\n"
CODE = "import numpy as np\nfrom lib import quote\n\nprint(np.product([1]), quote(''))\n"


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("lib", "1.0", contents={"lib/__init__.py": OLD})
    index.add("lib", "2.0", contents={"lib/__init__.py": b""})
    index.add("app", "1.0", requires=["lib"], contents={"app/__init__.py": b"from lib import quote\n"})
    with IndexServer(index) as running:
        yield running


@pytest.fixture
def project(stackwright: Commands) -> Commands:
    stackwright.write("src/main.py", CODE)
    stackwright.write("src/requirements.txt", "unused\n")
    stackwright.write("lock.txt", "# pins\nlib==2.0\napp==1.0\n")
    here = {"location": "/usr/lib/python3/dist-packages", "interpreter": "/usr/bin/python3.12"}
    report = image_report(
        [distribution("app", "1.0", "lib>=2", **here), distribution("lib", "1.0", **here)],
        facts={**DEBIAN, **PYTHON, "python.version": "3.12.4", "python.abi": "cp312"},
        interpreters=[interpreter("/usr/bin/python3.12", "3.12.4")],
    )
    stackwright.write("image.json", saved(report))
    return stackwright


COMMANDS: dict[str, tuple[tuple[str, ...], str | None]] = {
    "scan": (("scan", "src", "--check"), "src/requirements.txt"),
    "fix": (("fix", "src", "--check", "-q"), "src/main.py"),
    "check": (("check", "lock.txt"), "lock.txt"),
    "check-code": (("check", "lock.txt", "--source", "src"), "src/main.py"),
    "diff": (("diff", "lib", "1.0", "2.0", "--source", "src", "--check"), "src/main.py"),
    "advise": (("advise", "lib", "-o", "lock.txt", "--check", "-q"), "lock.txt"),
    "compare": (("compare", "lock.txt", "older.txt", "--fail-on", "downgrade"), "older.txt"),
}


def results(ran: Any) -> list[dict[str, Any]]:
    (run,) = ran.json["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    found: list[dict[str, Any]] = run["results"]
    return found


@pytest.mark.parametrize("name", COMMANDS)
def test_findings_end_with_1_and_are_the_results_of_sarif(project: Commands, name: str) -> None:
    project.write("older.txt", "# pins\nlib==1.0\napp==1.0\n")
    arguments, place = COMMANDS[name]
    assert project.main(*arguments).code == 1
    ran = project.main(*arguments, "--format", "sarif")
    assert ran.code == 1, ran.err
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results(ran)]
    assert place in places


def test_without_check_findings_are_told_all_the_same(project: Commands) -> None:
    for name in ("scan", "fix", "diff"):
        arguments = [each for each in COMMANDS[name][0] if each != "--check"]
        ran = project.main(*arguments, "--format", "sarif")
        assert (ran.code, bool(results(ran))) == (0, True)


def test_an_image_has_its_findings_at_its_name(project: Commands) -> None:
    ran = project.main("inspect", "image.json", "--check", "--format", "sarif")
    log = ran.json["runs"][0]
    assert (ran.code, bool(log["results"])) == (
        int(any(one["level"] != "note" for one in log["results"])),
        bool(log["results"]),
    )
    assert all(one["locations"] for one in log["results"])
    assert project.main("inspect", "image.json", "-o", "image.sarif").code == 0
    assert b'"version": "2.1.0"' in project.path("image.sarif").read_bytes()


def test_the_line_of_a_pin_is_that_of_the_lock(project: Commands) -> None:
    ran = project.main("check", "lock.txt", "--format", "sarif")
    (one,) = results(ran)
    assert one["ruleId"] == "import-failure"
    assert one["locations"][0]["physicalLocation"]["region"]["startLine"] == 3


def test_paths_are_told_from_the_working_directory(project: Commands) -> None:
    for path, told in (("src/main.py", "src/main.py"), ("src", "src/requirements.txt")):
        ran = project.main("scan", path, "--format", "sarif")
        uris = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for one in results(ran)}
        assert all(uri.startswith("src/") for uri in uris)
        assert not uris or told in uris


def test_findings_of_fix_are_not_written(project: Commands) -> None:
    ran = project.main("fix", "src", "--format", "sarif", "--write")
    assert (ran.code, "exclude each other" in ran.err) == (2, True)


def test_an_image_is_worse_by_what_is_found_in_it_alone(project: Commands) -> None:
    here = {"location": "/usr/lib/python3/dist-packages", "interpreter": "/usr/bin/python3.12"}
    report = image_report([distribution("lib", "1.0", **here)], facts={**DEBIAN, **PYTHON})
    warning = Finding(id="broken-environment", level=Level.WARNING, message="it has no interpreter")
    project.write("before.json", saved(report))
    project.write("after.json", saved(msgspec.structs.replace(report, findings=(warning,))))
    for arguments, code in (
        (("before.json", "after.json"), 0),
        (("before.json", "after.json", "--check"), 1),
        (("before.json", "after.json", "--fail-on", "new-finding"), 1),
        (("before.json", "after.json", "--fail-on", "new-advisory"), 0),
        (("after.json", "before.json", "--check"), 0),
        (("after.json", "before.json", "--strict"), 1),
    ):
        assert project.main("compare", *arguments).code == code, arguments
    (one,) = results(project.main("compare", "before.json", "after.json", "--format", "sarif"))
    assert one["ruleId"] == "broken-environment"
    assert one["locations"]
