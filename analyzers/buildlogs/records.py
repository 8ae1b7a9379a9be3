"""What a build log says: what was installed, what failed at which step, and what was missing for it."""

from __future__ import annotations

import enum

import msgspec

from analyzers.reports import Report, Unknown


class Step(enum.StrEnum):
    """What an installer was about."""

    RESOLVE = "resolve"
    DOWNLOAD = "download"
    BUILD_REQUIREMENTS = "build-requirements"
    METADATA = "metadata"
    BUILD = "build"
    INSTALL = "install"


class Cause(enum.StrEnum):
    """Why something failed, as far as the log tells."""

    MISSING_HEADER = "missing-header"
    MISSING_COMPILER = "missing-compiler"
    MISSING_LIBRARY = "missing-library"
    MISSING_PROGRAM = "missing-program"
    MISSING_MODULE = "missing-module"
    NO_MATCHING_DISTRIBUTION = "no-matching-distribution"
    CONFLICT = "conflict"
    HASH_MISMATCH = "hash-mismatch"
    NETWORK = "network"
    CERTIFICATE = "certificate"
    DISK_FULL = "disk-full"
    PERMISSION = "permission"
    OUT_OF_MEMORY = "out-of-memory"
    TIMEOUT = "timeout"
    WRONG_PYTHON = "wrong-python"
    SYNTAX_OF_SETUP = "syntax-of-setup"
    COMPILE_ERROR = "compile-error"
    BUILD_BACKEND = "build-backend"
    UNKNOWN = "unknown"


MISSING = frozenset(
    {
        Cause.MISSING_HEADER,
        Cause.MISSING_COMPILER,
        Cause.MISSING_LIBRARY,
        Cause.MISSING_PROGRAM,
        Cause.MISSING_MODULE,
    }
)
"""The causes that something would cure which the machine, or the build environment, does not have."""
PASSING = frozenset(
    {
        Cause.NETWORK,
        Cause.CERTIFICATE,
        Cause.DISK_FULL,
        Cause.PERMISSION,
        Cause.OUT_OF_MEMORY,
        Cause.TIMEOUT,
    }
)
"""The causes that say something of the machine or of the moment, and nothing of a release."""


class BuildFailure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that failed.

    Attributes:
        package: normalised name; empty where the log names none.
        version: as the log has it; empty where it does not tell.
        missing: what was not there: a header (``Python.h``), a library as it was asked for (``-lxml2``,
            ``libGL.so.1``), a program, a module, or the requirement that nothing satisfies.
        message: the line that tells the cause; the line that tells the failure where no cause is known.
        where: the place in the sources that the message names, such as ``x.c:1``.
        requested_by: who asked for the package, the nearest first, in the installer's words.
        conflicting: of a conflict, what cannot be together.
        lines: numbers, from 1, of the line that tells the failure and of those that tell its cause; sorted.
        is_recovered: whether the same package was installed afterwards.
    """

    package: str = ""
    version: str = ""
    step: Step
    cause: Cause
    missing: str = ""
    message: str = ""
    where: str = ""
    requested_by: tuple[str, ...] = ()
    conflicting: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    is_recovered: bool = False


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """A package that was to be installed, in the terms of Thoth's parser of build logs.

    Attributes:
        package: normalised name.
        artifact: name of the file.
        size_bytes: of the file, as far as the log rounds it.
        is_successful: None where the log ends, or breaks off, before that is told.
        index: address of the index, without credentials, where the log names one alone.
        requested_by: who asked for it, the nearest first, in the installer's words.
    """

    package: str
    version: str | None = None
    artifact: str | None = None
    size_bytes: int | None = None
    is_wheel: bool | None = None
    is_successful: bool | None = None
    index: str | None = None
    requested_by: tuple[str, ...] = ()


class StepTaken(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step that ended, or was begun and never ended.

    Attributes:
        package: normalised name; empty where a step is for all of them.
        is_successful: None where its end is not told.
        line: number of the line that tells it, from 1.
    """

    step: Step
    package: str = ""
    is_successful: bool | None = None
    line: int


class BuildLog(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was read of one log.

    Attributes:
        installer: ``pip``, ``uv``, ``poetry``, ``pdm``, ``pipenv`` or ``micropipenv``; empty where it is not
            known. Of two, the outer one.
        installer_version: empty where the log does not tell.
        python: version of the interpreter; ``3.11`` or ``3.11.7``; empty where the log does not tell.
        platform: its platform tag, such as ``linux_x86_64``; empty where the log does not tell.
        installation: in the order of the log.
        failed: packages that failed and were not installed afterwards; `recovered` those that were.
        is_build_log: whether there is anything in it that an installer or a build says.
    """

    installer: str = ""
    installer_version: str = ""
    python: str = ""
    platform: str = ""
    installation: tuple[Installation, ...] = ()
    failed: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    failures: tuple[BuildFailure, ...] = ()
    steps: tuple[StepTaken, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    is_build_log: bool = False

    @property
    def lasting(self) -> tuple[BuildFailure, ...]:
        """The failures that nothing made good afterwards."""
        return tuple(failure for failure in self.failures if not failure.is_recovered)


class BuildLogReport(Report, frozen=True, kw_only=True):
    """The report of ``stackwright analyze-log``; the fields are those of `BuildLog`.

    Attributes:
        is_successful: whether nothing failed that was not made good.
    """

    is_successful: bool
    installer: str = ""
    installer_version: str = ""
    python: str = ""
    platform: str = ""
    installation: tuple[Installation, ...] = ()
    failed: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    failures: tuple[BuildFailure, ...] = ()
    steps: tuple[StepTaken, ...] = ()
