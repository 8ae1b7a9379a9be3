"""From what came of a probe to the observation that is kept of it, whoever probed."""

from __future__ import annotations

import msgspec

from analyzers.reports import Tool
from images.facts.environment import Fact, RuntimeEnvironment
from knowledge.observations.record import Observation, ObservationKind, Outcome, ReleaseIdentity
from knowledge.probing.records import ProbeResult, ProbeTask, Verdict

_KINDS = {
    "build": ObservationKind.BUILD,
    "install": ObservationKind.INSTALL,
    "import": ObservationKind.IMPORT,
}


def observation(
    task: ProbeTask,
    result: ProbeResult,
    environment: RuntimeEnvironment,
    *,
    created_at: str,
    tool: Tool,
    blame: tuple[ReleaseIdentity, ...] | None = None,
) -> Observation | None:
    """What was seen, to be kept; None where nothing is known.

    A build that failed says something of what was built alone: the rest of the stack was not tried.

    Args:
        environment: facts of where it ran; its Python is put right by what the probe says of it.
        created_at: RFC 3339, UTC.
        blame: where more is known of the failure than the probe says.
    """
    if result.verdict is Verdict.NOT_KNOWN:
        return None
    passed = result.verdict is Verdict.PASSED
    named = result.blame if blame is None else blame
    kind = _kind(task, result)
    releases = tuple(sorted(pin.release for pin in task.pins))
    seen = Observation(
        kind=kind,
        subject=named if kind is ObservationKind.BUILD and named else releases,
        environment=_on(environment, result.python),
        outcome=Outcome.PASSED if passed else Outcome.FAILED,
        blame=() if passed else named,
        failure=result.failure,
        created_at=created_at,
        tool=tool,
        script=task.script_digest,
        roots=task.roots,
    )
    if result.run_s == 0.0:  # it did not come to that
        return seen
    return msgspec.structs.replace(seen, value=result.run_s, unit="s")


def _kind(task: ProbeTask, result: ProbeResult) -> ObservationKind:
    """How far it came; of a failure, where it failed."""
    if result.failure is None:
        return ObservationKind.TEST if task.script else ObservationKind.IMPORT
    return _KINDS.get(result.failure.step.partition(" ")[0], ObservationKind.TEST)


def _on(environment: RuntimeEnvironment, python: str) -> RuntimeEnvironment:
    if not python or environment.text("python.version") == python:
        return environment
    fact = Fact(value=python, source="probe")
    return environment.overridden_by(RuntimeEnvironment(facts={"python.version": fact}))
