"""Constraints, overrides and preferences in random universes, against an oracle and against equal worlds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from fakes.searching.oracle import Oracle
from fakes.searching.runs import run
from fakes.searching.universes import Candidate, Need, World, needs_of_users, worlds
from resolver.context import Constraint, Context, Preference
from resolver.states.dependencies import Dependency
from resolver.states.overrides import Override, Overrides

pytestmark = pytest.mark.slow

few = settings(max_examples=50, deadline=None)
many = settings(max_examples=400, deadline=None)

LIMITS = st.lists(needs_of_users(), min_size=1, max_size=4)
OVERRIDES = st.lists(
    st.tuples(st.sampled_from((None, None, "a", "b", "c")), needs_of_users()), min_size=1, max_size=4
)


def limited(world: World, limits: Iterable[Need]) -> Context:
    constraints = tuple(
        Constraint(need.project, need.specifiers, str(need), "limits") for need in limits if need.is_live
    )
    return msgspec.structs.replace(world.context(), constraints=constraints)


def check_constraints(world: World, limits: list[Need]) -> None:
    """A stack is found exactly where there is one within the limits, and they bring nothing in."""
    pins = run(world.index(), limited(world, limits)).pins
    oracle = Oracle(world, limits=limits)
    assert (pins is not None) == oracle.is_satisfiable()
    for name, version in (pins or {}).items():
        oracle.demand(name, version)
        for need in limits:
            if need.project == name and need.is_live:
                assert SpecifierSet(need.specifiers).contains(version, prereleases=True)
    assert pins is None or oracle.is_satisfiable()


@few
@given(worlds(), LIMITS)
def test_constraints_are_obeyed(world: World, limits: list[Need]) -> None:
    check_constraints(world, limits)


@pytest.mark.slow
@many
@given(worlds(), LIMITS)
def test_constraints_are_obeyed_in_many_worlds(world: World, limits: list[Need]) -> None:
    check_constraints(world, limits)


@few
@given(worlds(), needs_of_users())
def test_a_constraint_on_what_nobody_needs_changes_nothing(world: World, limit: Need) -> None:
    plain = run(world.index(), world.context()).pins
    constrained = run(world.index(), limited(world, [replace(limit, project="unrelated")]))
    assert constrained.pins == plain
    assert "unrelated" not in constrained.knowledge.listings_read


def overridden(world: World, stated: list[tuple[str | None, Need]]) -> Context:
    overrides = [
        Override(Dependency(need.project, (), need.specifiers, override="x"), of, need.is_live, str(need))
        for of, need in stated
    ]
    return msgspec.structs.replace(world.context(), overrides=Overrides(overrides))


def rewritten(world: World, stated: list[tuple[str | None, Need]]) -> World:
    """The world in which releases say themselves what the overrides make of it."""

    def needs(dependent: str, asked: Iterable[Need]) -> Iterable[Need]:
        for need in asked:
            own = [o for of, o in stated if of == dependent and o.project == need.project]
            chosen = own or [o for of, o in stated if of is None and o.project == need.project]
            if not chosen or need.project == dependent or not need.is_live:
                yield need
            else:
                yield from (replace(o, of_extra=need.of_extra) for o in chosen)

    def candidate(name: str, given: Candidate) -> Candidate:
        return replace(given, needs=tuple(needs(name, given.needs)))

    projects = {name: tuple(candidate(name, c) for c in of) for name, of in world.projects.items()}
    return replace(world, projects=projects)


def check_overrides(world: World, stated: list[tuple[str | None, Need]]) -> None:
    equal = rewritten(world, stated)
    assert run(world.index(), overridden(world, stated)).pins == run(equal.index(), equal.context()).pins


@few
@given(worlds(), OVERRIDES)
def test_overrides_act_as_if_releases_said_so(world: World, stated: list[tuple[str | None, Need]]) -> None:
    check_overrides(world, stated)


@pytest.mark.slow
@many
@given(worlds(), OVERRIDES)
def test_overrides_act_as_if_releases_said_so_in_many_worlds(
    world: World, stated: list[tuple[str | None, Need]]
) -> None:
    check_overrides(world, stated)


def preferring(world: World, pins: Mapping[str, str]) -> Context:
    preferences = {name: Preference(frozenset({version}), "lock") for name, version in pins.items()}
    return msgspec.structs.replace(world.context(), preferences=preferences)


def check_preferences(world: World, left_out: int) -> None:
    """A stack of a poorer index, preferred as a whole, is found again on the richer one."""
    names = sorted(world.projects)
    name = names[left_out % len(names)]
    candidates = world.projects[name]
    if not candidates:
        return
    kept = tuple(c for number, c in enumerate(candidates) if number != left_out % len(candidates))
    poorer = replace(world, projects={**world.projects, name: kept})
    pins = run(poorer.index(), poorer.context()).pins
    if pins is not None:
        assert run(world.index(), preferring(world, pins)).pins == pins


@few
@given(worlds(), st.integers(0, 10_000))
def test_a_stack_that_still_fits_is_kept(world: World, left_out: int) -> None:
    check_preferences(world, left_out)


@pytest.mark.slow
@many
@given(worlds(), st.integers(0, 10_000))
def test_a_stack_that_still_fits_is_kept_in_many_worlds(world: World, left_out: int) -> None:
    check_preferences(world, left_out)


@few
@given(
    worlds(),
    st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(("0.9", "1.0", "2.0rc1")), max_size=5),
)
def test_preferences_forbid_nothing(world: World, pins: dict[str, str]) -> None:
    found = run(world.index(), preferring(world, pins)).pins
    assert (found is None) == (run(world.index(), world.context()).pins is None)
