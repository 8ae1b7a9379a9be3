"""Charges releases that are so young that nobody can have looked at them."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec

from analyzers.evidence import Evidence, Justification
from resolver.context import Context
from resolver.states.projects import Project


class MinimumAgeStep(msgspec.Struct, frozen=True, kw_only=True):
    """Charges a release that was uploaded a few days ago: stolen ones are found within days.

    The loss falls evenly from all that can be lost on the day of the upload to nothing at `days`.

    Attributes:
        days: from which age on nothing is lost.
    """

    name = "minimum-age"
    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] = 7

    def applies(self, context: Context) -> bool:
        """Where the type of recommendation gives it a weight."""
        return self.name in context.recommendation.weights and context.today is not None

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """None for what is old enough, and where no time is known."""
        times = project.listing.uploaded if project.listing else ()
        uploaded = times[position] if position < len(times) else None
        if uploaded is None or context.today is None:
            return None
        first = datetime.date.fromisoformat(uploaded[:10])
        age = (datetime.date.fromisoformat(context.today) - first).days
        if age >= self.days:
            return None
        told = "today" if age <= 0 else f"{age} day{'' if age == 1 else 's'} ago"
        what = f"{project.name} {project.version(position)} was uploaded {uploaded[:10]}"
        return Justification(
            unit=self.name,
            score=-round(1_000_000 * (1 - max(age, 0) / self.days)),
            message=f"{project.version(position)} was uploaded {told}; younger than {self.days} days",
            evidence=(Evidence(what=what, where="index"),),
        )
