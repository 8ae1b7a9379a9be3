"""Warns of pins that are slow for what the user's code does with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec

from analyzers.evidence import Confidence, Justification, Level
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack

if TYPE_CHECKING:
    from resolver.slowdowns import Cost

_MOST_TOLD = 3


class SlowApisWrap(msgspec.Struct, frozen=True, kw_only=True):
    """Says of a pin which used APIs were measured to be much slower than in another release.

    Attributes:
        least: so many times slower than in the best measured release.
        warned: from so many times on it is a warning, where it was measured.
    """

    name = "slow-apis"
    least: Annotated[float, msgspec.Meta(ge=1.25, le=1000)] = 2.0
    warned: Annotated[float, msgspec.Meta(ge=1.25, le=1000)] = 5.0

    def applies(self, context: Context) -> bool:
        """Where code was scanned, and the type of recommendation looks at evidence."""
        if context.performance is None or not context.performance.knows_code:
            return False
        return context.recommendation.strides

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """Up to three remarks for each project that the code uses, and one on what was passed over."""
        is_weighed = "performance" in context.recommendation.weights
        remedy = "" if is_weighed else "; --type performance weighs that"
        used = {name: member for name, member in stack.members.items() if name in context.demands}
        told = {name: list(self._remarks(member, context, remedy)) for name, member in used.items()}
        if is_weighed:
            told[""] = [remark for member in used.values() for remark in self._passed_over(member, context)]
        return {name: remarks for name, remarks in told.items() if remarks}

    def _remarks(self, member: Member, context: Context, remedy: str) -> Iterator[Justification]:
        """On what is slow in the release of the stack."""
        from resolver.units.measurements import evidence, in_words  # most runs measure nothing

        for cost in self._slow(member.project, member.position, context)[:_MOST_TOLD]:
            words = in_words(cost, member.project, member.position)
            yield Justification(
                unit=self.name,
                level=self._level(cost),
                message=f"{words}{remedy}",
                evidence=tuple(evidence(cost)),
            )

    def _passed_over(self, member: Member, context: Context) -> Iterator[Justification]:
        """On what is slow in the release that would have been tried first."""
        from resolver.units.measurements import evidence, in_words

        project = member.project
        first = project.best(project.preferred_to(member.position))
        if first is None:
            return
        slower = {cost.series.usage for cost in self._slow(project, member.position, context)}
        for cost in self._slow(project, first, context)[:1]:
            if cost.series.usage not in slower:
                yield Justification(
                    unit=self.name,
                    message=f"{project.name} {project.version(first)} was passed over: "
                    f"{in_words(cost, project, first)}",
                    evidence=tuple(evidence(cost)),
                )

    def _slow(self, project: Project, position: int, context: Context) -> list[Cost]:
        assert context.performance is not None
        return [cost for cost in context.performance.costs(project, position) if cost.ratio >= self.least]

    def _level(self, cost: Cost) -> Level:
        sure = cost.confidence is not Confidence.POSSIBLE
        return Level.WARNING if sure and cost.ratio >= self.warned else Level.INFO
