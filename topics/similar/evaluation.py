"""How well an index finds known alternatives: recall, mean reciprocal rank and hits, with intervals."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from statistics import fmean

import msgspec

from topics.similar.postings import Floats
from topics.similar.ranking import best

DEPTHS = (10, 50)
_SAMPLES = 1_000


class RetrievalScore(msgspec.Struct, frozen=True, kw_only=True):
    """Means over queries; each interval holds 95 % of bootstrap samples of the queries.

    Attributes:
        recall_10: share of the alternatives among the first ten.
        mrr: mean of one divided by the rank of the first alternative.
        hit_10: share of queries with an alternative among the first ten.
    """

    queries: int
    recall_10: float
    recall_50: float
    mrr: float
    hit_10: float
    recall_10_interval: tuple[float, float]
    mrr_interval: tuple[float, float]


def alternatives_of(groups: Iterable[Iterable[str]], numbers: Mapping[str, int]) -> dict[int, frozenset[int]]:
    """Document to its alternatives: the members of its groups that are in the index."""
    found: dict[int, set[int]] = {}
    for members in groups:
        there = {numbers[name] for name in members if name in numbers}
        for member in there:
            found.setdefault(member, set()).update(there - {member})
    return {member: frozenset(others) for member, others in sorted(found.items()) if others}


def evaluate(
    scored: Callable[[int], Floats], alternatives: Mapping[int, frozenset[int]], seed: int = 0
) -> RetrievalScore:
    """Score a ranking.

    Args:
        scored: document number to scores of all documents, its own the lowest.
        alternatives: query to what is to be found.
        seed: of the bootstrap.
    """
    rows = []
    for query, wanted in alternatives.items():
        scores = scored(query)
        first = best(scores, DEPTHS[-1]).tolist()
        top = max(float(scores[number]) for number in wanted)
        rank = next((place for place, number in enumerate(first, 1) if number in wanted), 0)
        rank = rank or int((scores > top).sum()) + 1
        recalls = [len(wanted.intersection(first[:depth])) / len(wanted) for depth in DEPTHS]
        rows.append((*recalls, 1 / rank, float(recalls[0] > 0)))
    columns = list(zip(*rows, strict=True))
    chance = random.Random(seed)
    return RetrievalScore(
        queries=len(rows),
        recall_10=fmean(columns[0]),
        recall_50=fmean(columns[1]),
        mrr=fmean(columns[2]),
        hit_10=fmean(columns[3]),
        recall_10_interval=_interval(columns[0], chance),
        mrr_interval=_interval(columns[2], chance),
    )


def _interval(values: tuple[float, ...], chance: random.Random) -> tuple[float, float]:
    means = sorted(fmean(chance.choices(values, k=len(values))) for _ in range(_SAMPLES))
    return means[int(0.025 * _SAMPLES)], means[int(0.975 * _SAMPLES)]
