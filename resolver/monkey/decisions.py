"""How stacks are chosen, and the plan that comes of it."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from itertools import islice

from resolver.monkey.combining import combined
from resolver.monkey.coverage import Coverage
from resolver.monkey.plan import Demand, PlannedStack, stack_id
from resolver.monkey.sampling import covering, weighted
from resolver.monkey.terrain import Terrain
from resolver.monkey.weights import StatedWeights, TemporalWeights


class Decision(enum.StrEnum):
    """What is sampled. Source: Thoth's Dependency Monkey."""

    RANDOM = "random"
    """Any valid stack, those first that show most pairs not yet seen."""
    ALL = "all"
    """Every combination of the releases of what is required."""
    DISTRIBUTION = "distribution"
    """As likely as weights say."""


def sampled(
    terrain: Terrain,
    decision: Decision,
    seed: int,
    weights: Mapping[str, Mapping[str, float]] | None = None,
) -> Iterator[dict[int, int]]:
    """Distinct valid stacks, lazily, the same for the same arguments.

    Args:
        weights: see `resolver.monkey.weights`; None for those of time. Only of a distribution.
    """
    coverage = Coverage(terrain)
    match decision:
        case Decision.RANDOM:
            return covering(terrain, coverage, seed)
        case Decision.ALL:
            return combined(terrain, coverage)
        case Decision.DISTRIBUTION:
            chosen = TemporalWeights(terrain) if weights is None else StatedWeights(terrain, weights)
            return weighted(terrain, coverage, seed, chosen)


def planned(
    terrain: Terrain, stacks: Iterator[dict[int, int]], demand: Demand, count: int | None
) -> tuple[PlannedStack, ...]:
    """Stacks as a plan has them, each once.

    Args:
        count: at most so many; None for all.
    """
    coverage = Coverage(terrain)
    found: dict[str, PlannedStack] = {}
    for stack in islice(stacks, count):
        pins = terrain.pins(stack)
        name = stack_id(demand.task(pins))
        found.setdefault(name, PlannedStack(id=name, pins=pins, new_pairs=coverage.take(stack)))
    return tuple(found.values())
