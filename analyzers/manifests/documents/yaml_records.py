"""From the tree of a YAML file to a record: aliases and repeated keys are refused, faults have a place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeVar

import msgspec

from analyzers.evidence import Location
from analyzers.manifests.documents.yaml_documents import YamlMapping, YamlNode, YamlScalar, YamlSequence

_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+|\.\.\.)\]")
Plain = str | list["Plain"] | dict[str, "Plain"]
Record = TypeVar("Record")


class RecordError(ValueError):
    """A tree is no such record: where its first fault stands, and what it is."""

    def __init__(self, location: Location, reason: str) -> None:
        super().__init__(f"{location}: {reason}")
        self.location, self.reason = location, reason


def record(document: YamlNode, kind: type[Record]) -> Record:
    """A tree as a record.

    Raises:
        RecordError: it is none, or has aliases or keys that stand twice.
    """
    for reason, location in _hostile(document):
        raise RecordError(location, reason)
    try:
        return msgspec.convert(_plain(document), kind, strict=False)
    except msgspec.ValidationError as error:
        reason, _, steps = str(error).partition(" - at `")
        steps = steps.rstrip("`")
        told = f"{_of(steps)}{reason[:1].lower()}{reason[1:]}"
        raise RecordError(_at(document, steps), told) from error


def _hostile(node: YamlNode) -> Iterator[tuple[str, Location]]:
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
