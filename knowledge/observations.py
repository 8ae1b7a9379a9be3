"""What was seen when releases were built, imported, tested or measured."""

from __future__ import annotations

import enum

import msgspec

from analyzers.reports import Tool
from images.environment import RuntimeEnvironment


class ObservationKind(enum.StrEnum):
    """What was done to learn something."""

    BUILD = "build"
    INSTALL = "install"
    IMPORT = "import"
    TEST = "test"
    BENCHMARK = "benchmark"


class Outcome(enum.StrEnum):
    """How it ended."""

    PASSED = "passed"
    FAILED = "failed"
    MEASURED = "measured"


class ReleaseIdentity(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A release by name, never by position: normalised project name and canonical version."""

    project: str
    version: str

    def __str__(self) -> str:
        return f"{self.project}=={self.version}"


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to a set of releases in one environment.

    Attributes:
        value: the measured figure, in `unit`; None where nothing was measured.
        unit: unit of `value`, such as ``s`` or ``bytes``.
        blame: the releases that a failure was traced to, at most a pair; empty where it was not.
        created_at: RFC 3339, UTC.
    """

    kind: ObservationKind
    subject: tuple[ReleaseIdentity, ...]
    environment: RuntimeEnvironment
    outcome: Outcome
    value: float | None = None
    unit: str | None = None
    blame: tuple[ReleaseIdentity, ...] = ()
    created_at: str
    tool: Tool
