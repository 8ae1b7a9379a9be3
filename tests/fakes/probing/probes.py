"""Probes whose results a rule gives, for stacks of releases that nobody builds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from analyzers.evidence import Confidence
from analyzers.importing.failures import FailureKind, ImportFailure, Site
from knowledge.imports.stack_files import Pinned
from knowledge.imports.stack_imports import Examined
from knowledge.observations.record import Failure, ReleaseIdentity
from knowledge.probing.records import ProbeResult, ProbeTask, Verdict
from knowledge.probing.stack_probes import Demanded, ProbeLimits, StackProbes
from knowledge.stores.derivations import Derivations
from knowledge.stores.sqlite_store import SqliteStore
from knowledge.stores.store import MEMORY

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
        self.rule = rule
        self.probed: list[dict[str, str]] = []

    def probe(self, task: ProbeTask) -> ProbeResult:
        pins = {pin.project: pin.version for pin in task.pins}
        self.probed.append(pins)
        return self.rule(pins) or ProbeResult(verdict=Verdict.PASSED, python="3.11.7", run_s=0.5)

    def versions(self, project: str) -> list[str]:
        """Those of one project that were probed, in their order."""
        return [pins[project] for pins in self.probed]


def stack_probes(prober: RuledProber, limit: int = 20) -> StackProbes:
    """Probes within a limit, with nothing known before."""
    answers = Derivations(SqliteStore(MEMORY), "stack-probes/1", lambda: 1.0)
    return StackProbes(prober, answers, "linux", Demanded(), ProbeLimits(probes=limit))


class PaperImports:
    """Implements `resolver.source.ImportExaminer`: an import of one project by another that a rule lets fail.

    Args:
        asks: the project that imports the other one.
        gives: the other one.
        confidence: by version of the other one, how sure it is that the import fails; those that are left out
            serve.
    """

    def __init__(self, asks: str, gives: str, confidence: Mapping[str, Confidence]) -> None:
        self._asks, self._gives, self._confidence = asks, gives, confidence

    def examined(self, pins: Mapping[str, Pinned], roots: Iterable[str]) -> Examined:
        sure = self._confidence.get(pins[self._gives].version) if self._gives in pins else None
        if sure is None:
            return Examined(failures=())
        site = Site(module=self._asks, path=f"{self._asks}/__init__.py", line=1, distribution=self._asks)
        failure = ImportFailure(
            kind=FailureKind.NAME,
            exception="ImportError",
            message=f"cannot import name 'x' from '{self._gives}'",
            consumer=site,
            provider=self._gives,
            confidence=sure,
        )
        return Examined(failures=(failure,)) if sure is Confidence.CERTAIN else Examined((), (failure,))

    def recurs(
        self, failure: ImportFailure, name: str, pin: Pinned, pins: Mapping[str, Pinned]
    ) -> bool | None:
        return name == self._gives and self._confidence.get(pin.version) is Confidence.CERTAIN

    def repeats(
        self, failure: ImportFailure, pins: Mapping[str, Pinned], roots: Iterable[str]
    ) -> bool | None:
        return bool(self.examined(pins, roots).failures)

    def prepare(
        self, failure: ImportFailure, name: str, asked: Iterable[Pinned], pins: Mapping[str, Pinned]
    ) -> None:
        return None
