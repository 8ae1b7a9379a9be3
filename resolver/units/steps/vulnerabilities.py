"""Charges releases for vulnerabilities that are known of them."""

from __future__ import annotations

from analyzers.evidence import Evidence, Justification, Level
from knowledge.advisories.vulnerabilities import Vulnerability
from resolver.context import Context
from resolver.states.projects import Project

_MOST_NAMED = 3


class VulnerabilitiesStep:
    """Charges a release for the gravest of its known vulnerabilities, and a little for each further one.

    The loss is the CVSS base score of the gravest in tenths of all that can be lost; further ones close a
    tenth of what is left each, so that fewer are better than more.
    """

    name = "vulnerabilities"

    def applies(self, context: Context) -> bool:
        """Where the type of recommendation gives it a weight."""
        return self.name in context.recommendation.weights and context.vulnerabilities is not None

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """None where nothing is known of the release."""
        found = affecting(project, position, context)
        if not found:
            return None
        left = 1.0 - found[0].severity / 100
        left *= 0.9 ** (len(found) - 1)
        return Justification(
            unit=self.name,
            score=-min(1_000_000, round(1_000_000 * (1.0 - left))),
            level=Level.WARNING,
            message=f"{project.version(position)} has {in_words(found)}",
            evidence=tuple(evidence(found)),
            link=found[0].link or None,
        )


def affecting(project: Project, position: int, context: Context) -> list[Vulnerability]:
    """What is known of one release, the gravest first."""
    if context.vulnerabilities is None:
        return []
    version = project.versions[position]
    known = context.vulnerabilities.of((project.name,))[project.name]
    return [one for one in known if one.affects(version)]


def in_words(found: list[Vulnerability]) -> str:
    """Such as ``2 known vulnerabilities: CVE-2024-1 (9.8), CVE-2023-7 (not rated)``."""
    named = ", ".join(f"{one.id} ({_rating(one)})" for one in found[:_MOST_NAMED])
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return f"{len(found)} known {'vulnerability' if len(found) == 1 else 'vulnerabilities'}: {named}{more}"


def evidence(found: list[Vulnerability]) -> list[Evidence]:
    """What the advisories say."""
    return [
        Evidence(what=f"{one.id}: {one.summary}".removesuffix(": "), where=one.link or "imported advisories")
        for one in found[:_MOST_NAMED]
    ]


def _rating(one: Vulnerability) -> str:
    return f"{one.severity / 10:.1f}" if one.is_rated else "not rated"
