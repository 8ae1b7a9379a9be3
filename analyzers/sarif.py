"""The one SARIF writer: findings in, a log of version 2.1.0 out.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping
from urllib.parse import quote

import msgspec

from analyzers.evidence import Finding, Level, Location
from analyzers.reports import Tool, Unknown

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Mapping[Level, str] = {Level.INFO: "note", Level.WARNING: "warning", Level.ERROR: "error"}


def sarif(
    tool: Tool,
    rules: Mapping[str, str],
    findings: Iterable[Finding],
    unknowns: Iterable[Unknown] = (),
    *,
    root: str = "",
) -> bytes:
    """A log with one run.

    Args:
        tool: that made the findings.
        rules: id to one sentence, for each kind of finding there is.
        findings: in the order in which they shall stand.
        unknowns: what could not be read; they become notifications of the run.
        root: directory that the paths of findings are relative to, seen from where the log will be read.
    """
    order = {identifier: number for number, identifier in enumerate(rules)}
    driver = {
        "name": tool.name,
        "version": tool.version,
        "rules": [
            {"id": identifier, "shortDescription": {"text": text}} for identifier, text in rules.items()
        ],
    }
    results = [_result(finding, order, root) for finding in findings]
    invocation = {
        "executionSuccessful": True,
        "toolExecutionNotifications": [
            {"level": "warning", "message": {"text": f"{one.where}: {one.what}: {one.reason}"}}
            for one in unknowns
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": results,
    }
    log = {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [run],
    }
    return msgspec.json.format(msgspec.json.encode(log)) + b"\n"


def _result(finding: Finding, order: Mapping[str, int], root: str) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.id,
        "level": _LEVELS[finding.level],
        "message": {"text": _message(finding)},
    }
    if finding.id in order:
        result["ruleIndex"] = order[finding.id]
    if finding.location is not None:
        result["locations"] = [{"physicalLocation": _place(finding.location, root)}]
    return result


def _message(finding: Finding) -> str:
    told = [f"{each.what} ({each.where})" for each in finding.evidence[:10]]
    return "\n".join([finding.message, *told])


def _place(location: Location, root: str) -> dict[str, object]:
    path = posixpath.normpath(posixpath.join(root, location.path)) if root else location.path
    place: dict[str, object] = {"artifactLocation": {"uri": quote(path)}}
    # A notebook's lines count within its cell, which is no line of the file.
    if location.line is not None and location.cell is None:
        region = {"startLine": location.line}
        if location.column is not None:
            region["startColumn"] = location.column
        place["region"] = region
    return place
