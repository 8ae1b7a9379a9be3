"""Refuses releases of which no file has a hash that the user states."""

from __future__ import annotations

from collections.abc import Iterable

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.versions import bit, positions
from resolver.units.verdicts import Refusal


class HashesSieve:
    """Refuses releases without a file of a stated hash.

    Only releases that requirements and constraints admit are looked at.
    """

    name = "hashes"

    def applies(self, context: Context) -> bool:
        """Where a requirement or constraint states hashes, or a file demands them."""
        return (
            context.requires_hashes is not None
            or any(requirement.hashes for requirement in context.requirements)
            or any(constraint.hashes for constraint in context.constraints)
        )

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for all releases without a matching file."""
        if project.hashes:
            yield from self._without_a_match(project, context)
        elif context.requires_hashes is not None and project.versions.everything:
            message = f"has no hash: {context.requires_hashes} demands one, and no requirement states it"
            yield Refusal(project.versions.everything, Justification(unit=self.name, message=message))

    def _without_a_match(self, project: Project, context: Context) -> Iterable[Refusal]:
        admitted = project.versions.everything
        for statement in context.statements(project.name):
            admitted &= project.versions.mask(statement.specifiers)
        installable = project.installable(context.target, project.formats)
        releases = sum(
            bit(at) for at in positions(admitted & installable) if not project.files(at, context.target)
        )
        if releases:
            places = [s.where for s in context.statements(project.name) if s.hashes]
            message = f"has no file for the target with a hash that you state ({', '.join(places)})"
            evidence = Evidence(what="hashes of the files listed", where="index")
            yield Refusal(releases, Justification(unit=self.name, message=message, evidence=(evidence,)))
