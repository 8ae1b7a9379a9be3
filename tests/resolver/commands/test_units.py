"""Units as settings change them, and the commands that look at a run from outside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from fakes.commands import Commands
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"
HOUSE_RULES = '''
from analyzers.evidence import Justification

class HouseRules:
    """Remarks upon everything."""
    name = "house-rules"
    def applies(self, context):
        """Always."""
        return True
    def prepare(self, context):
        yield Justification(unit=self.name, message="mind the house rules")
'''


@pytest.fixture
def server() -> Iterator[IndexServer]:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib<3"], uploaded_at="2024-01-01T00:00:00Z")
    index.add("app", "2.0", requires=["lib"], uploaded_at="2024-06-01T00:00:00Z")
    for number, month in enumerate(("01", "03", "05"), 1):
        index.add("lib", f"{number}.0", uploaded_at=f"2024-{month}-01T00:00:00Z")
    with IndexServer(index) as running:
        yield running


def pins(commands: Commands, *arguments: str) -> dict[str, str]:
    report = commands.advise("--format", "json", *arguments)
    assert report.code == 0, report.err
    return {pin["name"]: pin["version"] for pin in report.json["pins"]}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], {"app": "2.0", "lib": "3.0"}),
        (["--exclude-newer", "2024-04-01"], {"app": "1.0", "lib": "2.0"}),
        (["--exclude-newer", "2024-03-01T00:00:00Z"], {"app": "1.0", "lib": "1.0"}),
        (
            ["--exclude-newer", "2024-04-01", "--exclude-newer-package", "App=never"],
            {"app": "2.0", "lib": "2.0"},
        ),
        (["--exclude-newer-package", "lib=2024-02-01"], {"app": "2.0", "lib": "1.0"}),
    ],
)
def test_uploads_after_a_moment_do_not_count(
    stackwright: Commands, options: list[str], expected: dict[str, str]
) -> None:
    assert pins(stackwright, "app", *options) == expected


def test_ages_are_counted_from_the_time_of_the_run(stackwright: Commands) -> None:
    options = ("app", "--exclude-newer", "7d", "--format", "json")
    report = stackwright.advise(*options, SOURCE_DATE_EPOCH="1709856000")  # 2024-03-08
    assert {pin["name"]: pin["version"] for pin in report.json["pins"]} == {"app": "1.0", "lib": "1.0"}


def test_a_cutoff_is_part_of_the_digest(stackwright: Commands) -> None:
    cut = ("--exclude-newer", "2030-01-01")
    digests = {
        stackwright.advise("app", "--format", "json", *more).json["input"]["digest"] for more in ((), cut)
    }
    assert len(digests) == 2


def score(commands: Commands, *arguments: str) -> int:
    found = commands.advise("lib<3", "--format", "json", *arguments).json["score"]
    assert isinstance(found, int)
    return found


def test_the_project_and_a_file_change_units(stackwright: Commands) -> None:
    assert score(stackwright) == -90_909
    stackwright.write(
        "pyproject.toml", "[tool.stackwright.units.freshness]\nweight = 2.0\nhalf_lost_after = 1\n"
    )
    assert score(stackwright) == -1_000_000
    stackwright.write("units.json", json.dumps({"freshness": {"weight": 0.5}}))
    assert score(stackwright, "--pipeline", "units.json") == -250_000
    stackwright.write("units.toml", "[freshness]\nenabled = false\n")
    assert score(stackwright, "--pipeline", "units.toml") == 0


def test_a_sieve_that_is_switched_off_refuses_nothing(stackwright: Commands) -> None:
    stackwright.write("units.toml", "[requires-python]\nenabled = false\n[held-back]\nenabled = false\n")
    report = stackwright.advise("lib<3", "--pipeline", "units.toml", "--format", "json").json
    assert "held-back" not in {reason["unit"] for pin in report["pins"] for reason in pin["reasons"]}


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            "[tool.stackwright.units.fresh]\n",
            "pyproject.toml: [tool.stackwright.units]: fresh: there is no unit",
        ),
        ("[tool.stackwright]\nunits = 1\n", "pyproject.toml: [tool.stackwright.units]: it is no table"),
    ],
)
def test_settings_that_do_not_fit_are_told(stackwright: Commands, table: str, told: str) -> None:
    stackwright.write("pyproject.toml", table)
    ran = stackwright.advise("lib")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"stackwright: error: {told}")


@pytest.fixture
def house_rules(stackwright: Commands, tmp_path: Path) -> str:
    """A folder with a distribution that adds a unit."""
    site = tmp_path / "site"
    about = site / "house_rules-1.0.dist-info"
    about.mkdir(parents=True)
    (site / "house_rules.py").write_text(HOUSE_RULES)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: house-rules\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[stackwright.units]\nhouse-rules = house_rules:HouseRules\n")
    return str(site)


def test_units_of_other_distributions_act_where_they_are_named(
    stackwright: Commands, house_rules: str
) -> None:
    listed = stackwright.run("units", "list", PYTHONPATH=house_rules)
    assert "house-rules (of house-rules 1.0): switched off\n    Remarks upon everything\n" in listed.out
    assert "house rules" not in stackwright.run("advise", "lib", PYTHONPATH=house_rules).out
    stackwright.write("pyproject.toml", "[tool.stackwright.units.house-rules]\nenabled = true\n")
    assert "note: mind the house rules\n" in stackwright.run("advise", "lib", PYTHONPATH=house_rules).out
    missing = stackwright.run("advise", "lib")
    assert (missing.code, missing.out) == (2, "")


def validated(document: Any, schema: str) -> Any:
    Draft202012Validator(json.loads((SCHEMAS / f"{schema}.json").read_text())).validate(document)
    return document


def test_explain_as_json(stackwright: Commands) -> None:
    asked = ("app<2", "--format", "json")
    plain = validated(stackwright.main("explain", "lib", *asked).json, "answer")
    assert (plain["version"], plain["trial"]) == ("2.0", None)
    tried = validated(stackwright.main("explain", "lib==1", *asked).json, "answer")
    assert tried["trial"]["changes"] == ["lib 2.0 to 1.0"]
    refused = stackwright.main("explain", "lib==3", *asked)
    assert refused.code == 0
    assert validated(refused.json, "answer")["trial"]["status"] == "unsatisfiable"
    unsolved = stackwright.main("explain", "lib", "app>2", "--format", "json")
    assert unsolved.code == 1
    assert validated(unsolved.json, "answer")["version"] is None


def test_explain_makes_no_request_twice(stackwright: Commands, server: IndexServer) -> None:
    stackwright.advise("app")
    before = len(server.requests)
    assert stackwright.main("explain", "lib==2", "app").code == 0
    assert len(server.requests) == before + 1  # the metadata of lib 2.0 alone


def test_space_as_json(stackwright: Commands) -> None:
    found = validated(stackwright.main("space", "app", "--format", "json").json, "space")
    assert {project["name"]: project["usable"] for project in found["projects"]} == {"app": 2, "lib": 3}
    assert (found["combinations"], found["is_complete"]) == ("6", True)


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "99999999"])
def test_limits_are_positive_numbers(stackwright: Commands, number: str) -> None:
    ran = stackwright.main("space", "app", f"--releases={number}")
    assert ran.code == 2
    assert "is no number from 1" in ran.err


def test_cache_as_json(stackwright: Commands) -> None:
    before = stackwright.main("cache", "info", "--format", "json").json
    assert (before["exists"], before["stored"]) == (False, [])
    stackwright.advise("app", "--evidence", "none")
    found = stackwright.main("cache", "info", "--format", "json").json
    assert {stored["kind"]: stored["records"] for stored in found["stored"]} == {"listings": 2, "metadata": 2}
    cleared = stackwright.main("cache", "clear", "--metadata", "--format", "json").json
    assert cleared["removed"] == {"metadata": 2}
    assert stackwright.main("cache", "info", "--format", "json").json["stored"][0]["kind"] == "listings"


def test_cache_of_a_place_that_is_no_store(stackwright: Commands) -> None:
    stackwright.write("notes.txt", "no store" * 1000)
    ran = stackwright.main("cache", "info", "--store", "notes.txt")
    assert (ran.code, ran.out) == (3, "")
    assert stackwright.main("cache", "info", "--store", "ftp://place").code == 2
    assert "There is no store at nowhere yet\n" in stackwright.main("cache", "info", "--store", "nowhere").out


@pytest.mark.parametrize("command", ["advise", "cache", "explain", "space", "units"])
def test_every_command_has_help(stackwright: Commands, command: str) -> None:
    ran = stackwright.main(command, "--help")
    assert ran.code == 0
    assert ran.out.startswith(f"usage: stackwright {command}")


def test_a_command_that_does_not_exist_is_told(stackwright: Commands) -> None:
    ran = stackwright.main("advice", "flask")
    assert ran.code == 2
    assert "invalid choice: 'advice'" in ran.err
    assert ran.err.endswith("\n  did you mean: advise; see: stackwright --help\n")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--sorce", "."), "did you mean: --source, --store; see: stackwright advise --help"),
        (("--sorce=.",), "did you mean: --source"),
        (("--type", "stabel"), "did you mean: stable; see: stackwright advise --help"),
        (("--zzzz",), "\n  see: stackwright advise --help"),
    ],
)
def test_an_option_that_does_not_exist_is_told_with_what_was_meant(
    stackwright: Commands, options: tuple[str, ...], told: str
) -> None:
    ran = stackwright.advise("lib", *options)
    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


def test_releases_in_a_row_with_one_reason_are_told_together(stackwright: Commands) -> None:
    told = stackwright.main("explain", "lib", "lib<2").out
    assert "  3.0 to 2.0: you require lib<2 (" in told
