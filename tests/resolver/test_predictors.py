"""Every predictor visits valid stacks alone, never ends below the first one, and repeats itself."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.searching.landscapes import drawn, faults, stacks, total
from resolver.landscapes.instance import Instance, InstanceLandscape
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk
from resolver.predictors.registry import PREDICTORS


def searched(
    name: str, instance: Instance, first: Mapping[int, int], *, seed: int, limit: int = 150
) -> tuple[Search, list[Mapping[int, int]]]:
    """A search that a predictor made, and the stacks at which it stood."""
    search = Search(Walk(InstanceLandscape(instance), first), seed=seed, limit=limit, keep=3)
    visited: list[Mapping[int, int]] = [search.walk.stack()]
    for _, _step in zip(range(2 * limit), PREDICTORS[name]().steps(search), strict=False):
        visited.append(search.walk.stack())
        if search.moves >= limit:
            break
    return search, visited


@pytest.mark.parametrize("name", PREDICTORS)
@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**9))
def test_every_stack_that_is_visited_is_valid_and_none_is_lost(name: str, seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(1, 9))
    first = next(stacks(instance), None)
    if first is None:
        return
    search, visited = searched(name, instance, first, seed=seed)
    for stack in visited:
        assert not faults(instance, stack)
    assert search.best_score == max(total(instance, first), total(instance, search.best))
    assert search.best_score >= max(total(instance, stack) for stack in visited)
    assert not faults(instance, search.best)
    again, repeated = searched(name, instance, first, seed=seed)
    assert (again.best, repeated, again.moves) == (search.best, visited, search.moves)
