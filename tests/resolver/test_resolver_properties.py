"""Random universes: whatever the resolver says of them, an oracle and a checker of its own say too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fakes.searching.checker import check_stack
from fakes.searching.oracle import Oracle
from fakes.searching.proofs import leaves
from fakes.searching.runs import Run, run
from fakes.searching.units import RefutingStride, TablePseudonym, WholeStackStride, drawn
from fakes.searching.universes import Candidate, Need, World, worlds

few = settings(max_examples=50, deadline=None)
many = settings(max_examples=400, deadline=None)
some = settings(max_examples=120, deadline=None)

STAND_INS = {"a": {"b": ">=1.0"}, "c": {"d": "", "a": "<2.0"}}


def violations(
    world: World, result: Run, stand_ins: Mapping[str, Mapping[str, str]] | None = None
) -> list[str]:
    assert result.solution is not None
    return check_stack(
        result.solution.stack,
        result.knowledge,
        result.resolver.context.target,
        world.requirements,
        no_build=world.no_build,
        no_binary=world.no_binary,
        stand_ins=stand_ins,
    )


def check_against_oracle(world: World) -> None:
    result = run(world.index(), world.context())
    assert (result.pins is not None) == Oracle(world).is_satisfiable()
    if result.pins is not None:
        assert violations(world, result) == []


@few
@given(worlds())
def test_a_stack_is_found_exactly_where_there_is_one(world: World) -> None:
    check_against_oracle(world)


@pytest.mark.slow
@many
@given(worlds())
def test_a_stack_is_found_exactly_where_there_is_one_in_many_worlds(world: World) -> None:
    check_against_oracle(world)


def trace(result: Run) -> tuple[object, ...]:
    causes = None if result.failure is None else [str(leaf.cause) for leaf in leaves(result.failure.proof)]
    read = result.knowledge
    return (result.pins, causes, result.decisions, read.listings_read, read.metadata_read)


def check_repeatable(world: World) -> None:
    first = run(world.index(), world.context())
    assert trace(run(world.index(), world.context())) == trace(first)
    assert trace(run(world.index(backwards=True), world.context())) == trace(first)


def check_unrelated(world: World) -> None:
    wider = replace(world, projects={"unrelated": (Candidate("1.0"),), **world.projects})
    assert trace(run(wider.index(), wider.context())) == trace(run(world.index(), world.context()))


def check_score(world: World) -> None:
    result = run(world.index(), world.context())
    if result.solution is None:
        return
    universe, scorer = result.resolver.universe, result.resolver.scorer

    def score(name: str, version: str) -> int:
        project = universe.project(name)
        return scorer.release_score(project, project.versions.texts.index(version))

    assert result.pins is not None
    assert result.solution.score == sum(score(name, version) for name, version in result.pins.items())
    best = Oracle(world).best_score(score)
    assert best is not None
    assert result.solution.score <= best <= result.solution.bound <= 0


def check_fewer_needs(world: World, number: int) -> None:
    places = [
        (project, position, need)
        for project, candidates in world.projects.items()
        for position, candidate in enumerate(candidates)
        for need in range(len(candidate.needs))
    ]
    assume(places)
    before = run(world.index(), world.context())
    easier = world.without_need(*places[number % len(places)])
    after = run(easier.index(), easier.context())
    assert before.pins is None or after.pins is not None


@pytest.mark.slow
@few
@given(worlds(most_projects=5, most_releases=4), st.integers(0, 10_000))
def test_laws(world: World, number: int) -> None:
    check_repeatable(world)
    check_unrelated(world)
    check_score(world)
    check_fewer_needs(world, number)


@pytest.mark.slow
@some
@given(worlds())
def test_neither_a_second_run_nor_the_order_of_files_changes_anything(world: World) -> None:
    check_repeatable(world)


@pytest.mark.slow
@some
@given(worlds())
def test_an_unrelated_project_changes_nothing(world: World) -> None:
    check_unrelated(world)


@pytest.mark.slow
@some
@given(worlds(most_projects=6))
def test_no_stack_scores_better_than_the_bound(world: World) -> None:
    check_score(world)


@pytest.mark.slow
@some
@given(worlds(), st.integers(0, 10_000))
def test_asking_for_less_keeps_a_world_satisfiable(world: World, number: int) -> None:
    check_fewer_needs(world, number)


def check_strides(world: World, one_in: int, size: int) -> None:
    """A stride that refutes by lot acts like clauses that the oracle was given from the start."""

    def refutes(pins: tuple[tuple[str, str], ...]) -> bool:
        return len(pins) == size and drawn(*pins, one_in=one_in)

    result = run(world.index(), world.context(), strides=[RefutingStride(refutes, size)])
    oracle = Oracle(world)
    pins = [(name, c.version) for name, candidates in world.projects.items() for c in candidates]
    for chosen in combinations(pins, size):
        if len({name for name, _ in chosen}) == size and refutes(chosen):
            oracle.forbid(*chosen)
    assert (result.pins is not None) == oracle.is_satisfiable()
    if result.pins is not None:
        assert violations(world, result) == []
        assert not any(map(refutes, combinations(result.pins.items(), size)))


@pytest.mark.slow
@few
@given(worlds(), st.sampled_from((2, 3, 6)), st.sampled_from((1, 2)))
def test_what_a_stride_refutes_is_learned(world: World, one_in: int, size: int) -> None:
    check_strides(world, one_in, size)


@pytest.mark.slow
@some
@given(worlds(), st.sampled_from((2, 3, 6)), st.sampled_from((1, 2)))
def test_what_a_stride_refutes_is_learned_in_many_worlds(world: World, one_in: int, size: int) -> None:
    check_strides(world, one_in, size)


@few
@given(worlds(most_projects=4, most_releases=3))
def test_a_stride_that_accepts_nothing_ends_without_a_stack(world: World) -> None:
    result = run(world.index(), world.context(), strides=[WholeStackStride()])
    assert result.pins is None


def check_pseudonyms(world: World, *, preferred: bool = False) -> None:
    pseudonym = TablePseudonym(STAND_INS, preferred=preferred)
    result = run(world.index(), world.context(), pseudonyms=[pseudonym])
    assert (result.pins is not None) == Oracle(world, STAND_INS).is_satisfiable()
    if result.pins is not None:
        assert violations(world, result, STAND_INS) == []
        for project, others in STAND_INS.items():
            assert not (project in result.pins and others.keys() & result.pins.keys())


@pytest.mark.slow
@few
@given(worlds())
def test_a_pseudonym_serves_where_the_original_cannot(world: World) -> None:
    check_pseudonyms(world)


@pytest.mark.slow
@settings(some, max_examples=300)
@given(worlds())
def test_a_pseudonym_serves_where_the_original_cannot_in_many_worlds(world: World) -> None:
    check_pseudonyms(world)


@pytest.mark.slow
@settings(some, max_examples=200)
@given(worlds())
def test_a_preferred_pseudonym_makes_no_world_harder(world: World) -> None:
    check_pseudonyms(world, preferred=True)


@pytest.mark.slow
@few
@given(worlds(), st.integers(0, 10_000))
def test_asking_for_what_was_found_finds_it_again(world: World, number: int) -> None:
    pins = run(world.index(), world.context()).pins
    if pins:
        name = sorted(pins)[number % len(pins)]
        pinned = replace(world, asked=(*world.asked, Need(name, f"==={pins[name]}")))
        again = run(pinned.index(), pinned.context()).pins
        assert again is not None
        assert again[name] == pins[name]
