"""Warns of projects that their index does not call active."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzers.evidence import Evidence, Justification, Level
from resolver.context import Context
from resolver.states.stack import Member, Stack


class ProjectStatusWrap:
    """Says of a project that it is archived, deprecated or quarantined, where the index states that."""

    name = "project-status"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One warning for each project of another status than the usual one."""
        told = {name: self._warning(name, member) for name, member in stack.members.items()}
        return {name: [warning] for name, warning in told.items() if warning is not None}

    def _warning(self, name: str, member: Member) -> Justification | None:
        listing = member.project.listing
        if listing is None or listing.status is None:
            return None
        status, reason = listing.status
        because = f": {reason}" if reason else ""
        return Justification(
            unit=self.name,
            level=Level.WARNING,
            message=f"{name} is {status}, as its index says{because}",
            evidence=(Evidence(what=f"project-status {status}{because}", where="index"),),
        )
