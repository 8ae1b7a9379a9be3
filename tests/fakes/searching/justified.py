"""Judges the differences between lockfiles: each must rest on facts that differ, or on another difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def unjustified(report: Any) -> list[str]:
    """What differs between environments of a report of several (as decoded JSON) without a good reason.

    A reason is good where it names a fact whose value is what the target has, and that the environment it is
    compared with has not; or where it names another project that differs and whose own reasons are good.
    """
    facts = {one["name"]: one["advice"]["environment"]["facts"] for one in report["environments"]}
    pins = {
        one["name"]: {pin["name"]: pin["version"] for pin in one["advice"]["pins"]}
        for one in report["environments"]
    }
    told = {difference["project"]: difference for difference in report["differences"]}
    return list(_unjustified(facts, pins, told))


def _unjustified(facts: Any, pins: Any, told: Any) -> Iterator[str]:
    names = list(pins)
    for project in sorted({project for stack in pins.values() for project in stack}):
        for number, here in enumerate(names):
            for there in names[number + 1 :]:
                if pins[here].get(project) == pins[there].get(project):
                    continue
                if not _is_justified(project, here, there, facts, told, frozenset()):
                    versions = f"{pins[here].get(project)} and {pins[there].get(project)}"
                    yield f"{project} in {here} and {there}: {versions}"


def _is_justified(project: str, here: str, there: str, facts: Any, told: Any, above: frozenset[str]) -> bool:
    for obstacle in told.get(project, {}).get("obstacles", ()):
        mine = obstacle["environment"]
        other = there if mine == here else here
        if mine not in (here, there) or other not in obstacle["holders"]:
            continue
        if any(_tells_apart(each, facts[mine], facts[other]) for each in obstacle.get("evidence", ())):
            return True
        through = set(obstacle.get("through", ())) - above - {project}
        if any(_is_justified(name, here, there, facts, told, above | {project}) for name in through):
            return True
    return False


def _tells_apart(evidence: Any, mine: Any, other: Any) -> bool:
    """Whether a piece of evidence tells a fact of one environment that the other one has not."""
    name, _, value = evidence["what"].partition(" is ")
    if evidence["where"] == "image":
        return True
    if name not in mine and value == "not known":
        return name in other
    return name in mine and _text(mine[name]) == value and _text(other.get(name)) != value


def _text(fact: Any) -> str | None:
    if fact is None:
        return None
    value = fact["value"]
    return ", ".join(value)[:80] if isinstance(value, list) else str(value)
