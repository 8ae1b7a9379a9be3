"""A search without an end in sight is stopped, says so, and leaves nothing behind."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from resolver.predictors.latest import Latest
from resolver.search.budget import Budget, SearchStoppedError, StoppedBy
from resolver.search.resolver import Resolver
from resolver.states.propagation import UnsatisfiableError
from resolver.units.registry import UNITS


def pigeons(holes: int, spare: int = 1) -> tuple[FakeIndex, list[str]]:
    """So many projects in so few places that none is free for the last; no short proof says so."""
    index = FakeIndex()
    count = holes + spare
    for pigeon in range(count):
        for hole in range(holes):
            index.add(f"pigeon{pigeon}", f"{hole + 1}", requires=[f"hole{hole}=={pigeon + 1}"])
    for hole in range(holes):
        for pigeon in range(count):
            index.add(f"hole{hole}", f"{pigeon + 1}")
    return index, [f"pigeon{pigeon}" for pigeon in range(count)]


def resolver(holes: int, budget: Budget, elapsed_s: float = 0.0, spare: int = 1) -> Resolver:
    index, requirements = pigeons(holes, spare)
    asked = context(requirements)
    pipeline = replace(UNITS.applying(asked), boots=(), wraps=())
    return Resolver(
        asked,
        MemoryKnowledge(index),
        pipeline,
        Latest(),
        budget=budget,
        elapsed_s=lambda: elapsed_s,
    )


def test_a_search_ends_with_its_conflicts() -> None:
    searching = resolver(6, Budget(conflicts=50))
    with pytest.raises(SearchStoppedError) as raised:
        searching.solve()
    assert raised.value.reason is StoppedBy.CONFLICTS
    assert searching.universe.propagation.conflicts == 51


def test_the_same_search_comes_to_a_proof_when_it_may_go_on() -> None:
    with pytest.raises(UnsatisfiableError):
        resolver(4, Budget()).solve()


def test_no_conflict_is_none_too_many() -> None:
    assert resolver(4, Budget(conflicts=0), spare=-3).solve().score == 0


def test_a_search_ends_with_its_time_and_only_where_one_is_stated() -> None:
    with pytest.raises(SearchStoppedError) as raised:
        resolver(3, Budget(time_limit_s=5.0), elapsed_s=6.0).solve()
    assert raised.value.reason is StoppedBy.TIME
    assert resolver(4, Budget(), elapsed_s=1000.0, spare=-3).solve().stack.members
