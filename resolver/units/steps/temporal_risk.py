"""Charges a dependency whose release its dependent cannot have known and does not guard against.

A release that asks for ``numpy>=1.20`` and was uploaded before numpy 2.0 says nothing about numpy 2: nobody
can have tried the two together. Only upload times are looked at: a prior, and any evidence is better.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from analyzers.evidence import Confidence, Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project


class TemporalRiskStep(msgspec.Struct, frozen=True, kw_only=True):
    """Charges a dependency of a major series that began after its dependent was uploaded, and has no cap.

    Attributes:
        risk: what such a pair loses, from 0 to 1.
    """

    name = "temporal-risk"
    risk: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.1

    def applies(self, context: Context) -> bool:
        """Where the type of recommendation gives it a weight."""
        return self.name in context.recommendation.weights

    def score_pair(
        self,
        dependent: Project,
        at: int,
        dependency: Project,
        other: int,
        specifiers: str,
        context: Context,
    ) -> Justification | None:
        """None where the dependent caps its dependency, or knew the series; and where times are not known."""
        first = _first_of_series(dependency, other)
        known, began = _uploaded(dependent, at), _uploaded(dependency, first)
        if known is None or began is None or began <= known:
            return None
        version = dependency.versions[other]
        if _is_calendar(version, began) or _is_deliberate(specifiers, _series(version)):
            return None
        asked, day = f"{dependency.name}{specifiers}", began[:10]
        series = f"{dependency.name} {_series(version)}"
        what = (
            f"{dependency.name} {dependency.version(first)} was uploaded {day}, {dependent.name} {known[:10]}"
        )
        return Justification(
            unit=self.name,
            score=-round(1_000_000 * self.risk),
            message=f"asks for {asked} and is older than {series} (since {day})",
            evidence=(Evidence(what=what, where="index", confidence=Confidence.POSSIBLE),),
        )


def _uploaded(project: Project, position: int) -> str | None:
    """When the first file of a release was uploaded: its metadata was settled then."""
    times = project.listing.uploaded if project.listing else ()
    return times[position] if position < len(times) else None


def _series(version: Version) -> str:
    """Such as 2 for 2.1.4, and 0.7 for 0.7.2: a project below 1 breaks things in minor releases."""
    epoch = f"{version.epoch}!" if version.epoch else ""
    return f"{epoch}{version.major}" if version.major else f"{epoch}0.{version.minor}"


def _first_of_series(project: Project, position: int) -> int:
    """The oldest stable release of the series of a release."""
    wanted = _series(project.versions[position])
    while position and _series(project.versions[position - 1]) == wanted:
        position -= 1
    while project.versions[position].is_prerelease and position + 1 < len(project.versions):
        if _series(project.versions[position + 1]) != wanted:
            break
        position += 1
    return position


def _is_calendar(version: Version, began: str) -> bool:
    """Whether a series is named after its year, which changes whether anything else does or not."""
    year = int(began[:4])
    return version.major in (year, year % 100)


def _is_deliberate(specifiers: str, series: str) -> bool:
    """Whether a specifier set has an upper bound, or names the series: then its author thought of it."""
    clauses = list(SpecifierSet(specifiers))
    if any(clause.operator in ("<", "<=", "==", "===", "~=") for clause in clauses):
        return True
    return any(_series(Version(c.version)) == series for c in clauses if c.operator in (">", ">="))
