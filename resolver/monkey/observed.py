"""What came of probes, as observations that later runs go by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from analyzers.reports import Tool
from images.environment import Fact, RuntimeEnvironment
from knowledge.observations import Observation, ObservationKind, Outcome
from knowledge.probing.records import ProbeResult, Verdict
from resolver.monkey.blaming import Blame
from resolver.monkey.journal import StackResult
from resolver.monkey.plan import Plan


def observations(
    plan: Plan, results: Mapping[str, StackResult], blame: Blame, tool: Tool
) -> Iterator[Observation]:
    """One for each stack that passed or failed; what is not known is none.

    A failure is put down to what all stacks together say, where that is likely at least.
    """
    environment, demand = plan.head.environment, plan.head.demand
    script = f"sha256:{hashlib.sha256(demand.script.encode()).hexdigest()}" if demand.script else None
    for one in plan.stacks:
        found = results.get(one.id)
        if found is None or not found.is_known:
            continue
        passed = found.result.verdict is Verdict.PASSED
        yield Observation(
            kind=_kind(found.result, has_script=bool(demand.script)),
            subject=tuple(sorted(one.releases)),
            environment=_on(environment, found.result.python),
            outcome=Outcome.PASSED if passed else Outcome.FAILED,
            blame=() if passed else blame.of(one.id, found.result.failure),
            failure=found.result.failure,
            created_at=found.created_at,
            tool=tool,
            script=script,
            roots=demand.roots,
        )


def _kind(result: ProbeResult, *, has_script: bool) -> ObservationKind:
    if result.failure is None:
        return ObservationKind.TEST if has_script else ObservationKind.IMPORT
    for start, kind in (("build", ObservationKind.BUILD), ("install", ObservationKind.INSTALL)):
        if result.failure.step.startswith(start):
            return kind
    return ObservationKind.IMPORT if result.failure.step.startswith("import") else ObservationKind.TEST


def _on(environment: RuntimeEnvironment, python: str) -> RuntimeEnvironment:
    """The environment with the Python that ran it."""
    if not python or environment.text("python.version") == python:
        return environment
    fact = Fact(value=python, source="probe")
    return environment.overridden_by(RuntimeEnvironment(facts={"python.version": fact}))
