"""Warns of pins that are slow for what the user's code does with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import msgspec

from analyzers.evidence import Confidence, Justification, Level
from resolver.context import Context
from resolver.measured import Cost
from resolver.stack import Member, Stack
from resolver.units.measurements import evidence, in_words

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
        """Up to three remarks for each project that the code uses."""
        told = {
            name: list(self._remarks(member, context))
            for name, member in stack.members.items()
            if name in context.demands
        }
        return {name: remarks for name, remarks in told.items() if remarks}

    def _remarks(self, member: Member, context: Context) -> Iterator[Justification]:
        assert context.performance is not None
        costs = context.performance.costs(member.project, member.position)
        for cost in [each for each in costs if each.ratio >= self.least][:_MOST_TOLD]:
            asked = "performance" in context.recommendation.weights
            remedy = "" if asked else "; --type performance weighs that"
            yield Justification(
                unit=self.name,
                level=self._level(cost),
                message=f"{in_words(cost, member.project, member.position)}{remedy}",
                evidence=tuple(evidence(cost, member.project)),
            )

    def _level(self, cost: Cost) -> Level:
        sure = cost.confidence is not Confidence.POSSIBLE
        return Level.WARNING if sure and cost.ratio >= self.warned else Level.INFO
