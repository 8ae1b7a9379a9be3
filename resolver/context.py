"""Everything a run is about: the target, what the user asked for, and the policies that hold."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field

from analyzers.requirements import RequirementLine
from resolver.dependencies import Dependency, of_requirement
from resolver.formats import FormatPolicy
from resolver.recommendation import STABLE, Recommendation
from resolver.target import Target


class PrereleasePolicy(enum.StrEnum):
    """When pre-releases may be used.

    Under IF_NECESSARY they come after every stable release; under EXPLICIT only projects may use them whose
    direct requirement names a pre-release.
    """

    IF_NECESSARY = "if-necessary"
    ALLOW = "allow"
    DISALLOW = "disallow"
    EXPLICIT = "explicit"


@dataclass(frozen=True, slots=True)
class DirectRequirement:
    """A requirement of the user that is live on the target.

    Attributes:
        text: as written.
        where: the file and line, or ``command line``.
    """

    dependency: Dependency
    text: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What units may look at; it never changes during a run."""

    target: Target
    requirements: tuple[DirectRequirement, ...]
    recommendation: Recommendation = STABLE
    prereleases: PrereleasePolicy = PrereleasePolicy.IF_NECESSARY
    formats: FormatPolicy = field(default_factory=FormatPolicy)

    def direct(self, project: str) -> list[DirectRequirement]:
        """The user's requirements of one project (normalised name)."""
        return [r for r in self.requirements if r.dependency.project == project]


def live_requirements(
    lines: Iterable[RequirementLine], target: Target
) -> tuple[list[DirectRequirement], list[RequirementLine]]:
    """The requirements that are live on the target, and those whose marker is not."""
    live: list[DirectRequirement] = []
    left_out: list[RequirementLine] = []
    for line in lines:
        requirement = line.requirement
        if target.is_live(str(requirement.marker) if requirement.marker else ""):
            where = str(line.location)
            live.append(DirectRequirement(of_requirement(requirement), str(requirement), where))
        else:
            left_out.append(line)
    return live, left_out
