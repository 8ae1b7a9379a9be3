"""The score of a stack: a sum of factors over its releases and their pairs, in millionths, at most 0.

Integers keep sums exact, so that "score equals bound" means something. Cost: one call of each step per
release and of each pair step per pair looked at, remembered for the whole run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.states.dependencies import Dependency
from resolver.states.projects import Project
from resolver.states.stack import Member, Stack
from resolver.states.versions import bit, positions
from resolver.units.verbs import PERFECT, WORST, PairStep, Step

_WHOLE = 1_000_000
Reader = Callable[[Project, int, str | None], Sequence[Dependency]]
"""What a release asks for, by itself (None) or for an extra."""


class Scorer:
    """Scores stacks for one run; each factor is computed once.

    Args:
        steps: units that look at one release.
        pair_steps: units that look at a release beside one of its dependencies.
        context: of the run.
        dependencies: of a release that was read.
        is_asked: whether a project is one that the user asks for, or may stand in for one.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        pair_steps: Sequence[PairStep],
        context: Context,
        dependencies: Reader,
        is_asked: Callable[[str], bool],
    ) -> None:
        self._steps = steps
        self._pair_steps = pair_steps
        self._context = context
        self._dependencies = dependencies
        self._is_asked = is_asked
        self._factors: dict[tuple[str, int], tuple[Justification, ...]] = {}
        self._scores: dict[tuple[str, int], int] = {}
        self._pair_scores: dict[tuple[str, int, str, int, str], int] = {}
        self._pair_factors: dict[tuple[str, int, str, int, str], tuple[Justification, ...]] = {}

    def factors(self, project: Project, position: int) -> tuple[Justification, ...]:
        """The weighted factors of one release that are not perfect, with their reasons."""
        key = (project.name, position)
        if key not in self._factors:
            scored = (step.score(project, position, self._context) for step in self._steps)
            self._factors[key] = tuple(self._weighted(factor, project) for factor in scored if factor)
        return self._factors[key]

    def pair_factors(self, member: Member, stack: Stack) -> Iterator[tuple[str, Justification]]:
        """The weighted factors of a member beside what it depends on, with the name of each dependency.

        What an extra asks for counts besides, unless the release itself asks the same.

        Args:
            member: of the stack.
            stack: complete.
        """
        if not self._pair_steps:
            return
        own: set[tuple[str, str]] = set()
        for part in (None, *member.extras):
            seen = set(own)
            for dependency in self._dependencies(member.project, member.position, part):
                pair = (dependency.project, dependency.specifiers)
                other = stack.members.get(dependency.project)
                if other is None or other is member or pair in seen:
                    continue
                seen.add(pair)
                place = (member.project, member.position, other.project, other.position)
                for factor in self._of_pair(*place, dependency.specifiers):
                    yield dependency.project, factor
            if part is None:
                own = seen

    def _of_pair(
        self, dependent: Project, position: int, dependency: Project, other: int, specifiers: str
    ) -> tuple[Justification, ...]:
        key = (dependent.name, position, dependency.name, other, specifiers)
        if key not in self._pair_factors:
            place = (dependent, position, dependency, other, specifiers)
            scored = (step.score_pair(*place, self._context) for step in self._pair_steps)
            weighted = tuple(self._weighted(factor, dependent) for factor in scored if factor)
            self._pair_factors[key] = weighted
        return self._pair_factors[key]

    def _weighted(self, factor: Justification, project: Project) -> Justification:
        if factor.score is None or not WORST <= factor.score <= PERFECT:
            raise ValueError(f"step {factor.unit} scored {factor.score}, outside {WORST} to {PERFECT}")
        recommendation = self._context.recommendation
        share = 1000 if self._is_asked(project.name) else recommendation.transitive_weight
        weight = recommendation.weights.get(factor.unit, 1000) * share
        if weight == _WHOLE:
            return factor
        return msgspec.structs.replace(factor, score=-(-factor.score * weight // _WHOLE))

    def release_score(self, project: Project, position: int) -> int:
        """What one release adds to the score of every stack that holds it."""
        key = (project.name, position)
        score = self._scores.get(key)
        if score is None:
            score = self._scores[key] = sum(factor.score or 0 for factor in self.factors(project, position))
        return score

    def pair_score(
        self, dependent: Project, position: int, dependency: Project, other: int, specifiers: str
    ) -> int:
        """What a release adds beside one of a project of which it asks for some releases."""
        key = (dependent.name, position, dependency.name, other, specifiers)
        score = self._pair_scores.get(key)
        if score is None:
            factors = self._of_pair(dependent, position, dependency, other, specifiers)
            score = self._pair_scores[key] = sum(factor.score or 0 for factor in factors)
        return score

    @property
    def sees_pairs(self) -> bool:
        """Whether pairs add anything."""
        return bool(self._pair_steps)

    def stack_score(self, stack: Stack) -> int:
        """The score of a complete stack."""
        total = PERFECT
        for member in stack.members.values():
            total += self.release_score(member.project, member.position)
            total += sum(factor.score or 0 for _, factor in self.pair_factors(member, stack))
        return total

    def involved_score(self, member: Member, stack: Stack) -> int:
        """What one member adds to the score of a stack, alone and in every pair it is part of."""
        total = self.release_score(member.project, member.position)
        total += sum(factor.score or 0 for _, factor in self.pair_factors(member, stack))
        name = member.project.name
        for dependent in sorted(member.dependents):
            factors = self.pair_factors(stack.members[dependent], stack)
            total += sum(factor.score or 0 for other, factor in factors if other == name)
        return total

    def best_score(self, project: Project, domain: int) -> int:
        """The best that any release in a mask adds by itself; perfect where the mask holds none."""
        first = project.best(domain)
        best: int | None = None
        for position in [] if first is None else [first, *positions(domain & ~bit(first))]:
            score = self.release_score(project, position)
            best = score if best is None else max(best, score)
            if best == PERFECT:
                break
        return PERFECT if best is None else best
