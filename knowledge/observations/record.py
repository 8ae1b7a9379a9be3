"""What was seen when releases were built, imported, tested or measured."""

from __future__ import annotations

import enum

import msgspec

from analyzers.reports import Tool
from images.facts.environment import RuntimeEnvironment


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


class Measurement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a figure was measured; see docs/concepts/performance.md for the statistic.

    Attributes:
        benchmark: its id.
        stands_for: symbols whose use it stands for; ``*`` stands for any text.
        size: what is worked on, in words.
        session: figures of one session were taken in turns, so that they can be held against each other.
        processes: how many counted; each gives the least of its repetitions.
        minimum: the least of them; `Observation.value` is their median.
        spread: the largest of them divided by the least.
        load: the highest load of the machine (average of a minute) under which one of them ran.
        threads: that libraries were told to use.
        kernel_library: the linear algebra library that was loaded, in its own words.
        kernel_architecture: the processor that it chose its kernels for.
    """

    benchmark: str
    stands_for: tuple[str, ...]
    size: str = ""
    session: str
    processes: int
    minimum: float
    spread: float
    load: float
    threads: int = 1
    kernel_library: str | None = None
    kernel_architecture: str | None = None


class Failure(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong, in terms that a person can look for.

    Attributes:
        step: what was under way, such as ``build``, ``install``, ``import numpy`` or ``script``.
        error: the type of the exception, such as ``ImportError``; or how else it ended, such as ``SIGSEGV``,
            ``timeout``, ``missing-header`` or ``missing-compiler``.
        message: its first line.
        where: the place that raised it, relative to where packages are installed, such as
            ``gensim/matutils.py:20``; empty where that is not known.
    """

    step: str
    error: str
    message: str = ""
    where: str = ""


class Observation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened to a set of releases in one environment.

    Attributes:
        subject: of a benchmark, the release that is measured comes first, what was installed with it follows.
        value: the measured figure, in `unit`; None where nothing was measured.
        unit: unit of `value`, such as ``s`` or ``bytes``.
        blame: the releases that a failure was traced to, at most a pair, the one that needs something of the
            other first; empty where it was not.
        failure: what went wrong; None where nothing did.
        measurement: how the figure was measured.
        origin: the pack that it came with; None where it was seen by this store's own user.
        created_at: RFC 3339, UTC.
        script: ``sha256:…`` of the program that had to end well; None where none was run.
        roots: projects whose modules had to be importable; empty where that is not known.
    """

    kind: ObservationKind
    subject: tuple[ReleaseIdentity, ...]
    environment: RuntimeEnvironment
    outcome: Outcome
    value: float | None = None
    unit: str | None = None
    blame: tuple[ReleaseIdentity, ...] = ()
    failure: Failure | None = None
    measurement: Measurement | None = None
    origin: str | None = None
    created_at: str
    tool: Tool
    script: str | None = None
    roots: tuple[str, ...] = ()
