"""Observations as they may be kept: names and versions normalised, sizes and counts bounded."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Mapping

import msgspec
from packaging.version import InvalidVersion, Version

from analyzers.reports import Tool
from images.facts.environment import Fact, RuntimeEnvironment
from knowledge.indexes.filenames import normalized
from knowledge.observations.record import (
    Failure,
    Measurement,
    Observation,
    ObservationKind,
    Outcome,
    ReleaseIdentity,
)

MOST_RELEASES = 2_000
MOST_BLAMED = 2
_MOST_FACTS = 200
_MOST_VALUES = 5_000
_LONGEST_TEXT = 2_000
_LONGEST_NAME = 200
_LATE_S = 300.0
"""Clocks of two machines may differ by so much."""
_PROJECT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_FACT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


class UnfitObservationError(ValueError):
    """An observation that cannot be kept; the message says why."""


def checked(observation: Observation, now: float | None = None) -> Observation:
    """An observation as it may be kept; one that was checked is itself.

    Args:
        observation: from anywhere.
        now: seconds since the epoch; None where it was made just now.

    Raises:
        UnfitObservationError: it can say nothing.
    """
    subject = tuple(identity(each) for each in _few(observation.subject, MOST_RELEASES, "releases"))
    blame = tuple(identity(each) for each in _few(observation.blame, MOST_BLAMED, "blamed releases"))
    if not subject:
        raise UnfitObservationError("it is about no release")
    if not set(blame) <= set(subject):
        raise UnfitObservationError("it blames a release that it is not about")
    if observation.outcome is not Outcome.FAILED and (blame or observation.failure is not None):
        raise UnfitObservationError("nothing failed, and yet something is blamed")
    is_measured = observation.measurement is not None and observation.value is not None
    if observation.kind is ObservationKind.BENCHMARK and not is_measured:
        raise UnfitObservationError("it has no figure")
    if observation.value is not None and not math.isfinite(observation.value):
        raise UnfitObservationError("its figure is no number")
    if observation.script is not None and not _DIGEST.fullmatch(observation.script):
        raise UnfitObservationError("the digest of its program is none")
    return msgspec.structs.replace(
        observation,
        subject=subject,
        blame=blame,
        environment=_environment(observation.environment),
        failure=None if observation.failure is None else _failure(observation.failure),
        measurement=None if observation.measurement is None else _measurement(observation.measurement),
        unit=None if observation.unit is None else plain(observation.unit, _LONGEST_NAME),
        created_at=checked_time(observation.created_at, now),
        tool=checked_tool(observation.tool),
        roots=tuple(sorted({name(root) for root in observation.roots[:MOST_RELEASES]})),
    )


def identity(release: ReleaseIdentity) -> ReleaseIdentity:
    """A release with its name normalised and its version in canonical form.

    Raises:
        UnfitObservationError: it is no name or no version.
    """
    try:
        version = str(Version(release.version)) if len(release.version) <= _LONGEST_NAME else ""
    except InvalidVersion:
        version = ""
    if not version:
        raise UnfitObservationError(f"{release.version[:60]!r} is no version")
    return ReleaseIdentity(project=name(release.project), version=version)


def name(project: str) -> str:
    """The normalised name of a project.

    Raises:
        UnfitObservationError: it is none.
    """
    found = normalized(project) if len(project) <= _LONGEST_NAME else ""
    if not _PROJECT.fullmatch(found):
        raise UnfitObservationError(f"{project[:60]!r} is no name of a project")
    return found


def checked_time(text: str, now: float | None) -> str:
    """A moment in UTC, to the second.

    Raises:
        UnfitObservationError: it is none, or has not come yet.
    """
    try:
        moment = datetime.datetime.fromisoformat(text[:40])
        moment = moment.replace(tzinfo=moment.tzinfo or datetime.UTC).astimezone(datetime.UTC)
        seconds = moment.timestamp()
    except (ValueError, OverflowError):
        raise UnfitObservationError(f"{text[:40]!r} is no time") from None
    if now is not None and seconds > now + _LATE_S:
        raise UnfitObservationError(f"its time, {text[:40]}, has not come yet")
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def checked_tool(tool: Tool) -> Tool:
    """A tool whose name and version are short and plain."""
    return Tool(name=plain(tool.name, _LONGEST_NAME), version=plain(tool.version, _LONGEST_NAME))


def plain(text: str, most: int = _LONGEST_TEXT) -> str:
    """The first characters of a text, without what steers a terminal."""
    return "".join(each if each.isprintable() else "?" for each in text[:most])


def _few(releases: tuple[ReleaseIdentity, ...], most: int, what: str) -> tuple[ReleaseIdentity, ...]:
    if len(releases) > most:
        raise UnfitObservationError(f"it has {len(releases):,} {what}")
    return releases


def _failure(failure: Failure) -> Failure:
    return Failure(
        step=plain(failure.step),
        error=plain(failure.error, _LONGEST_NAME),
        message=plain(failure.message),
        where=plain(failure.where),
    )


def _measurement(measurement: Measurement) -> Measurement:
    library, kernels = measurement.kernel_library, measurement.kernel_architecture
    return msgspec.structs.replace(
        measurement,
        benchmark=plain(measurement.benchmark, _LONGEST_NAME),
        stands_for=tuple(plain(each, _LONGEST_NAME) for each in measurement.stands_for[:_MOST_FACTS]),
        size=plain(measurement.size, _LONGEST_NAME),
        session=plain(measurement.session, _LONGEST_NAME),
        kernel_library=None if library is None else plain(library),
        kernel_architecture=None if kernels is None else plain(kernels, _LONGEST_NAME),
    )


def _environment(environment: RuntimeEnvironment) -> RuntimeEnvironment:
    facts: Mapping[str, Fact] = environment.facts
    if len(facts) > _MOST_FACTS or not all(map(_FACT.fullmatch, facts)):
        raise UnfitObservationError("its environment has too many facts, or facts without proper names")
    return RuntimeEnvironment(facts={name: _fact(fact) for name, fact in facts.items()})


def _fact(fact: Fact) -> Fact:
    value = fact.value
    if isinstance(value, tuple):
        if len(value) > _MOST_VALUES:
            raise UnfitObservationError("a fact of its environment has too many values")
        value = tuple(plain(each, _LONGEST_NAME) for each in value)
    elif isinstance(value, str):
        value = plain(value)
    return msgspec.structs.replace(fact, value=value, source=plain(fact.source, _LONGEST_NAME))
