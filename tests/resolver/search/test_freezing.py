"""What is frozen has the stacks, the scores and the walks of what it was frozen from."""

from __future__ import annotations

import random
from collections.abc import Generator

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.indexes.endless import NAME, add_endless
from fakes.indexes.index import FakeIndex
from fakes.searching.landscapes import drawn, faults, stacks, total
from fakes.searching.runs import context, run
from fakes.searching.units import DrawnPairStep
from fakes.searching.universes import World, worlds
from resolver.landscapes.explored import ExploredLandscape
from resolver.landscapes.freezing import frozen
from resolver.landscapes.instance import Instance, InstanceLandscape
from resolver.landscapes.landscape import Ask
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk
from resolver.predictors.random_walk import RandomWalk


class HalfKnown(InstanceLandscape):
    """A landscape of which some releases were never read, and some extras cannot be had."""

    def __init__(self, instance: Instance, unknown: set[tuple[int, int]]) -> None:
        super().__init__(instance)
        self._unknown = unknown
        self.asked: set[tuple[int, int]] = set()

    def is_known(self, project: int, position: int) -> bool:
        return (project, position) not in self._unknown

    def asks(self, project: int, position: int, part: str | None) -> tuple[Ask, ...] | None:  # type: ignore[override]  # what is not known has none
        self.asked.add((project, position))
        if part == "slow" and position == 1:
            return None
        return tuple(super().asks(project, position, part))


def every_stack(instance: Instance) -> list[tuple[tuple[int, int], ...]]:
    """In an order that is not that of the requirements, which may stand in another one."""
    return sorted(tuple(sorted(stack.items())) for stack in stacks(instance))


@given(st.integers(0, 10**9))
def test_stacks_and_scores_stay_what_they_are(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(1, 5), releases=3)
    made = msgspec.json.decode(msgspec.json.encode(frozen(InstanceLandscape(instance))), type=Instance)
    before = every_stack(instance)
    assert before == every_stack(made)
    for stack in map(dict, before[:30]):
        assert total(made, stack) == total(instance, stack)
        assert Walk(InstanceLandscape(made), stack).score == total(instance, stack)


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_what_was_not_read_is_not_asked_and_is_in_no_stack(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(2, 6))
    first = next(stacks(instance), None)
    if first is None:
        return
    everything = {
        (n, at) for n, project in enumerate(instance.projects) for at in range(len(project.versions))
    }
    unknown = {one for one in sorted(everything - set(first.items())) if chance.random() < 0.4}
    landscape = HalfKnown(instance, unknown)
    made = frozen(landscape)
    assert not landscape.asked & unknown
    try:
        walk = Walk(InstanceLandscape(made), first)
    except ValueError:  # it holds an extra that cannot be had
        assert 1 in first.values()
        return
    for _ in range(40):
        project = chance.choice(sorted(walk.members))
        if walk.move(project, chance.choice(walk.candidates(project))):
            assert not faults(instance, walk.stack())
            assert walk.score == total(instance, walk.stack())
            assert not set(walk.stack().items()) & unknown


class Comparing:
    """A predictor that moves about in what is frozen, and goes there in the run itself, too."""

    name = "comparing"
    improves = True

    def __init__(self) -> None:
        self.compared = 0

    def steps(self, search: Search) -> Generator[None, None, None]:
        walk = search.walk
        for _ in zip(range(30), RandomWalk().steps(search), strict=False):
            yield
        walk.settle()
        made = Walk(InstanceLandscape(frozen(walk.landscape)), search.best)
        read = len(walk.landscape.names)
        for _ in range(60):
            project = search.chance.choice(sorted(made.members))
            if made.move(project, search.chance.choice(made.candidates(project))):
                mark = walk.mark()
                walk.go(made.stack())
                assert (walk.stack(), walk.score) == (made.stack(), made.score)
                walk.undo(mark)
                self.compared += 1
        assert len(walk.landscape.names) == read


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(worlds(), st.integers(0, 10**9))
def test_the_universe_of_a_run_is_frozen_as_it_is(world: World, seed: int) -> None:
    ran = run(world.index(), world.context(), pair_steps=[DrawnPairStep()])
    if ran.solution is None or not ran.solution.stack.members:
        return
    universe, scorer, chance = ran.resolver.universe, ran.resolver.scorer, random.Random(seed)
    universe.propagation.backjump(0)
    universe.propagation.propagate()
    landscape = ExploredLandscape(universe, scorer)
    members = ran.solution.stack.members
    first = {landscape.number(name): member.position for name, member in members.items()}
    walk = Walk(landscape, first)
    made = Walk(InstanceLandscape(frozen(landscape)), first)
    assert made.score == walk.score == ran.solution.score
    for _ in range(20):
        project = chance.choice(sorted(made.members))
        if made.move(project, chance.choice(made.candidates(project))):
            walk.go(made.stack())
            assert (walk.stack(), walk.score) == (made.stack(), made.score)


def test_releases_of_a_run_are_moved_about_in_what_is_frozen() -> None:
    index = FakeIndex()
    for number in range(1, 5):
        index.add("app", f"{number}.0", requires=[f"lib!={number}", "part"], extras={"more": ["rest"]})
        index.add("lib", f"{number}.0", requires=[f"part<={5 - number}"])
        index.add("part", f"{number}.0")
        index.add("rest", f"{number}.0", requires=["part>1"])
    add_endless(index)
    comparing = Comparing()
    run(index, context(["app[more]", "lib", NAME]), predictor=comparing, pair_steps=[DrawnPairStep()])
    assert comparing.compared > 10
