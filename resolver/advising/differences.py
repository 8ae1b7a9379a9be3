"""What differs between the stacks of several environments, and by which facts of theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from packaging.utils import canonicalize_name
from packaging.version import Version

from analyzers.evidence import Evidence, Justification
from images.facts.environment import FACT_NAMES, RuntimeEnvironment
from resolver.advising.demanded import Demanded
from resolver.advising.gains import comes_from
from resolver.advising.told_apart import differing_facts, facts_of_marker, facts_of_wheel, said
from resolver.reports.advice import Advice, Pin

_OF_FACT = re.compile(r"([a-z_.]{1,40})(?: is |: )")
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", re.IGNORECASE)
_FACTS_OF_UNITS = {
    "requires-python": ("python.version",),
    "prereleases": (),
    "supported-environment": ("python.version",),
}
_MOST_DEPENDENTS = 2


class Obstacle(msgspec.Struct, frozen=True, kw_only=True):
    """Why an environment does not have the version that others have.

    Attributes:
        version: of the others.
        holders: the others.
        unit: that speaks against it; empty where no dependency asks for the project there.
        evidence: facts of the environment, and of the others, by which it is so.
        through: projects that differ as well and by which this one does.
    """

    environment: str
    version: str
    holders: tuple[str, ...]
    unit: str
    message: str
    evidence: tuple[Evidence, ...] = ()
    through: tuple[str, ...] = ()


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """A project that has not the same version in all environments.

    Attributes:
        versions: environment to version; None where the project is not in its stack.
    """

    project: str
    versions: dict[str, str | None]
    obstacles: tuple[Obstacle, ...]


def newer_elsewhere(stacks: Mapping[str, Advice]) -> dict[str, dict[str, frozenset[str]]]:
    """Environment to project to the newer versions that other environments have of it."""
    found: dict[str, dict[str, frozenset[str]]] = {}
    for name, advice in stacks.items():
        for pin in advice.pins:
            held = {version for version in versions_of(pin.name, stacks).values() if version}
            newer = frozenset(version for version in held if Version(version) > Version(pin.version))
            if newer:
                found.setdefault(name, {})[pin.name] = newer
    return found


def public(version: str) -> str:
    """A version without its local label: builds for different hardware are of one version."""
    return version.partition("+")[0]


def versions_of(project: str, stacks: Mapping[str, Advice]) -> dict[str, str | None]:
    """Environment to the version of a project that it has; None where it has none."""
    return {
        name: next((pin.version for pin in advice.pins if pin.name == project), None)
        for name, advice in stacks.items()
    }


def differences(
    stacks: Mapping[str, Advice], demanded: Mapping[str, Demanded] | None = None
) -> tuple[Difference, ...]:
    """What differs between environments, and why.

    Args:
        stacks: environment to its advice.
        demanded: environment to what its releases ask for; without it nothing is said of their markers.
    """
    return tuple(_Comparing(stacks, demanded or {}).differences())


class _Comparing:
    def __init__(self, stacks: Mapping[str, Advice], demanded: Mapping[str, Demanded]) -> None:
        self._stacks = stacks
        self._demanded = demanded
        self._pins = {name: {pin.name: pin for pin in advice.pins} for name, advice in stacks.items()}
        projects = sorted({project for pins in self._pins.values() for project in pins})
        versions = {project: versions_of(project, stacks) for project in projects}
        self._versions = {name: each for name, each in versions.items() if len(set(each.values())) > 1}

    def differences(self) -> Iterator[Difference]:
        for project, versions in self._versions.items():
            found: dict[Obstacle, list[str]] = {}
            for here in versions:
                for there, version in versions.items():
                    if version is not None and _is_less(versions[here], version):
                        obstacle = self._obstacle(project, here, there)
                        found.setdefault(obstacle, []).append(there)
            obstacles = tuple(msgspec.structs.replace(one, holders=tuple(who)) for one, who in found.items())
            yield Difference(project=project, versions=versions, obstacles=obstacles)

    def _obstacle(self, project: str, here: str, there: str) -> Obstacle:
        """Why one environment has not the release that another one has."""
        pin, other = self._pins[here].get(project), self._pins[there][project]
        reason = self._absence(project, here, there) if pin is None else self._older(pin, other, here, there)
        names = {canonicalize_name(word) for word in _NAME.findall(reason.message)}
        through = [
            name
            for name, versions in self._versions.items()
            if name in names and name != project and versions[here] != versions[there]
        ]
        return Obstacle(
            environment=here,
            version=other.version,
            holders=(),
            unit=reason.unit,
            message=reason.message,
            evidence=reason.evidence,
            through=tuple(through),
        )

    def _older(self, pin: Pin, other: Pin, here: str, there: str) -> Justification:
        if pin.index is not None:
            taken = comes_from(pin.name, pin.index)
            return next(reason for reason in pin.reasons if reason.message.startswith(taken))
        if public(pin.version) == public(other.version):
            return Justification(unit="", message="no rule chooses another index than the usual one")
        found = (one for one in pin.rejected if Version(one.version) == Version(other.version))
        rejection = next(found, None)
        if rejection is None:
            return Justification(unit="", message="no index has it there")
        reason, unit = rejection.reason, rejection.unit
        mine, others = self._facts(here), self._facts(there)
        if unit == "tags" and other.artifacts:
            filename = other.artifacts[0].filename
            told = said(facts_of_wheel(filename, mine, others), mine)
            wheel = Evidence(what=f"{there} takes {filename}", where="index")
            return Justification(unit=unit, message=reason.message, evidence=(*told, wheel))
        if unit in _FACTS_OF_UNITS:
            told = said(differing_facts(_FACTS_OF_UNITS[unit], mine, others), mine)
            return Justification(unit=unit, message=reason.message, evidence=(*reason.evidence, *told))
        return reason

    def _absence(self, project: str, here: str, there: str) -> Justification:
        """Why nothing asks for a project in one environment that another one has."""
        other = self._pins[there][project]
        for standing in self._pins[here].values():
            if project in standing.stands_in_for:
                return self._in_place(standing, here, there)
        if other.stands_in_for:
            return self._not_replaced(other, here, there)
        told = [*self._not_required(other, here, there), *self._not_depended_on(other, here, there)]
        if not told:
            return Justification(unit="", message="nothing in its stack asks for it")
        evidence = dict.fromkeys(each for reason in told for each in reason.evidence)
        shown = list(dict.fromkeys(reason.message for reason in told))[:_MOST_DEPENDENTS]
        return Justification(unit="", message="; ".join(shown), evidence=tuple(evidence))

    def _in_place(self, standing: Pin, here: str, there: str) -> Justification:
        """Another project stands in for it here, by facts that do not hold there."""
        reason = _of_rule(standing)
        mine, others = self._facts(here), self._facts(there)
        facts = said(differing_facts(_facts_named(reason.evidence), mine, others), mine)
        facts += tuple(each for each in reason.evidence if each.where == "image")
        return Justification(unit=reason.unit, message=f"{standing.name} stands in for it", evidence=facts)

    def _not_replaced(self, other: Pin, here: str, there: str) -> Justification:
        """The project stands in for another one there, by facts that do not hold here."""
        reason = _of_rule(other)
        mine, others = self._facts(here), self._facts(there)
        differing = differing_facts(_facts_named(reason.evidence), mine, others)
        held = " and ".join(each.what for each in said(differing, others))
        message = f"it stands in for {' and '.join(other.stands_in_for)}" + (f" where {held}" if held else "")
        return Justification(unit=reason.unit, message=message, evidence=said(differing, mine))

    def _not_required(self, other: Pin, here: str, there: str) -> Iterator[Justification]:
        stated = self._stacks[here].requirements
        for text in self._stacks[there].requirements:
            name = _NAME.match(text)
            if name is None or canonicalize_name(name[0]) != other.name or text in stated:
                continue
            marker = text.partition(";")[2]
            message = f"you require {text}, which does not hold there"
            yield self._by_marker(marker, message, here, there)

    def _not_depended_on(self, other: Pin, here: str, there: str) -> Iterator[Justification]:
        for name in other.dependents:
            pin, theirs = self._pins[here].get(name), self._pins[there][name]
            if pin is None:
                yield Justification(unit="", message=f"only {name} asks for it, which is not there")
            elif pin.version != theirs.version:
                message = f"{name} {theirs.version} asks for it, and {name} {pin.version} does not"
                yield Justification(unit="", message=message)
            else:
                yield from self._by_line(other, pin, theirs, here, there)

    def _by_line(self, other: Pin, pin: Pin, theirs: Pin, here: str, there: str) -> Iterator[Justification]:
        """The same release asks for it in one environment and not in the other."""
        extras = sorted(set(theirs.extras) - set(pin.extras))
        demanded = self._demanded.get(there)
        lines = demanded.lines(theirs.name, theirs.version, other.name) if demanded else ()
        if not lines:
            added = _reason_naming(theirs, other.name)
            yield self._by_rule(added, f"{theirs.name} does not ask for it", here, there)
        for line in lines:
            marker = line.partition(";")[2]
            if any(f"'{extra}'" in marker or f'"{extra}"' in marker for extra in extras):
                asked = _reason_naming(theirs, *extras)
                message = f"{theirs.name}[{','.join(extras)}] asks for it, and the extra is not asked for"
                yield self._by_rule(asked, message, here, there)
            elif marker:
                message = f"{theirs.name} {theirs.version} asks for it where {marker.strip()}"
                yield self._by_marker(marker, message, here, there)

    def _by_rule(self, reason: Justification | None, message: str, here: str, there: str) -> Justification:
        mine, others = self._facts(here), self._facts(there)
        names = _facts_named(reason.evidence) if reason is not None else []
        differing = differing_facts(names, mine, others)
        held = ", ".join(each.what for each in said(differing, others))
        unit = reason.unit if reason is not None else ""
        told = f"{message}; others have it as {held}" if held else message
        return Justification(unit=unit, message=told, evidence=said(differing, mine))

    def _by_marker(self, marker: str, message: str, here: str, there: str) -> Justification:
        mine, others = self._facts(here), self._facts(there)
        names = differing_facts(facts_of_marker(marker), mine, others)
        return Justification(unit="", message=message, evidence=said(names, mine))

    def _facts(self, name: str) -> RuntimeEnvironment:
        return self._stacks[name].environment


def _is_less(version: str | None, other: str) -> bool:
    return version is None or Version(version) < Version(other)


def _of_rule(pin: Pin) -> Justification:
    """Why a pin stands in for another project."""
    words = [f"for {original}" for original in pin.stands_in_for]
    for reason in pin.reasons:
        if reason.evidence and any(word in reason.message for word in words):
            return reason
    return Justification(unit="", message="")


def _reason_naming(pin: Pin, *names: str) -> Justification | None:
    """A reason with evidence whose message has one of some words."""
    for reason in pin.reasons:
        words = set(_NAME.findall(reason.message))
        if reason.evidence and words.intersection(names):
            return reason
    return None


def _facts_named(evidence: Sequence[Evidence]) -> list[str]:
    return [name for each in evidence if (name := fact_named(each))]


def fact_named(evidence: Evidence) -> str | None:
    """The fact that a piece of evidence tells the value of; None where it tells something else."""
    match = _OF_FACT.match(evidence.what)
    return match[1] if match and match[1] in FACT_NAMES else None
