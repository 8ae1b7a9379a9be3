"""The score of a stack: a sum of factors over all its members, in millionths, at most 0.

Integers keep sums exact, so that "score equals bound" means something. Cost: one call of each step per
release looked at, remembered for the whole run.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.projects import Project
from resolver.stack import Stack
from resolver.units.verbs import PERFECT, WORST, Step
from resolver.versions import bit, positions


class Scorer:
    """Scores stacks for one run; factors of single releases are computed once."""

    def __init__(self, steps: Sequence[Step], context: Context) -> None:
        self._steps = steps
        self._context = context
        self._direct = {requirement.dependency.project for requirement in context.requirements}
        self._factors: dict[tuple[str, int], tuple[Justification, ...]] = {}

    def factors(self, project: Project, position: int) -> tuple[Justification, ...]:
        """The weighted factors of one release that are not perfect, with their reasons."""
        key = (project.name, position)
        if key not in self._factors:
            scored = (step.score(project, position, self._context) for step in self._steps)
            self._factors[key] = tuple(self._weighted(factor, project) for factor in scored if factor)
        return self._factors[key]

    def _weighted(self, factor: Justification, project: Project) -> Justification:
        if factor.score is None or not WORST <= factor.score <= PERFECT:
            raise ValueError(f"step {factor.unit} scored {factor.score}, outside {WORST} to {PERFECT}")
        recommendation = self._context.recommendation
        share = 1000 if project.name in self._direct else recommendation.transitive_weight
        weight = recommendation.weights.get(factor.unit, 1000) * share
        return msgspec.structs.replace(factor, score=-(-factor.score * weight // 1_000_000))

    def release_score(self, project: Project, position: int) -> int:
        """What one release adds to the score of every stack that holds it."""
        return sum(factor.score or 0 for factor in self.factors(project, position))

    def stack_score(self, stack: Stack) -> int:
        """The score of a complete stack."""
        return sum(self.release_score(m.project, m.position) for m in stack.members.values())

    def best_score(self, project: Project, domain: int) -> int:
        """The best that any release in a mask adds; perfect where the mask holds none."""
        first = project.best(domain)
        best: int | None = None
        for position in [] if first is None else [first, *positions(domain & ~bit(first))]:
            score = self.release_score(project, position)
            best = score if best is None else max(best, score)
            if best == PERFECT:
                break
        return PERFECT if best is None else best
