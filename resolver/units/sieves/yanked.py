"""Refuses yanked releases, unless a direct requirement names exactly that release."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.specifiers import SpecifierSet

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.units.verdicts import Refusal


class YankedSieve:
    """Refuses yanked releases that no direct requirement names. Source: PEP 592."""

    name = "yanked"

    def applies(self, context: Context) -> bool:
        """Always."""
        return True

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal per yanked release, with the reason that its maintainers gave."""
        if project.listing is None or not project.listing.yanked:
            return
        named = self._named(project, context)
        for position, why in sorted(project.listing.yanked.items()):
            releases = bit(position) & ~named
            if releases:
                message = f"was yanked: {why}" if why else "was yanked"
                evidence = Evidence(what=message, where="index")
                yield Refusal(releases, Justification(unit=self.name, message=message, evidence=(evidence,)))

    @staticmethod
    def _named(project: Project, context: Context) -> int:
        mask = 0
        for statement in context.statements(project.name):
            for clause in SpecifierSet(statement.specifiers):
                if clause.operator in ("==", "===") and not clause.version.endswith(".*"):
                    mask |= project.versions.mask(str(clause))
        return mask
