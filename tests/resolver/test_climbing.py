"""Climbing finds better stacks than the newest one, keeps them valid, and says what ended it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, repeat

import pytest
from hypothesis import given, settings
from msgspec.structs import replace

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.checker import check_stack
from fakes.searching.oracle import Oracle, Pin
from fakes.searching.runs import Run, context, run
from fakes.searching.units import DrawnPairStep, RefutingStride, drawn
from fakes.searching.universes import World, worlds
from resolver.predictors.hill_climbing import HillClimbing
from resolver.predictors.latest import Latest
from resolver.search.budget import Budget, StoppedBy
from resolver.search.resolver import Resolver
from resolver.units.registry import UNITS
from resolver.units.verbs import PairStep, Stride


def climbed(world: World, pair_steps: Sequence[PairStep] = (), strides: Sequence[Stride] = ()) -> Run:
    asked, predictor = world.context(), HillClimbing()
    return run(world.index(), asked, predictor=predictor, pair_steps=pair_steps, strides=strides)


def check(world: World, pair_steps: Sequence[PairStep] = ()) -> None:
    first = run(world.index(), world.context(), pair_steps=pair_steps)
    best = climbed(world, pair_steps)
    assert (first.pins is None) == (best.pins is None)
    if best.solution is None or first.solution is None:
        return
    violations = check_stack(
        best.solution.stack,
        best.knowledge,
        best.resolver.context.target,
        world.requirements,
        no_build=world.no_build,
        no_binary=world.no_binary,
    )
    assert violations == []
    assert climbed(world, pair_steps).pins == best.pins
    assert best.solution.score == best.resolver.scorer.stack_score(best.solution.stack)
    universe, scorer = best.resolver.universe, best.resolver.scorer

    def score(name: str, version: str) -> int:
        project = universe.project(name)
        return scorer.release_score(project, project.versions.texts.index(version))

    def pair_score(one: Pin, other: Pin, specifiers: str) -> int:
        dependent, dependency = universe.project(one[0]), universe.project(other[0])
        at, where = dependent.versions.texts.index(one[1]), dependency.versions.texts.index(other[1])
        return scorer.pair_score(dependent, at, dependency, where, specifiers)

    optimum = Oracle(world).best_score(score, pair_score)
    assert optimum is not None
    assert first.solution.score <= best.solution.score <= optimum <= best.solution.bound


@settings(max_examples=40, deadline=None)
@pytest.mark.slow
@given(worlds())
def test_climbing_never_loses_and_never_lies(world: World) -> None:
    check(world)


@settings(max_examples=40, deadline=None)
@pytest.mark.slow
@given(worlds())
def test_no_stack_scores_better_than_the_bound_where_pairs_count(world: World) -> None:
    check(world, [DrawnPairStep()])


@pytest.mark.slow
@settings(max_examples=250, deadline=None)
@pytest.mark.slow
@given(worlds())
def test_climbing_never_loses_and_never_lies_in_many_worlds(world: World) -> None:
    check(world)
    check(world, [DrawnPairStep()])


@settings(max_examples=40, deadline=None)
@pytest.mark.slow
@given(worlds())
def test_climbing_ends_at_a_stack_that_no_stride_refutes(world: World) -> None:
    stride = RefutingStride(lambda pins: drawn(*pins, one_in=4), 2)
    best = climbed(world, [DrawnPairStep()], [stride])
    if best.solution is not None:
        assert not stride.examine(best.solution.stack, best.resolver.context)
        assert climbed(world, [DrawnPairStep()], [stride]).pins == best.pins


@settings(max_examples=40, deadline=None)
@pytest.mark.slow
@given(worlds())
def test_every_stack_that_is_told_is_one_and_none_is_told_twice(world: World) -> None:
    result = run(
        world.index(),
        world.context(),
        predictor=HillClimbing(),
        pair_steps=[DrawnPairStep()],
        budget=Budget(count=5),
    )
    if result.solution is None:
        return
    told = [(result.solution.stack, result.solution.score), *result.solution.others]
    assert len({str(stack) for stack, _ in told}) == len(told) <= 5
    scores = [score for _, score in told]
    assert scores == sorted(scores, reverse=True)
    for stack, score in told:
        found = check_stack(
            stack,
            result.knowledge,
            result.resolver.context.target,
            world.requirements,
            no_build=world.no_build,
            no_binary=world.no_binary,
        )
        assert found == []
        assert result.resolver.scorer.stack_score(stack) == score


def trade() -> FakeIndex:
    """The newest "app" holds "lib" twenty releases back; the one before does not."""
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib"])
    index.add("app", "2.0", requires=["lib<1.1"])
    for number in range(1, 21):
        index.add("lib", f"1.{number}")
    index.add("lib", "1.0")
    return index


def test_one_release_less_is_given_for_twenty_more() -> None:
    newest = run(trade(), context(["app", "lib"]))
    best = run(trade(), context(["app", "lib"]), predictor=HillClimbing())
    assert newest.pins == {"app": "2.0", "lib": "1.0"}
    assert best.pins == {"app": "1.0", "lib": "1.20"}
    assert best.solution is not None
    assert best.solution.stopped_by is StoppedBy.BOUND


def solver(budget: Budget, elapsed_s: Callable[[], float] = lambda: 0.0) -> Resolver:
    asked = context(["app", "lib"])
    pipeline = replace(UNITS.applying(asked), boots=(), wraps=())
    return Resolver(
        asked,
        MemoryKnowledge(trade()),
        pipeline,
        HillClimbing(),
        budget=budget,
        elapsed_s=elapsed_s,
    )


def test_a_spent_budget_gives_the_best_so_far() -> None:
    for budget, reason in (
        (Budget(moves=0), StoppedBy.MOVES),
        (Budget(time_limit_s=20.0), StoppedBy.TIME),
    ):
        ages = chain([0.0] * 3, repeat(21.0))  # the search for the first stack asks three times
        solution = solver(budget, ages.__next__).solve()
        assert solution.stopped_by is reason
        assert {name: member.version for name, member in solution.stack.members.items()} == {
            "app": "2.0",
            "lib": "1.0",
        }


def test_a_slow_machine_climbs_as_far_as_a_fast_one() -> None:
    slow, fast = solver(Budget(), lambda: 10_000.0).solve(), solver(Budget()).solve()
    assert slow.stopped_by is fast.stopped_by is StoppedBy.BOUND
    versions = [{name: m.version for name, m in each.stack.members.items()} for each in (slow, fast)]
    assert versions[0] == versions[1]


def test_latest_stops_at_the_first_stack() -> None:
    result = run(trade(), context(["app", "lib"]), predictor=Latest())
    assert result.solution is not None
    assert result.solution.stopped_by is StoppedBy.FIRST_STACK


def test_an_interruption_gives_the_best_so_far() -> None:
    class Interrupting(MemoryKnowledge):
        def metadata(self, project, file):  # type: ignore[no-untyped-def]
            if file.filename.startswith("app-1"):
                raise KeyboardInterrupt
            return super().metadata(project, file)

    asked = context(["app", "lib"])
    resolver = Resolver(asked, Interrupting(trade()), UNITS.applying(asked), HillClimbing())
    solution = resolver.solve()
    assert solution.stopped_by is StoppedBy.INTERRUPTED
    assert solution.stack.members["app"].version == "2.0"
