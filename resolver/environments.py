"""Advice for several environments: which versions they share, what that costs, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from packaging.version import Version

from analyzers.reports import Report
from resolver.advice import Advice, Pin
from resolver.context import Preference
from resolver.gains import comes_from


class EnvironmentAdvice(msgspec.Struct, frozen=True, kw_only=True):
    """The advice for one of several environments.

    Attributes:
        lockfile: path of what was written for it; None where nothing was.
    """

    name: str
    lockfile: str | None
    advice: Advice


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """Why an environment does not have the version that another one has.

    Attributes:
        version: of the other.
        unit: that speaks against it; empty where no dependency asks for the project there.
    """

    environment: str
    version: str
    unit: str
    message: str


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A project that has not the same version in all environments.

    Attributes:
        versions: environment to version; None where the project is not in its stack.
    """

    project: str
    versions: dict[str, str | None]
    obstacles: tuple[Obstacle, ...]


class Concession(msgspec.Struct, frozen=True, kw_only=True):
    """A release that one environment would not have if it were alone.

    Attributes:
        version: that it has.
        alone: that it would have.
        wanted_by: the environment that has no newer one.
    """

    project: str
    environment: str
    version: str
    alone: str
    wanted_by: str


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
        versions = {name: version for name, version in _versions(project, stacks).items() if version}
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
        others: environment to advice; the first that has the release is the one that wants it.
    """
    before = {pin.name: pin.version for pin in alone.pins}
    for pin in shared.pins:
        version = before.get(pin.name, pin.version)
        holders = (other for other, advice in others.items() if other != name and _has(advice, pin))
        if version != pin.version and (holder := next(holders, None)) is not None:
            yield Concession(
                project=pin.name, environment=name, version=pin.version, alone=version, wanted_by=holder
            )


def _has(advice: Advice, pin: Pin) -> bool:
    return any(
        other.name == pin.name and public(other.version) == public(pin.version) for other in advice.pins
    )


def public(version: str) -> str:
    """A version without its local label: builds for different hardware are of one version."""
    return version.partition("+")[0]


def differences(stacks: Mapping[str, Advice]) -> tuple[Difference, ...]:
    """What differs between environments, and why."""
    return tuple(_differences(stacks))


def _differences(stacks: Mapping[str, Advice]) -> Iterator[Difference]:
    pins = {name: {pin.name: pin for pin in advice.pins} for name, advice in stacks.items()}
    for project in sorted({project for stack in pins.values() for project in stack}):
        versions = _versions(project, stacks)
        if len(set(versions.values())) < 2:
            continue
        others = sorted({version for version in versions.values() if version}, key=Version)
        obstacles = [
            obstacle
            for name, stack in pins.items()
            for obstacle in _obstacles(name, stack.get(project), others)
        ]
        yield Difference(project=project, versions=versions, obstacles=tuple(obstacles))


def _versions(project: str, stacks: Mapping[str, Advice]) -> dict[str, str | None]:
    return {
        name: next((pin.version for pin in advice.pins if pin.name == project), None)
        for name, advice in stacks.items()
    }


def _obstacles(name: str, pin: Pin | None, versions: Sequence[str]) -> Iterator[Obstacle]:
    """Why an environment has not the newest version that another one has."""
    newest = versions[-1]
    if pin is None:
        message = "nothing in its stack asks for it"
        yield Obstacle(environment=name, version=newest, unit="", message=message)
        return
    if pin.version == newest:
        return
    if pin.index is not None:
        (reason,) = (
            reason for reason in pin.reasons if reason.message.startswith(comes_from(pin.name, pin.index))
        )
        yield Obstacle(environment=name, version=newest, unit=reason.unit, message=reason.message)
        return
    if public(pin.version) == public(newest):
        message = "no rule chooses another index than the usual one"
        yield Obstacle(environment=name, version=newest, unit="", message=message)
        return
    for rejection in pin.rejected:
        if rejection.version == newest:
            message = rejection.reason.message
            yield Obstacle(environment=name, version=newest, unit=rejection.unit, message=message)
