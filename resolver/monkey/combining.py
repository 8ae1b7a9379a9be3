"""Every combination of the releases of what is required, lazily, in an order that spreads.

Algorithm: the combinations are numbered; the order steps through the numbers by about the golden section of
their count, and by nothing that divides it. However early it ends, what it has seen lies evenly among
everything. What else a stack needs is the newest that serves. Source: low-discrepancy sequences (Weyl).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from resolver.landscapes.instance import InstanceLandscape
from resolver.landscapes.walk import Walk
from resolver.monkey.coverage import Coverage
from resolver.monkey.terrain import Terrain
from resolver.states.versions import positions

_GOLDEN = (math.sqrt(5) - 1) / 2


def combined(terrain: Terrain, coverage: Coverage) -> Iterator[dict[int, int]]:
    """Distinct valid stacks, one for each combination that has one."""
    walk = Walk(InstanceLandscape(terrain.instance), dict(terrain.first))
    walk.settle()
    choices = [_choices(terrain, project) for project in terrain.direct]
    known: set[int] = set()
    for numbers in spread_product([len(one) for one in choices]):
        held: list[int] = []
        for project, among, number in zip(terrain.direct, choices, numbers, strict=True):
            at = among[number]
            if walk.at[project] != at and not walk.move(project, at, held):
                break
            held.append(project)
        else:
            if walk.key not in known:
                known.add(walk.key)
                stack = walk.stack()
                coverage.take(stack)
                yield stack
        walk.undo()


def spread_product(counts: list[int]) -> Iterator[tuple[int, ...]]:
    """Every tuple of numbers below the counts, each once."""
    total = math.prod(counts)
    step = max(1, round(total * _GOLDEN))
    while math.gcd(step, total) != 1:
        step += 1
    number = 0
    for _ in range(total):
        found, rest = [], number
        for count in counts:
            rest, remainder = divmod(rest, count)
            found.append(remainder)
        yield tuple(found)
        number = (number + step) % total


def _choices(terrain: Terrain, project: int) -> list[int]:
    mask = terrain.instance.projects[project].domain or 0
    for ask in terrain.instance.requirements:
        if ask.project == project:
            mask &= ask.mask
    return list(positions(mask))
