"""Advice for several environments: which versions they share and what that costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from packaging.version import Version

from analyzers.evidence import Justification
from analyzers.reports import Report
from resolver.advising.differences import Difference, public, versions_of
from resolver.context import Preference
from resolver.reports.advice import Advice, Pin


class EnvironmentAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """The advice for one of several environments.

    Attributes:
        lockfile: path of what was written for it; None where nothing was.
    """

    name: str
    lockfile: str | None
    advice: Advice


class Concession(msgspec.Struct, frozen=True, kw_only=True):
    """A release that one environment would not have if it were alone.

    Attributes:
        version: that it has.
        alone: that it would have.
        wanted_by: the environment that has no newer one.
        reason: what speaks there against the release that this one would have.
    """

    project: str
    environment: str
    version: str
    alone: str
    wanted_by: str
    reason: Justification | None = None


class SeveralAdvice(Report, frozen=True, kw_only=True):
    """What `stackwright advise` answers where several environments are named.

    Attributes:
        environments: in the order in which they were named.
        concessions: what keeping versions equal has cost.
        differences: by project.
    """

    environments: tuple[EnvironmentAdvice, ...]
    concessions: tuple[Concession, ...]
    differences: tuple[Difference, ...]


def shared_preferences(stacks: Mapping[str, Advice]) -> dict[str, dict[str, Preference]]:
    """What each environment should try first so that all have the same: the oldest version any of them has.

    Args:
        stacks: environment to its advice, all of them solved.

    Returns:
        Environment to normalised project to the release; environments that have it already, in whatever
        build, are left out.
    """
    found: dict[str, dict[str, Preference]] = {}
    for project in sorted({pin.name for advice in stacks.values() for pin in advice.pins}):
        versions = {name: version for name, version in versions_of(project, stacks).items() if version}
        if len(set(map(public, versions.values()))) < 2:
            continue
        holder = min(versions, key=lambda name: Version(public(versions[name])))
        kept = public(versions[holder])
        wanted = Preference(frozenset({versions[holder], kept}), f"environment {holder}")
        for name, version in versions.items():
            if public(version) != kept:
                found.setdefault(name, {})[project] = wanted
    return found


def is_nearer(before: Advice, after: Advice, wanted: Mapping[str, Preference]) -> bool:
    """Whether a stack shares more of what is wanted, and changed nothing else of what both have."""
    if not after.status.is_solved:
        return False
    old, new = ({pin.name: pin.version for pin in advice.pins} for advice in (before, after))
    changed = {name for name in old.keys() & new.keys() if old[name] != new[name]}
    return bool(changed) and all(
        name in wanted and public(new[name]) in wanted[name].versions for name in changed
    )


def concessions(
    name: str, alone: Advice, shared: Advice, others: Mapping[str, Advice]
) -> Iterator[Concession]:
    """What an environment gave up.

    Args:
        name: of the environment.
        alone: its advice when it was alone.
        shared: what it has now.
        others: environment to the advice that it has when it is alone; the first that has the release is the
            one that wants it.
    """
    before = {pin.name: pin.version for pin in alone.pins}
    for pin in shared.pins:
        version = before.get(pin.name, pin.version)
        holders = ((other, each) for other, each in others.items() if other != name and _has(each, pin))
        if version != pin.version and (holder := next(holders, None)) is not None:
            yield Concession(
                project=pin.name,
                environment=name,
                version=pin.version,
                alone=version,
                wanted_by=holder[0],
                reason=_against(holder[1], pin.name, version),
            )


def _against(advice: Advice, project: str, version: str) -> Justification | None:
    """Why a stack has not a release of one of its projects."""
    rejected = (one for pin in advice.pins if pin.name == project for one in pin.rejected)
    return next((one.reason for one in rejected if one.version == version), None)


def _has(advice: Advice, pin: Pin) -> bool:
    return any(
        other.name == pin.name and public(other.version) == public(pin.version) for other in advice.pins
    )
