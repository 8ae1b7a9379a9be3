"""What a build log tells of releases, as observations: which were installed, which failed, and why."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from analyzers.buildlogs.records import PASSING, BuildFailure, BuildLogReport, Cause, Installation, Step
from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from knowledge.observations.record import Failure, Observation, ObservationKind, Outcome, ReleaseIdentity

_BUILDS = frozenset({Step.BUILD_REQUIREMENTS, Step.METADATA, Step.BUILD})
_OF_FILES = PASSING | {Cause.HASH_MISMATCH}
_ARCHITECTURES = ("x86_64", "aarch64", "armv7l", "i686", "ppc64le", "s390x", "riscv64", "arm64", "amd64")
_KERNELS = {
    "linux": "linux",
    "manylinux": "linux",
    "musllinux": "linux",
    "macosx": "darwin",
    "win": "windows",
}
_SOURCE = "build log"


def observations(report: BuildLogReport, written_at: str) -> list[Observation]:
    """What a log says of releases of which it tells the version, when it was written (RFC 3339, UTC).

    A failure that says something of the machine or of the moment alone, such as a full disk, is none; neither
    is one of finding releases, which the index tells better.
    """
    environment = stated_environment(report)
    made = {one.package: one for one in report.installation if one.is_successful}
    found = [_passed(one, environment, report, written_at) for one in made.values()]
    found += [
        _failed(failure, environment, report, written_at)
        for failure in report.failures
        if failure.step is not Step.RESOLVE
        and failure.cause not in _OF_FILES
        and not (failure.package in made and made[failure.package].version == failure.version)
    ]
    return [one for one in found if one is not None]


def stated_environment(report: BuildLogReport) -> RuntimeEnvironment:
    """The facts about the machine that a log states."""
    return RuntimeEnvironment(
        facts={name: Fact(value=value, source=_SOURCE) for name, value in _facts(report)}
    )


def _facts(report: BuildLogReport) -> Iterator[tuple[str, FactValue]]:
    parts = report.python.split(".")
    if len(parts) == 3:
        yield "python.version", report.python
    if len(parts) >= 2:
        yield "python.implementation", "cpython"
        yield "python.abi", f"cp{parts[0]}{parts[1]}"
    kernel = report.platform.partition("_")[0].rstrip("0123456789")
    if kernel in _KERNELS:
        yield "os.kernel", _KERNELS[kernel]
    architecture = next((one for one in _ARCHITECTURES if report.platform.endswith(f"_{one}")), None)
    if architecture is not None:
        yield "arch", {"arm64": "aarch64", "amd64": "x86_64"}.get(architecture, architecture)


def _passed(
    one: Installation, environment: RuntimeEnvironment, report: BuildLogReport, written_at: str
) -> Observation | None:
    release = _release(one.package, one.version or "")
    if release is None:
        return None
    return Observation(
        kind=ObservationKind.BUILD if one.is_wheel is False else ObservationKind.INSTALL,
        subject=(release,),
        environment=environment,
        outcome=Outcome.PASSED,
        created_at=written_at,
        tool=report.tool,
    )


def _failed(
    failure: BuildFailure, environment: RuntimeEnvironment, report: BuildLogReport, written_at: str
) -> Observation | None:
    release = _release(failure.package, failure.version)
    if release is None:
        return None
    return Observation(
        kind=ObservationKind.BUILD if failure.step in _BUILDS else ObservationKind.INSTALL,
        subject=(release,),
        environment=environment,
        outcome=Outcome.FAILED,
        blame=(release,),
        failure=Failure(
            step=failure.step.value,
            error=failure.cause.value,
            message=failure.message,
            where=failure.where,
        ),
        created_at=written_at,
        tool=report.tool,
    )


def _release(package: str, version: str) -> ReleaseIdentity | None:
    try:
        return ReleaseIdentity(project=package, version=str(Version(version))) if package else None
    except InvalidVersion:
        return None
