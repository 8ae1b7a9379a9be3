"""Warns of pins with known vulnerabilities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.stack import Stack
from resolver.units.steps.vulnerabilities import affecting, evidence, in_words


class KnownVulnerabilitiesWrap:
    """Says of a pin which vulnerabilities it has, and which release is the first without the gravest one."""

    name = "known-vulnerabilities"

    def applies(self, context: Context) -> bool:
        """Where the store may hold advisories."""
        return context.vulnerabilities is not None

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One warning for each project with any."""
        assert context.vulnerabilities is not None
        context.vulnerabilities.of(stack.members)  # all at once
        told = {}
        for name, member in stack.members.items():
            found = affecting(member.project, member.position, context)
            if not found:
                continue
            fixed = found[0].fixed_after(member.project.versions[member.position])
            remedy = f"; {found[0].id} is fixed in {fixed}" if fixed else ""
            told[name] = [
                Justification(
                    unit=self.name,
                    level=Level.WARNING,
                    message=f"{name} {member.version} has {in_words(found)}{remedy}",
                    evidence=tuple(evidence(found)),
                    link=found[0].link or None,
                )
            ]
        return told
