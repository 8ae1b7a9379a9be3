"""Charges releases that are slow for what the user's code does with them, as far as that was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.states.projects import Project

if TYPE_CHECKING:
    from resolver.slowdowns import Cost

_MOST_NAMED = 3
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class PerformanceStep(msgspec.Struct, frozen=True, kw_only=True):
    """Charges a release that is slower than the best measured one, for the APIs that the code uses.

    The loss is ``log(mean ratio) / log(100)``, at most all that can be lost. Releases that were not measured
    take what their measured neighbours say, which counts half in the logarithm; so does what was measured on
    less similar processors.

    Attributes:
        unknown_use: what it counts where no code was scanned, of projects that the user asks for (0 to 1).
    """

    name = "performance"
    unknown_use: Share = 0.25

    def applies(self, context: Context) -> bool:
        """Where the type of recommendation gives it a weight, and measurements may be known."""
        return self.name in context.recommendation.weights and context.performance is not None

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """None where nothing is known that would count, and for what is as fast as the best."""
        if context.performance is None:
            return None
        from resolver.slowdowns import loss  # most runs measure nothing, and need not import it
        from resolver.units.measurements import evidence

        share = 1.0
        if not context.performance.knows_code:
            if not context.direct(project.name):
                return None
            share = self.unknown_use
        costs = context.performance.costs(project, position)
        lost = round(1_000_000 * share * loss(costs))
        if not lost:
            return None
        slow = [cost for cost in costs if cost.weighed > 1.0]
        return Justification(
            unit=self.name,
            score=-lost,
            message=_message(project, position, slow),
            evidence=tuple(each for cost in slow[:_MOST_NAMED] for each in evidence(cost)),
        )


def _message(project: Project, position: int, slow: list[Cost]) -> str:
    from resolver.units.measurements import in_words

    more = f", and {len(slow) - 1} more are slower" if len(slow) > 1 else ""
    return f"{in_words(slow[0], project, position)}{more}"
