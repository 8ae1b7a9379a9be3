"""Where what a project imports and what it declares differ: linked imports in, findings out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzers.evidence import Finding
from analyzers.source.dependencies.declared_findings import (
    SHADOWED,
    STANDARD,
    TYPOSQUAT,
    UNUSED,
    declared_findings,
)
from analyzers.source.dependencies.imported_findings import (
    MISPLACED,
    TRANSITIVE,
    UNDECLARED,
    imported_findings,
)
from analyzers.source.dependencies.project import Project
from analyzers.source.reading.suppressions import Suppressed, Suppressions
from analyzers.source.records import Import

DEPENDENCY_FINDINGS: Mapping[str, str] = {
    UNDECLARED: "something is imported that no manifest declares",
    TRANSITIVE: "something is imported that is there only because another dependency needs it",
    MISPLACED: "a development dependency is imported by code that is deployed",
    UNUSED: "something is declared that nothing imports",
    SHADOWED: "something is declared that a module of the project hides",
    STANDARD: "something is declared that the standard library has",
    TYPOSQUAT: "something is declared whose name resembles that of a well-known project",
}
"""The kinds of findings about dependencies, each with what it means."""


def dependency_findings(
    imports: Sequence[Import],
    project: Project,
    suppressions: Suppressions | None = None,
) -> tuple[Finding, ...]:
    """What imports and manifests say differently, in the order of files and lines.

    Args:
        imports: all of the project, as `Project.linked` gives them.
        project: made by `project_of`.
        suppressions: that files, sources and manifests alike, hold; see `read_suppressions`.
    """
    suppressed = Suppressed(suppressions)
    found: list[Finding] = []
    shared = [one for one in imports if one.file not in project.scripts] if project.scripts else imports
    for owner, its_imports in (
        (project, shared),
        *((script, [one for one in imports if one.file == path]) for path, script in project.scripts.items()),
    ):
        found += imported_findings(its_imports, owner, suppressed)
        found += declared_findings(its_imports, owner, suppressed)
    return tuple(sorted(found, key=_order))


def _order(finding: Finding) -> tuple[str, int, int, str, str]:
    place = finding.location
    assert place is not None, "every finding about dependencies has its place"
    return place.path, place.line or 0, place.column or 0, finding.id, finding.subject or ""
