"""How near the bound comes to the proven optimum, at which cost; the sum of bests beside it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from statistics import median

import msgspec

from benchmarks.instances.collection import Solved
from resolver.landscapes.bound import Bound
from resolver.landscapes.instance import InstanceLandscape

STEPS = 500
"""Propagations between two looks at the clock."""
LATE_S = 10.0
"""Processor time after which a bound is taken as it stands."""


class Bounded(msgspec.Struct, frozen=True):
    """The bound on one instance.

    Attributes:
        met: whether it equals the optimum.
        simple: whether the sum of bests does.
        is_late: whether it was stopped.
        too_low: whether it is below the optimum, which is an error.
    """

    instance: str
    met: bool
    simple: bool
    cpu_s: float
    is_late: bool
    too_low: bool


def bounded(one: Solved) -> Bounded:
    """Tighten until nothing is left to do, or it is late."""
    start_s = time.process_time()
    landscape = InstanceLandscape(one.instance)
    bound = Bound(landscape, landscape.asks)
    simple, is_open = bound.sum_of_bests, True
    while is_open and time.process_time() - start_s < LATE_S:
        is_open = bound.tighten(STEPS)
    cpu_s = time.process_time() - start_s
    return Bounded(
        instance=one.instance.name,
        met=bound.value == one.best,
        simple=simple == one.best,
        cpu_s=round(cpu_s, 3),
        is_late=is_open,
        too_low=min(bound.value, simple) < one.best,
    )


def bounds(instances: Sequence[Solved]) -> Mapping[str, Mapping[str, object]]:
    """All instances, and those with a gap, apart."""
    found = [bounded(one) for one in instances]
    gaps = {one.instance.name for one in instances if one.gap}
    parts = {"all": found, "with a gap": [one for one in found if one.instance in gaps]}
    return {name: _row(several) for name, several in parts.items() if several}


def _row(several: Sequence[Bounded]) -> dict[str, object]:
    costs = sorted(one.cpu_s for one in several)
    return {
        "instances": len(several),
        "bound_is_optimum": round(sum(one.met for one in several) / len(several), 4),
        "sum_of_bests_is_optimum": round(sum(one.simple for one in several) / len(several), 4),
        "median_cpu_s": round(median(costs), 3),
        "longest_cpu_s": costs[-1],
        "total_cpu_s": round(sum(costs), 1),
        "late": sum(one.is_late for one in several),
        "too_low": [one.instance for one in several if one.too_low],
        "not_met": [one.instance for one in several if not one.met],
    }
