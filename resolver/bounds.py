"""How good any stack can be: a bound on the score that no stack exceeds.

Every stack holds the projects that the requirements force, each at its best at most. That alone misses what
they do to each other, so one forced project at a time is tried in each of its releases, best first, and what
follows from each is counted: the best of these is a bound as well. Gains of projects that share nothing with
those counted before add up. Admissible: releases that were not read force nothing, and only what is proven
without open assumptions is used. Cost: one propagation for each release tried, at most `MOST_TRIED`.
"""

from __future__ import annotations

import msgspec

from resolver.projects import Project
from resolver.propagation import Propagation, UnsatisfiableError
from resolver.score import Scorer
from resolver.units.verbs import PERFECT
from resolver.universe import Universe
from resolver.versions import ABSENT, bit, positions

MOST_TRIED = 200


class _Loss(msgspec.Struct, frozen=True):
    """What trying every release of one project shows to be lost at least, and by which projects."""

    amount: int
    projects: frozenset[str]


class Bounds:
    """Computes the bound of one universe."""

    def __init__(self, universe: Universe, scorer: Scorer) -> None:
        self._universe = universe
        self._scorer = scorer
        self._tried = 0
        self._best: dict[tuple[str, int], int] = {}

    def bound(self, reached: int, suspended: int = 0) -> int:
        """At least the score of every stack that meets the requirements; stops early when it meets `reached`.

        Args:
            reached: score of a stack that was found.
            suspended: assumptions that the bound must not rest on.
        """
        propagation = self._universe.propagation.undecided(suspended)
        total = sum(self._losses(propagation).values())
        losses = []
        for project in list(self._universe.projects.values()):
            if self._tried >= MOST_TRIED:
                break
            if total > reached and not propagation.domains[project.variable] & ABSENT:
                loss = self._loss(project, propagation, total)
                if loss.amount:
                    losses.append(loss)
        counted: set[str] = set()
        for loss in sorted(losses, key=lambda loss: (-loss.amount, sorted(loss.projects))):
            if not counted & loss.projects:
                counted |= loss.projects
                total -= loss.amount
        return total

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

    def _loss(self, project: Project, propagation: Propagation, total: int) -> _Loss:
        """What is lost beyond `total` whichever release of a project is in the stack."""
        domain = propagation.domains[project.variable]
        ordered = sorted(positions(domain), key=lambda at: (-self._scorer.release_score(project, at), -at))
        base = self._losses(propagation)
        least: int | None = None
        touched: set[str] = {project.name}
        for position in ordered:
            own = self._scorer.release_score(project, position) - base.get(project.name, PERFECT)
            if least is not None and -own >= least:
                break
            if self._tried >= MOST_TRIED:
                return _Loss(0, frozenset())
            found = self._losses_with(project, position, propagation)
            if found is None:
                continue
            lost = total - sum(found.values())
            touched |= {name for name in found.keys() | base.keys() if found.get(name) != base.get(name)}
            least = lost if least is None else min(least, lost)
            if not least:
                break
        return _Loss(least or 0, frozenset(touched))

    def _losses_with(
        self, project: Project, position: int, propagation: Propagation
    ) -> dict[str, int] | None:
        """The best scores where one release is in the stack; None where it cannot be."""
        self._tried += 1
        try:
            propagation.decide(project.variable, bit(position))
            propagation.propagate()
            if not propagation.domains[project.variable] & bit(position) or not propagation.level:
                return None
            return self._losses(propagation)
        except UnsatisfiableError:
            return None
        finally:
            propagation.backjump(0)
