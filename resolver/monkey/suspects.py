"""What could explain that stacks fail: releases, and pairs of them, that are in failing and no passing stack.

A pair is a suspect only where each of its two releases has been in a passing stack without the other: else
the one alone is the simpler suspect. A group of failures is explained by the fewest suspects of which each
stack has one (a minimal hitting set), found exactly where the group is small, else greedily.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from knowledge.observations.record import ReleaseIdentity
from resolver.monkey.kinds import Releases

Suspect = tuple[ReleaseIdentity, ...]

EXACT_UP_TO = 3
"""Explanations by so few suspects are found exactly."""
MOST_COMPARED = 200_000
"""Sets of suspects that are looked at for that."""


def suspects(failing: Iterable[Releases], passing: Sequence[Releases]) -> dict[Suspect, frozenset[int]]:
    """Each suspect, with the numbers of the failing stacks that have it."""
    stacks = list(failing)
    cleared = frozenset[ReleaseIdentity]().union(*passing)
    together: dict[ReleaseIdentity, set[ReleaseIdentity]] = {}
    for stack in passing:
        for release in stack:
            together.setdefault(release, set()).update(stack)
    found: dict[Suspect, set[int]] = {}
    for number, stack in enumerate(stacks):
        for release in stack - cleared:
            found.setdefault((release,), set()).add(number)
        known = sorted(stack & cleared)
        for one, other in combinations(known, 2):
            if other not in together[one]:
                found.setdefault((one, other), set()).add(number)
    return {suspect: frozenset(numbers) for suspect, numbers in found.items()}


def explanation(
    found: Mapping[Suspect, frozenset[int]], count: int, worth: Mapping[Suspect, float]
) -> tuple[list[Suspect], int]:
    """The fewest suspects that explain all stacks, as far as any do, and how many sets would do as well.

    Args:
        found: see `suspects`.
        count: of failing stacks.
        worth: which are likelier where several would do.
    """
    explainable = frozenset[int]().union(*found.values())
    ranked = sorted(found, key=lambda one: (-len(found[one]), -worth.get(one, 0.0), one))
    looked_at = 0
    for size in range(1, EXACT_UP_TO + 1):
        best: tuple[float, tuple[Suspect, ...]] | None = None
        others = 0
        for chosen in combinations(ranked, size):
            looked_at += 1
            if looked_at > MOST_COMPARED:
                break
            if frozenset[int]().union(*(found[one] for one in chosen)) == explainable:
                value = sum(worth.get(one, 0.0) for one in chosen)
                others += best is not None
                if best is None or value > best[0]:
                    best = value, chosen
        if best is not None:
            return list(best[1]), others
        if looked_at > MOST_COMPARED:
            break
    return _greedy(found, explainable, worth), -1


def _greedy(
    found: Mapping[Suspect, frozenset[int]], explainable: frozenset[int], worth: Mapping[Suspect, float]
) -> list[Suspect]:
    left, chosen = set(explainable), list[Suspect]()
    while left:
        best = max(sorted(found), key=lambda one: (len(found[one] & left), worth.get(one, 0.0)))
        chosen.append(best)
        left -= found[best]
    return chosen
