"""The oracle of instances against every stack there is, and the stack that a search starts from."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.instances.checking import check, score
from benchmarks.instances.greedy import first_stack
from benchmarks.instances.oracle import every_stack, optimum
from fakes.searching.tiny_instances import tiny_instance
from resolver.landscapes.instance import Asking, Instance, InstanceProject
from resolver.landscapes.landscape import Ask

MANY = settings(max_examples=150, deadline=None)


@MANY
@given(st.integers(0, 1_000_000))
def test_the_optimum_is_the_best_of_all_stacks(seed: int) -> None:
    instance = tiny_instance(seed)
    scores = [score(instance, stack) for stack in every_stack(instance)]
    found = optimum(instance)
    assert (found.score if found else None) == max(scores, default=None)
    if found is not None:
        assert check(instance, found.stack) == []


@MANY
@given(st.integers(0, 1_000_000))
def test_the_first_stack_is_valid_and_found_where_there_is_one(seed: int) -> None:
    instance = tiny_instance(seed)
    found = first_stack(instance)
    if found is not None:
        assert check(instance, found) == []
    elif not any(mask & 1 for terms in instance.refuted for _, mask in terms):
        assert not list(every_stack(instance))


def circular(*, bridge: bool) -> Instance:
    """b and c ask for each other; the requirement is a, which may ask for b, and a cannot be without c."""
    project = InstanceProject(name="", versions=("1",), scores=(0,))
    asking = {0: [1] if bridge else [], 1: [2], 2: [1]}
    projects = [
        InstanceProject(
            name="abc"[number],
            versions=project.versions,
            scores=project.scores,
            asks=tuple(Asking(2, None, Ask(other, 2)) for other in asking[number]),
        )
        for number in range(3)
    ]
    return Instance(
        name="circle",
        projects=tuple(projects),
        requirements=(Ask(0, 2),),
        refuted=(((0, 2), (2, 1)),),
    )


@pytest.mark.parametrize("bridge", [True, False])
def test_a_circle_does_not_hold_itself_up(bridge: bool) -> None:
    instance = circular(bridge=bridge)
    found = optimum(instance)
    assert (found is not None) == bridge == bool(list(every_stack(instance)))
    assert check(instance, {0: 0, 1: 0, 2: 0}) == (
        [] if bridge else ["nobody asks for b", "nobody asks for c"]
    )


def test_what_is_wrong_is_told() -> None:
    instance = circular(bridge=True)
    assert check(instance, {0: 0, 1: 0}) == ["b 1: nothing serves for c", "a and c are refuted"]
    assert check(instance, {0: 1}) == ["a has no release 1"]
    assert check(instance, {}) == ["the requirements: nothing serves for a"]
