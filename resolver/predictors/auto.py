"""`auto`: the predictor that was measured to be the best for stacks of this size and as many moves.

The measurements are data: `measured.json`, which ``python -m benchmarks choosing`` writes. A row holds for
stacks and budgets up to its bounds, and ranks predictors by the share of the distance from the first stack to
the proven optimum that their median run covers, then by that of their worst one. Of those that are about as
good as the best the fastest is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import msgspec

from resolver.landscapes.search import Search
from resolver.predictors.protocol import Predictor

MEASURED = Path(__file__).with_name("measured.json")


class Rank(msgspec.Struct, frozen=True, kw_only=True):
    """One predictor in a row.

    Attributes:
        median: share of the distance to the optimum that is covered, the mean over instances.
        worst: likewise, of the worst run of each instance.
        needed: moves after which the best stack of a run was found, the mean of all runs.
        moves_per_s: on the machine of the benchmark.
    """

    predictor: str
    median: float
    worst: float
    needed: int
    moves_per_s: int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What was measured for one size and one budget.

    Attributes:
        projects: stacks of at most so many releases; None for all others.
        moves: budgets of at most so many moves; likewise.
        ranks: the best first.
        instances: on how many.
    """

    projects: int | None
    moves: int | None
    instances: int
    ranks: tuple[Rank, ...]


@lru_cache(maxsize=1)
def measured() -> Sequence[Row]:
    """The rows, the narrowest that holds first."""
    return msgspec.json.decode(MEASURED.read_bytes(), type=tuple[Row, ...])


NEAR = 0.005
"""Predictors whose share is that near to the best one's are as good: then the fastest is taken."""


def ranked(projects: int, moves: int) -> Sequence[Rank]:
    """Predictors for a size and a budget, the best first."""
    for row in measured():
        fits = row.projects is None or projects <= row.projects
        if fits and (row.moves is None or moves <= row.moves):
            return row.ranks
    raise LookupError("the last row has no bounds")


def best_names(projects: int, moves: int) -> Sequence[str]:
    """Names of the predictors that are about as good as the best, the fastest first."""
    ranks = ranked(projects, moves)
    near = [rank for rank in ranks if rank.median >= ranks[0].median - NEAR]
    return [rank.predictor for rank in sorted(near, key=lambda rank: -rank.moves_per_s)]


class Auto:
    """Takes what was measured to be best for the size of the stack and the budget.

    Args:
        predictors: name to what makes one.
    """

    name = "auto"
    improves = True

    def __init__(self, predictors: Mapping[str, Callable[[], Predictor]]) -> None:
        self._predictors = predictors

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        best = best_names(len(search.walk.members), search.limit)[0]
        return self._predictors[best]().steps(search)
