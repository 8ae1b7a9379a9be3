"""Probes whose results a rule gives, for stacks of releases that nobody builds."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from knowledge.derivations import Derivations
from knowledge.observations import Failure, ReleaseIdentity
from knowledge.probing.records import ProbeResult, ProbeTask, Verdict
from knowledge.probing.stack_probes import Demanded, ProbeLimits, StackProbes
from knowledge.sqlite_store import SqliteStore
from knowledge.store import MEMORY

Pins = Mapping[str, str]
Rule = Callable[[Pins], ProbeResult | None]
"""What fails in a stack, by name and version; None where it passes."""


def fails(
    pins: Pins, *blame: str, error: str = "ImportError", where: str = "app/__init__.py:1"
) -> ProbeResult:
    """A failure that is traced to releases of a stack."""
    return ProbeResult(
        verdict=Verdict.FAILED,
        failure=Failure(step="import app", error=error, message="it is gone", where=where),
        blame=tuple(ReleaseIdentity(project=name, version=pins[name]) for name in blame),
        python="3.11.7",
        run_s=0.25,
    )


class RuledProber:
    """Implements `knowledge.probing.records.Prober`.

    Attributes:
        probed: the stacks, in their order.
    """

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.probed: list[dict[str, str]] = []

    def probe(self, task: ProbeTask) -> ProbeResult:
        pins = {pin.project: pin.version for pin in task.pins}
        self.probed.append(pins)
        return self._rule(pins) or ProbeResult(verdict=Verdict.PASSED, python="3.11.7", run_s=0.5)

    def versions(self, project: str) -> list[str]:
        """Those of one project that were probed, in their order."""
        return [pins[project] for pins in self.probed]


def stack_probes(prober: RuledProber, limit: int = 20) -> StackProbes:
    """Probes within a limit, with nothing known before."""
    answers = Derivations(SqliteStore(MEMORY), "stack-probes/1", lambda: 1.0)
    return StackProbes(prober, answers, "linux", Demanded(), ProbeLimits(probes=limit))
