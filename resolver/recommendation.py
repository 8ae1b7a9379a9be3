"""Recommendation types: what the user wants most, as data."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Recommendation(msgspec.Struct, frozen=True, kw_only=True):
    """What a type of advice weighs.

    Attributes:
        predictor: name of the predictor that makes the decisions.
        weights: name of a step to the factor its scores are multiplied with, in thousandths.
        transitive_weight: what the score of a project that nobody asked for directly counts, in thousandths.
        strides: whether complete stacks are examined for evidence against them.
    """

    name: str
    predictor: str
    weights: Mapping[str, int]
    transitive_weight: int
    strides: bool


LATEST = Recommendation(
    name="latest", predictor="latest", weights={"freshness": 1000}, transitive_weight=350, strides=False
)
STABLE = Recommendation(
    name="stable",
    predictor="hill-climbing",
    weights={"freshness": 1000, "temporal-risk": 50, "topic-step": 1000},
    transitive_weight=350,
    strides=True,
)
"""A risk without evidence weighs less than the newest release of anything: several of one kind move a project
off a series that has just begun, and nothing else."""
TESTING = Recommendation(
    name="testing",
    predictor="hill-climbing",
    weights={"freshness": 1000},
    transitive_weight=350,
    strides=True,
)
"""Who tests wants to meet what is new: what is merely possible does not count."""

PERFORMANCE = Recommendation(
    name="performance",
    predictor="hill-climbing",
    weights={"freshness": 300, "temporal-risk": 50, "topic-step": 1000, "performance": 3000},
    transitive_weight=1000,
    strides=True,
)
"""A release that is measured to be twice as slow loses more than one is that many newer ones passed over."""

SECURITY = Recommendation(
    name="security",
    predictor="hill-climbing",
    weights={"freshness": 300, "temporal-risk": 50, "vulnerabilities": 3000, "minimum-age": 500},
    transitive_weight=1000,
    strides=True,
)
"""A known vulnerability weighs more than any release is newer, wherever in the stack it is."""

RECOMMENDATIONS: Mapping[str, Recommendation] = {
    r.name: r for r in (LATEST, STABLE, TESTING, PERFORMANCE, SECURITY)
}
