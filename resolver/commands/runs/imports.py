"""Makes what imports stacks on paper, for the target and the options of a command."""

from __future__ import annotations

from collections.abc import Callable

from analyzers.importing.machine import Target as ImportTarget
from knowledge.catalog import Knowledge
from knowledge.imports.evidence_budget import EvidenceBudget, EvidenceLimits
from knowledge.imports.stack_imports import ProjectCode, StackImports
from resolver.targets.target import Target


def import_target(target: Target) -> ImportTarget:
    """The Python that imports."""
    release = target.python.release
    python = (release[0], release[1], release[2] if len(release) > 2 else 0)
    markers = target.markers
    return ImportTarget(
        python, markers.get("sys_platform", "linux"), markers.get("implementation_name", "cpython")
    )


def stack_imports(
    target: Target,
    knowledge: Knowledge,
    now: Callable[[], float],
    limits: EvidenceLimits | None,
    *,
    code: ProjectCode | None,
    kind: str,
    told: Callable[[int], object] = lambda releases: None,
) -> StackImports:
    """What imports stacks.

    Args:
        target: where they run.
        knowledge: of the session.
        now: seconds since the epoch.
        limits: what may be spent; None for the usual.
        code: of the user.
        kind: of evidence: ``static`` or ``stored``.
        told: see `StackImports`.
    """
    budget = EvidenceBudget(limits, is_stored_only=kind == "stored")
    return StackImports(knowledge, import_target(target), now, code=code, budget=budget, told=told)
