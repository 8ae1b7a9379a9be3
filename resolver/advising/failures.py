"""What is said of a run where there is no stack, or none that passed."""

from __future__ import annotations

import msgspec

from resolver.advising.explanation import diagnose, explain
from resolver.advising.relaxations import Relaxation
from resolver.probes.failing import told as in_words
from resolver.probes.records import ProbeOutcome
from resolver.progress import Progress
from resolver.reports.advice import Status
from resolver.search.budget import StoppedBy
from resolver.search.doubts import NotProvenError
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution
from resolver.states.propagation import UnsatisfiableError

_OPTIONS = {
    StoppedBy.CONFLICTS: "--limit-conflicts",
    StoppedBy.TIME: "--time-limit",
    StoppedBy.MEMORY: "--memory-limit",
}
"""What ends a search without a stack, and the option that says when."""


class Failure(msgspec.Struct, frozen=True):
    """What is said, in the fields of `resolver.reports.advice.Advice`."""

    status: Status = Status.UNSATISFIABLE
    explanation: tuple[str, ...] = ()
    diagnosis: str | None = None
    relaxations: tuple[Relaxation, ...] = ()
    stopped_by: StoppedBy | None = None


def stopped(reason: StoppedBy, resolver: Resolver) -> Failure:
    """The search ended without a stack and without a proof."""
    conflicts = f"{resolver.universe.propagation.conflicts:,} conflicts"
    option = _OPTIONS[reason]
    diagnosis = f"the search was stopped after {conflicts} without a stack ({reason.value})"
    remedy = f"A larger {option} lets it go on; narrower requirements, or constraints by -c, help more."
    told = f"{diagnosis[:1].upper()}{diagnosis[1:]}. {remedy}"
    return Failure(Status.NOT_PROVEN, explanation=(told,), diagnosis=diagnosis, stopped_by=reason)


def each_failed(solution: Solution) -> Failure | None:
    """What is said where every stack that was tried failed."""
    probes = solution.probes
    if probes is None or probes.outcome is not ProbeOutcome.FAILED:
        return None
    tried = [probe for probe in probes.probes if not probe.is_check]
    last = tried[-1].failure
    failed = "" if last is None else f"; the last one with {in_words(last)} ({last.step})"
    diagnosis = f"each of {len(tried)} stacks that were tried failed{failed}"
    return Failure(
        status=Status.REFUTED,
        explanation=(f"{diagnosis[:1].upper()}{diagnosis[1:]}.",),
        diagnosis=diagnosis,
        stopped_by=solution.stopped_by,
    )


def unsatisfiable(error: UnsatisfiableError, resolver: Resolver, progress: Progress | None) -> Failure:
    """Why there is none, and what would help; the search stands anywhere afterwards."""
    is_proven = not isinstance(error, NotProvenError)
    diagnosis = diagnose(error.proof, resolver.universe)
    if progress is not None and is_proven:
        progress.refuted(diagnosis)
    return Failure(
        status=Status.UNSATISFIABLE if is_proven else Status.NOT_PROVEN,
        explanation=tuple(explain(error.proof, resolver.universe)),
        diagnosis=diagnosis,
        relaxations=tuple(resolver.relaxations(error)),
    )
