"""Long series are skipped by bisection, and nothing that is said rests on what was skipped unverified."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from fakes.indexes.index import FakeIndex
from fakes.searching.checker import check_stack
from fakes.searching.oracle import Oracle
from fakes.searching.runs import Run, context, run
from fakes.searching.universes import World, worlds
from resolver.search.doubts import MOST_READ, NotProvenError
from resolver.search.galloping import Galloping
from resolver.states.universe import Universe

RELEASES = 400


def eager(universe: Universe) -> Galloping:
    return Galloping(universe, patience=0, shortest=1)


def check(world: World, result: Run) -> None:
    oracle = Oracle(world)
    assert (result.pins is not None) == oracle.is_satisfiable()
    if result.solution is None:
        return
    target = result.resolver.context.target
    violations = check_stack(
        result.solution.stack,
        result.knowledge,
        target,
        world.requirements,
        no_build=world.no_build,
        no_binary=world.no_binary,
    )
    assert violations == []
    universe, scorer = result.resolver.universe, result.resolver.scorer

    def score(name: str, version: str) -> int:
        project = universe.project(name)
        return scorer.release_score(project, project.versions.texts.index(version))

    best = oracle.best_score(score)
    assert best is not None
    assert best <= result.solution.bound <= 0


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_whatever_is_skipped_the_oracle_agrees(world: World) -> None:
    check(world, run(world.index(), world.context(), galloping=eager))


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(worlds())
def test_whatever_is_skipped_the_oracle_agrees_in_many_worlds(world: World) -> None:
    check(world, run(world.index(), world.context(), galloping=eager))


def long_series(*, first_fit: int) -> FakeIndex:
    """Releases of "tool" from `first_fit` on ask for a newer "core" than is allowed; "wrapper" goes along."""
    index = FakeIndex()
    for number in range(RELEASES):
        bound = "core>=2" if number >= first_fit else "core>=1"
        index.add("tool", f"1.{number}", requires=[bound])
        index.add("wrapper", f"1.{number}", requires=[f"tool>=1.{number},<1.{number + 1}"])
    index.add("core", "1.0")
    index.add("core", "2.0")
    return index


@pytest.mark.parametrize("first_fit", [1, 7, 200, RELEASES - 20])
def test_a_long_series_is_bisected(first_fit: int) -> None:
    result = run(long_series(first_fit=first_fit), context(["tool", "core<2"]))
    assert result.pins == {"tool": f"1.{first_fit - 1}", "core": "1.0"}
    assert result.releases_read <= 25


def test_two_hops_cost_two_logarithms() -> None:
    result = run(long_series(first_fit=120), context(["wrapper", "core<2"]))
    assert result.pins == {"wrapper": "1.119", "tool": "1.119", "core": "1.0"}
    assert result.releases_read <= 50


def test_a_bound_does_not_rest_on_what_was_skipped() -> None:
    result = run(long_series(first_fit=300), context(["tool", "core<2"]))
    assert result.solution is not None
    assert result.solution.score < result.solution.bound


def test_a_proof_that_would_cost_too_much_is_doubted() -> None:
    result = run(long_series(first_fit=0), context(["tool", "core<2"]))
    assert isinstance(result.failure, NotProvenError)
    assert [(h.project, h.against) for h in result.failure.hypotheses] == [("tool", "core")]
    assert result.releases_read <= 25


def test_a_hole_among_the_skipped_is_found_before_it_is_said_that_nothing_fits() -> None:
    index = FakeIndex()
    count = MOST_READ // 2
    for number in range(count):
        index.add("tool", f"1.{number}", requires=["core>=1" if number == 1 else "core>=2"])
    index.add("core", "1.0")
    index.add("core", "2.0")
    result = run(index, context(["tool", "core<2"]))
    assert result.pins == {"tool": "1.1", "core": "1.0"}
