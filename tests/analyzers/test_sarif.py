"""Findings as a log that other tools read."""

from __future__ import annotations

import json
from typing import Any

from analyzers.evidence import Evidence, Finding, Level, Location
from analyzers.reports import Tool, Unknown
from analyzers.sarif import sarif

TOOL = Tool(name="stackwright", version="1.2")
RULES = {"one": "the first", "two": "the second"}


def finding(identifier: str, level: Level = Level.ERROR, **place: Any) -> Finding:
    location = Location(**place) if place else None
    return Finding(id=identifier, level=level, message="said", location=location)


def run(*findings: Finding, unknowns: tuple[Unknown, ...] = ()) -> Any:
    log = json.loads(sarif(TOOL, RULES, findings, unknowns))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    return only


def test_a_run_without_findings_names_the_tool_and_its_rules() -> None:
    found = run()
    assert found["tool"]["driver"] == {
        "name": "stackwright",
        "version": "1.2",
        "rules": [
            {"id": "one", "shortDescription": {"text": "the first"}},
            {"id": "two", "shortDescription": {"text": "the second"}},
        ],
    }
    assert found["results"] == []
    assert found["invocations"] == [{"executionSuccessful": True, "toolExecutionNotifications": []}]


def test_results_point_to_their_rules_and_keep_their_order() -> None:
    levels = (Level.ERROR, Level.WARNING, Level.INFO)
    results = run(*(finding("two", level) for level in levels), finding("none"))["results"]
    assert [result["level"] for result in results] == ["error", "warning", "note", "error"]
    assert [result.get("ruleIndex") for result in results] == [1, 1, 1, None]
    assert all("locations" not in result for result in results)


def test_places_are_relative_addresses_and_regions() -> None:
    results = run(
        finding("one", path="a b/ä#?.py", line=3, column=5),
        finding("one", path="a.py", line=3),
        finding("one", path="a.py"),
        finding("one", path="a.ipynb", line=3, column=1, cell=2),
    )["results"]
    places = [result["locations"][0]["physicalLocation"] for result in results]
    assert places == [
        {
            "artifactLocation": {"uri": "a%20b/%C3%A4%23%3F.py"},
            "region": {"startLine": 3, "startColumn": 5},
        },
        {"artifactLocation": {"uri": "a.py"}, "region": {"startLine": 3}},
        {"artifactLocation": {"uri": "a.py"}},
        {"artifactLocation": {"uri": "a.ipynb"}},
    ]


def test_evidence_is_part_of_the_message() -> None:
    evidence = tuple(Evidence(what=f"seen {n}", where=f"a.py:{n}") for n in range(12))
    (result,) = run(Finding(id="one", level=Level.INFO, message="said", evidence=evidence))["results"]
    lines = result["message"]["text"].splitlines()
    assert lines[:2] == ["said", "seen 0 (a.py:0)"]
    assert len(lines) == 11


def test_what_is_not_known_is_notified() -> None:
    found = run(unknowns=(Unknown(what="source", where="a.py", reason="too large"),))
    assert found["invocations"][0]["toolExecutionNotifications"] == [
        {"level": "warning", "message": {"text": "a.py: source: too large"}}
    ]
