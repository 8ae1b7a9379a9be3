"""Observations in one call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analyzers.reports import Tool
from images.facts.environment import Fact, RuntimeEnvironment
from knowledge.observations.record import Failure, Observation, ObservationKind, Outcome, ReleaseIdentity

FACTS = {
    "python.version": "3.11.7",
    "python.implementation": "cpython",
    "os.kernel": "linux",
    "arch": "x86_64",
    "libc.name": "glibc",
}
TOOL = Tool(name="stackwright", version="1")
MOMENT = "2026-01-02T03:04:05Z"


def release(text: str) -> ReleaseIdentity:
    """Of ``name==version``."""
    project, _, version = text.partition("==")
    return ReleaseIdentity(project=project, version=version)


def environment(**facts: str) -> RuntimeEnvironment:
    """CPython 3.11 on Linux; other facts with ``_`` for ``.``."""
    named = {**FACTS, **{name.replace("_", "."): value for name, value in facts.items()}}
    return RuntimeEnvironment(facts={name: Fact(value=value, source="test") for name, value in named.items()})


class Seen:
    """Implements `resolver.source.ReleaseObservations` over what is given; others are trusted by half."""

    def __init__(self, *observations: Observation) -> None:
        self._observations = observations

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        return {
            project: [one for one in self._observations if project in (each.project for each in one.subject)]
            for project in projects
        }

    def failures(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        return {
            project: [one for one in self._observations if project in (each.project for each in one.blame)]
            for project in projects
        }

    def trust(self, origin: str | None) -> float:
        return 1.0 if origin is None else 0.5


def passed(
    stack: str,
    *,
    kind: ObservationKind = ObservationKind.IMPORT,
    where: RuntimeEnvironment | None = None,
    origin: str | None = None,
    created_at: str = MOMENT,
) -> Observation:
    """A stack, such as ``a==1 b==2``, that works."""
    return Observation(
        kind=kind,
        subject=tuple(map(release, stack.split())),
        environment=where or environment(),
        outcome=Outcome.PASSED,
        created_at=created_at,
        tool=TOOL,
        origin=origin,
    )


def failed(
    stack: str,
    blame: str = "",
    *,
    kind: ObservationKind = ObservationKind.IMPORT,
    step: str = "import a",
    error: str = "ImportError",
    message: str = "cannot import name 'triu'",
    where: RuntimeEnvironment | None = None,
    origin: str | None = None,
    created_at: str = MOMENT,
) -> Observation:
    """A stack that does not, because of the releases that are blamed."""
    return Observation(
        kind=kind,
        subject=tuple(map(release, stack.split())),
        environment=where or environment(),
        outcome=Outcome.FAILED,
        blame=tuple(map(release, blame.split())),
        failure=Failure(step=step, error=error, message=message, where="a/core.py:3"),
        created_at=created_at,
        tool=TOOL,
        origin=origin,
    )
