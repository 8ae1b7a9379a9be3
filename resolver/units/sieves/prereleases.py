"""Refuses pre-releases where the policy does; under ``if-necessary`` they merely come last."""

from __future__ import annotations

from collections.abc import Iterable

from packaging.specifiers import SpecifierSet

from analyzers.evidence import Justification
from resolver.context import Context, PrereleasePolicy
from resolver.states.projects import Project
from resolver.units.verdicts import Refusal


class PrereleasesSieve:
    """Refuses pre-releases where the policy does.

    Source: PEP 440, handling of pre-releases; the policies are those of `PrereleasePolicy`.
    """

    name = "prereleases"

    def applies(self, context: Context) -> bool:
        """Where the policy refuses something."""
        return context.prereleases not in (PrereleasePolicy.ALLOW, PrereleasePolicy.IF_NECESSARY)

    def refuse(self, project: Project, context: Context) -> Iterable[Refusal]:
        """One refusal for all pre-releases, or none."""
        releases = project.prereleases()
        if context.prereleases is PrereleasePolicy.IF_ALONE and not project.usable & ~releases:
            return
        if releases and not self._named(project, context):
            message = f"is a pre-release, and the policy is {context.prereleases.value}"
            yield Refusal(releases, Justification(unit=self.name, message=message))

    @staticmethod
    def _named(project: Project, context: Context) -> bool:
        return context.prereleases is PrereleasePolicy.EXPLICIT and any(
            SpecifierSet(statement.specifiers).prereleases for statement in context.statements(project.name)
        )
