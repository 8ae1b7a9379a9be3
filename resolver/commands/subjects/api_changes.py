"""What another release of a project changes for code, read from both wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzers.api.changes import ApiChange
    from analyzers.source.signals.demand import ApiDemand
    from knowledge.wheels.release_surfaces import ReleaseSurfaces
    from resolver.commands.subjects.released import Released


def api_changes(
    surfaces: ReleaseSurfaces, before: Released, after: Released, demand: ApiDemand | None
) -> tuple[tuple[ApiChange, ...], list[tuple[str, str]]]:
    """The changes, and the files of both wheels that could not be read.

    Args:
        surfaces: reads them.
        before: the release that the code is written for.
        after: the other one.
        demand: of the code on the project; None where no code was named.

    Raises:
        KnowledgeError: a wheel cannot be read.
    """
    from analyzers.api.comparison import compared
    from analyzers.api.used_changes import told, with_uses

    old = surfaces.offers(before.name, before.file)
    new = surfaces.offers(after.name, after.file)
    changes = compared(old, new)
    if demand is not None:
        changes = with_uses(changes, demand, surfaces.surfaces(before.name, before.file).surfaces)
    return told(changes), [*old.unreadable, *new.unreadable]


def used_breaking(changes: tuple[ApiChange, ...]) -> int:
    """How many changes break what code uses without a guard."""
    from resolver.reports.check_findings import is_broken

    return sum(map(is_broken, changes))
