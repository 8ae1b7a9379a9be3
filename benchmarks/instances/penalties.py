"""Scores for projects that have none: regrets of age for releases, losses for pairs of neighbours."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import sqrt

import msgspec

from resolver.landscapes.instance import InstanceProject, PairLoss
from resolver.states.versions import ABSENT, oldest, positions, span

UNIT = 20_000
"""What the second newest release of a direct requirement loses, in millionths."""
DIRECT, TRANSITIVE = 1.0, 0.35
PENALISED = 0.12
"""Share of the releases with a penalty of their own."""
PAIRED = 0.30
"""Share of the edges with losses interval by interval."""
AT_THE_TOP = 0.5
"""Share of the intervals that end at the newest release; the others are anywhere."""


def scored(
    projects: Sequence[InstanceProject],
    direct: frozenset[int],
    chance: random.Random,
    *,
    ages: Mapping[int, Sequence[float]] | None = None,
    paired: float = PAIRED,
    at_the_top: float = AT_THE_TOP,
) -> tuple[InstanceProject, ...]:
    """The projects with scores and losses.

    Args:
        ages: of the releases of a project, in ranks or in months; by default how many newer ones there are.
    """
    found = []
    for number, project in enumerate(projects):
        weight = DIRECT if number in direct else TRANSITIVE
        scores = _regrets(project, weight, (ages or {}).get(number), chance)
        losses = _losses(projects, number, paired, at_the_top, chance)
        found.append(msgspec.structs.replace(project, scores=scores, losses=losses))
    return tuple(found)


def _regrets(
    project: InstanceProject, weight: float, ages: Sequence[float] | None, chance: random.Random
) -> tuple[int, ...]:
    domain = _domain(project)
    count = len(project.versions)
    ranks = ages or [float((domain >> (at + 2)).bit_count()) for at in range(count)]
    scores = []
    for age in ranks:
        regret = weight * sqrt(age)
        if chance.random() < PENALISED:
            regret += weight * chance.uniform(0.5, 5.0)
        scores.append(-min(round(regret * UNIT), 1_000_000))
    return tuple(scores)


def _losses(
    projects: Sequence[InstanceProject], number: int, share: float, at_the_top: float, chance: random.Random
) -> tuple[PairLoss, ...]:
    edges: dict[tuple[str | None, int], int] = {}
    for asking in projects[number].asks:
        edge = asking.part, asking.ask.project
        edges[edge] = edges.get(edge, 0) | asking.releases
    losses = []
    for (part, other), asking_releases in edges.items():
        if other == number or chance.random() >= share:
            continue
        for _ in range(chance.randint(1, 2)):
            own = _interval(asking_releases, at_the_top, chance)
            beside = _interval(_domain(projects[other]), at_the_top, chance)
            loss = -round(chance.uniform(0.2, 3.0) * UNIT)
            if own and beside:
                losses.append(PairLoss(own, part, other, beside, loss))
    return tuple(losses)


def _interval(mask: int, at_the_top: float, chance: random.Random) -> int:
    """Neighbouring releases of a mask."""
    if not mask & ~ABSENT:
        return 0
    low, high = oldest(mask), next(positions(mask))
    length = chance.randint(1, max(1, (high - low + 1) // 2))
    start = high + 1 - length if chance.random() < at_the_top else chance.randint(low, high)
    return mask & span(max(start, low), start + length)


def _domain(project: InstanceProject) -> int:
    everything = span(0, len(project.versions))
    return everything if project.domain is None else project.domain & everything
