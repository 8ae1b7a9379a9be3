"""Refuses projects whose names look like a popular one's and that nothing vouches for."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.impostors import evidence, suspected
from resolver.states.projects import Project
from resolver.units.verdicts import Refusal


class ImpostorSieve(msgspec.Struct, frozen=True, kw_only=True):
    """Refuses projects that look like impostors of popular ones.

    Attributes:
        allowed: normalised names that are not suspected.
    """

    name = "impostor"
    allowed: tuple[str, ...] = ()

    def applies(self, context: Context) -> bool:
        """Where --strict-names is given; else `suspect-names` warns."""
        return context.strict_names

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal of every release, or none."""
        found = suspected(project, context, self.allowed)
        if found is not None:
            message = f"is suspected: {found.message} (--strict-names)"
            reason = Justification(unit=self.name, message=message, evidence=evidence(found))
            yield Refusal(project.versions.everything, reason)
