"""From the bytes of a YAML file to its rules; nothing is constructed but the records, aliases are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.errors import ManifestError
from analyzers.manifests.yaml_documents import (
    YamlLimits,
    YamlMapping,
    YamlNode,
    YamlScalar,
    YamlSequence,
    yaml_document,
)
from resolver.rules.errors import RuleError
from resolver.rules.limits import LARGEST_FILE_BYTES, MOST_VALUES
from resolver.rules.records import PlacedRule, RuleFile
from resolver.rules.validity import faults

LIMITS = YamlLimits(size_bytes=LARGEST_FILE_BYTES, events=MOST_VALUES)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
SEE = "see docs/reference/rules.md for what may stand there"

Plain = str | list["Plain"] | dict[str, "Plain"]


def read_rules(data: bytes, path: str) -> tuple[PlacedRule, ...]:
    """The rules of one file.

    Raises:
        RuleError: with the file and the line of the first fault.
    """
    try:
        document = yaml_document(data, path, LIMITS)
    except ManifestError as error:
        problem = error.problems[0]
        raise RuleError(str(problem.location), problem.reason, problem.remedy) from error
    for fault, location in _hostile(document):
        raise RuleError(str(location), fault, SEE)
    try:
        file = msgspec.convert(_plain(document), RuleFile, strict=False)
    except msgspec.ValidationError as error:
        reason, _, steps = str(error).partition(" - at `")
        steps = steps.rstrip("`")
        told = f"{_of(steps)}{reason[:1].lower()}{reason[1:]}"
        raise RuleError(str(_at(document, steps)), told, SEE) from error
    places = [str(node.location) for node in _rules(document)]  # with line and column
    placed = tuple(PlacedRule(rule, where) for rule, where in zip(file.rules, places, strict=True))
    for one in placed:
        for reason in faults(one.rule):
            raise RuleError(one.where, f"rule {one.rule.name}: {reason}", SEE)
    return placed


def _hostile(node: YamlNode) -> Iterator[tuple[str, Location]]:
    """Aliases and keys that stand twice."""
    stack = [node]
    while stack:
        each = stack.pop()
        match each:
            case YamlScalar(is_alias=True):
                yield "aliases are not allowed", each.location
            case YamlSequence(items):
                stack.extend(reversed(items))
            case YamlMapping(entries, _, repeated):
                for key, location in repeated.items():
                    yield f"{key} is stated twice", location
                stack.extend(reversed(entries.values()))


def _plain(node: YamlNode) -> Plain:
    """A tree as lists, tables and texts; its depth is limited by whoever made it."""
    match node:
        case YamlScalar(text):
            return text
        case YamlSequence(items):
            return [_plain(item) for item in items]
        case YamlMapping(entries):
            return {key: _plain(value) for key, value in entries.items()}


def _rules(document: YamlNode) -> list[YamlNode]:
    assert isinstance(document, YamlMapping)
    rules = document.entries["rules"]
    assert isinstance(rules, YamlSequence)
    return rules.items


def _at(node: YamlNode, steps: str) -> Location:
    """The place that a path of `msgspec` leads to, or the last one on the way that is known."""
    for name, number in _STEP.findall(steps):
        match node:
            case YamlMapping(entries) if name in entries:
                node = entries[name]
            case YamlSequence(items) if number.isdigit() and int(number) < len(items):
                node = items[int(number)]
            case _:
                break
    return node.location


def _of(steps: str) -> str:
    """The entry that a path of `msgspec` ends in, in words."""
    names = [name for name, _ in _STEP.findall(steps) if name]
    return f"{'.'.join(names[1:])}: " if len(names) > 1 else ""
