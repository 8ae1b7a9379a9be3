"""How good any stack can be: a bound on the score that no stack exceeds.

Every stack holds the projects that the requirements force, each at its best at most. That alone misses what
they do to each other, so one forced project at a time is tried in each of its releases, best first, and what
follows from each is counted: the best of these is a bound as well. Gains of projects that share nothing with
those counted before add up. The other way to a bound is `resolver.guarantees`, which sees pairs; the lower of
both counts. Admissible: releases that were not read force nothing, and only what is proven
without open assumptions is used. Cost: one propagation for each release tried, at most `MOST_TRIED`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from resolver.guarantees import guaranteed
from resolver.projects import Project
from resolver.propagation import Propagation, UnsatisfiableError
from resolver.score import Scorer
from resolver.stack import Stack
from resolver.units.verbs import PERFECT
from resolver.universe import Universe
from resolver.versions import ABSENT, bit, positions

MOST_TRIED = 200


class _Loss(msgspec.Struct, frozen=True):
    """What trying every release of one project shows.

    Attributes:
        amount: what is lost at least by single releases, beside what each forced project loses anyway.
        projects: those that lose it.
        whole: the same where the pairs of the stack count that was found; not to be added to anything.
    """

    amount: int = 0
    projects: frozenset[str] = frozenset()
    whole: int = 0


class _State(msgspec.Struct, frozen=True):
    """What is known of the stacks that hold one release.

    Attributes:
        losses: the best score of each forced project that is not perfect.
        guaranteed: see `resolver.guarantees`; 0 where nothing is known.
    """

    losses: dict[str, int]
    guaranteed: int


class Bounds:
    """Computes the bound of one universe.

    Args:
        universe: of the search.
        scorer: likewise.
        is_urgent: whether what is known by now has to do.
    """

    def __init__(
        self, universe: Universe, scorer: Scorer, is_urgent: Callable[[], bool] = lambda: False
    ) -> None:
        self._universe = universe
        self._scorer = scorer
        self._is_urgent = is_urgent
        self._tried = 0
        self._best: dict[tuple[str, int], int] = {}

    def bound(self, stack: Stack, reached: int, suspended: int = 0) -> int:
        """At least the score of every stack that meets the requirements; stops early when it meets `reached`.

        Args:
            stack: one that was found; whichever it is, the bound holds.
            reached: its score.
            suspended: assumptions that the bound must not rest on.
        """
        propagation = self._universe.propagation.undecided(suspended)
        base = total = sum(self._losses(propagation).values())
        known = min(total, -self._guaranteed(stack, propagation))
        losses = []
        for project in list(self._universe.projects.values()):
            if self._is_over():
                break
            if known > reached and not propagation.domains[project.variable] & ABSENT:
                loss = self._loss(project, propagation, base, stack)
                known = min(known, base - loss.whole)
                if loss.amount:
                    losses.append(loss)
        counted: set[str] = set()
        for loss in sorted(losses, key=lambda loss: (-loss.amount, sorted(loss.projects))):
            if not counted & loss.projects:
                counted |= loss.projects
                total -= loss.amount
        return min(total, known)

    def _is_over(self) -> bool:
        return self._tried >= MOST_TRIED or self._is_urgent()

    def _guaranteed(self, stack: Stack, propagation: Propagation) -> int:
        return guaranteed(stack, self._universe, self._scorer, propagation)

    def _losses(self, propagation: Propagation) -> dict[str, int]:
        """The best score of each project that is forced."""
        found = {}
        for project in self._universe.projects.values():
            domain = propagation.domains[project.variable]
            if not domain & ABSENT and project.versions.texts:
                best = self._best_score(project, domain)
                if best:
                    found[project.name] = best
        return found

    def _best_score(self, project: Project, domain: int) -> int:
        key = (project.name, domain)
        if key not in self._best:
            self._best[key] = self._scorer.best_score(project, domain)
        return self._best[key]

    def _loss(self, project: Project, propagation: Propagation, total: int, stack: Stack) -> _Loss:
        """What is lost beyond `total` whichever release of a project is in the stack."""
        kept = stack.members[project.name].position
        domain = propagation.domains[project.variable]
        ordered = sorted(positions(domain), key=lambda at: (-self._scorer.release_score(project, at), -at))
        base = self._losses(propagation)
        least: int | None = None
        whole: int | None = None
        touched: set[str] = {project.name}
        for position in ordered:
            own = self._scorer.release_score(project, position) - base.get(project.name, PERFECT)
            if least is not None and whole is not None and -own >= max(least, whole):
                break
            if self._is_over():
                return _Loss()
            state = self._state_with(project, position, propagation, stack if position == kept else None)
            if state is None:
                continue
            found = state.losses
            lost = total - sum(found.values())
            there = max(lost, total + state.guaranteed)
            whole = there if whole is None else min(whole, there)
            touched |= {name for name in found.keys() | base.keys() if found.get(name) != base.get(name)}
            least = lost if least is None else min(least, lost)
            if not least and not whole:
                break
        return _Loss(least or 0, frozenset(touched), whole or 0)

    def _state_with(
        self, project: Project, position: int, propagation: Propagation, stack: Stack | None
    ) -> _State | None:
        """What is known where one release is in the stack; None where it cannot be.

        Args:
            project: of the release.
            position: of the release.
            propagation: without decisions.
            stack: one that was found and holds the release; None for none.
        """
        self._tried += 1
        try:
            propagation.decide(project.variable, bit(position))
            propagation.propagate()
            if not propagation.domains[project.variable] & bit(position) or not propagation.level:
                return None
            loss = self._guaranteed(stack, propagation) if stack is not None else 0
            return _State(self._losses(propagation), loss)
        except UnsatisfiableError:
            return None
        finally:
            propagation.backjump(0)
