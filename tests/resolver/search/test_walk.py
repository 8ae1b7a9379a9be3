"""A walk keeps to valid stacks, whatever is moved, and to their score."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.searching.landscapes import drawn, faults, stacks, total
from resolver.landscapes.instance import Instance, InstanceLandscape
from resolver.landscapes.walk import Walk


def _start(instance: Instance) -> dict[int, int] | None:
    return next(stacks(instance), None)


@given(st.integers(0, 10**9))
def test_every_move_leads_to_a_valid_stack_with_its_score_or_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(1, 7))
    start = _start(instance)
    if start is None:
        return
    walk = Walk(InstanceLandscape(instance), start)
    seen: dict[int, dict[int, int]] = {}
    for _ in range(60):
        before = walk.stack(), walk.score, walk.key
        project = chance.choice(sorted(walk.members))
        position = chance.choice(walk.candidates(project))
        mark = walk.mark()
        if not walk.move(project, position):
            assert (walk.stack(), walk.score, walk.key) == before
            continue
        stack = walk.stack()
        assert not faults(instance, stack)
        assert stack.get(project, position) == position  # it may have held itself up alone
        assert walk.score == total(instance, stack)
        assert seen.setdefault(walk.key, stack) == stack
        if chance.random() < 0.5:
            walk.undo(mark)
            assert (walk.stack(), walk.score, walk.key) == before
        again = Walk(InstanceLandscape(instance), walk.stack())
        assert (again.score, again.key) == (walk.score, walk.key)
        for one in sorted(walk.members):
            assert walk.involved(one) == again.involved(one)


@given(st.integers(0, 10**9))
def test_several_moves_can_be_taken_back_at_once(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(3, 9))
    start = _start(instance)
    if start is None:
        return
    walk = Walk(InstanceLandscape(instance), start)
    before = walk.stack(), walk.score, walk.key
    for _ in range(10):
        project = chance.choice(sorted(walk.members))
        walk.move(project, chance.choice(walk.candidates(project)))
    walk.undo()
    assert (walk.stack(), walk.score, walk.key) == before


@given(st.integers(0, 10**9))
def test_what_is_held_does_not_change(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, 6)
    start = _start(instance)
    if start is None:
        return
    walk = Walk(InstanceLandscape(instance), start)
    held = chance.sample(sorted(walk.members), max(1, len(walk.members) // 2))
    before = {one: walk.at[one] for one in held}
    for _ in range(20):
        project = chance.choice(sorted(walk.members))
        if project not in held and walk.move(project, chance.choice(walk.candidates(project)), held):
            now = {one: walk.at[one] for one in held if walk.at[one] >= 0}
            assert now.items() <= before.items()
            assert not faults(instance, walk.stack())


def test_a_start_that_is_no_stack_is_refused() -> None:
    instance = drawn(random.Random(1), 4)
    with pytest.raises(ValueError, match="no valid stack"):
        Walk(InstanceLandscape(instance), {})


@given(st.integers(0, 10**9))
def test_a_walk_can_go_to_any_stack_and_back(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(1, 5), releases=3)
    found = [stack for stack, _ in zip(stacks(instance), range(20), strict=False)]
    if not found:
        return
    walk = Walk(InstanceLandscape(instance), found[0])
    for _ in range(10):
        before = walk.stack(), walk.score, walk.key
        mark, other = walk.mark(), chance.choice(found)
        walk.go(other)
        assert walk.stack() == other
        assert walk.score == total(instance, other)
        if chance.random() < 0.5:
            walk.undo(mark)
            assert (walk.stack(), walk.score, walk.key) == before
        project = chance.choice(sorted(walk.members))
        if walk.move(project, chance.choice(walk.candidates(project))):
            assert not faults(instance, walk.stack())
            assert walk.score == total(instance, walk.stack())
