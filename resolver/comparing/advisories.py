"""Which known vulnerabilities come and go between two locks."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.version import Version

from knowledge.advisories.vulnerabilities import Vulnerability
from resolver.comparing.locked import Locked
from resolver.comparing.records import AdvisoryChange
from resolver.source import ReleaseVulnerabilities

Affecting = Mapping[tuple[str, str], tuple[Vulnerability, Version]]
"""Project and vulnerability to the latter, with the release that has it."""


def affecting(side: Locked, known: ReleaseVulnerabilities | None) -> Affecting:
    """What is known of the releases that hold on the target."""
    if known is None:
        return {}
    pins = {name: pin.version for name in side.pins if (pin := side.live(name)) and pin.version is not None}
    found = known.of(pins)
    return {
        (name, one.id): (one, version)
        for name, version in pins.items()
        for one in found[name]
        if one.affects(version)
    }


def only(these: Affecting, others: Affecting, after: Locked) -> tuple[AdvisoryChange, ...]:
    """What one side has and the other has not, the gravest first.

    Args:
        after: in which lines are looked up.
    """
    keys = sorted(these.keys() - others.keys(), key=lambda key: (-these[key][0].severity, key))
    return tuple(_change(key[0], *these[key], after) for key in keys)


def _change(name: str, one: Vulnerability, version: Version, after: Locked) -> AdvisoryChange:
    pin = after.live(name)
    return AdvisoryChange(
        id=one.id,
        name=name,
        version=str(version),
        severity=one.severity if one.is_rated else None,
        summary=one.summary,
        link=one.link,
        fixed_in=one.fixed_after(version),
        line=None if pin is None else pin.location.line,
    )
