"""A process of a portfolio does as it is told: so many moves, from the best stack, nothing refuted again."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.searching.landscapes import drawn, faults, stacks, total
from resolver.landscapes.instance import Instance
from resolver.portfolio.messages import Answer, Beginning, Order, Terms, terms
from resolver.portfolio.worker import Worker, serve
from resolver.states.versions import ABSENT

PREDICTOR = st.sampled_from(["hill-climbing", "tree-search", "temporal-difference", "combinations"])


def begun(instance: Instance, first: Mapping[int, int], predictor: str, keep: int = 0) -> Beginning:
    return Beginning(instance, terms(first), predictor, 1, 400, keep)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), PREDICTOR)
def test_what_is_found_is_valid_and_better_each_time(seed: int, predictor: str) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(2, 7))
    first = next(stacks(instance), None)
    if first is None:
        return
    worker, best = Worker(begun(instance, first, predictor, keep=2)), first
    for _ in range(4):
        answer = worker.answer(Order(40, terms(best)))
        assert answer.is_over or answer.moves >= 40
        scores = [total(instance, dict(stack)) for stack in answer.found]
        assert scores == sorted(scores, reverse=True)
        assert all(score > total(instance, best) for score in scores)
        assert not [fault for stack in answer.found + answer.kept for fault in faults(instance, dict(stack))]
        best = dict(answer.found[0]) if answer.found else best
        if answer.is_over:
            break


def holds(refutation: Terms, stack: Terms) -> bool:
    at = dict(stack)
    return all(mask & (2 << at[p] if p in at else ABSENT) for p, mask in refutation)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), PREDICTOR)
@example(33002, "temporal-difference")
def test_what_is_refused_or_refuted_is_not_found_again(seed: int, predictor: str) -> None:
    """What was found but neither refused nor taken for the best may be found again after a new beginning."""
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(2, 7))
    first = next(stacks(instance), None)
    if first is None:
        return
    worker = Worker(begun(instance, first, predictor))
    refused: set[Terms] = set()
    refutations: list[Terms] = []
    found: tuple[Terms, ...] = ()
    for number in range(10):
        refuted: tuple[Terms, ...] = ()
        if found and number % 4 == 3:
            changed = dict(found[0])
            differing = sorted(p for p in {*changed, *first} if changed.get(p) != first.get(p))
            refuted = (tuple((p, 2 << changed[p] if p in changed else ABSENT) for p in differing),)
        refused.update(found if number % 2 else ())
        refutations += refuted
        found = worker.answer(Order(40, terms(first), found if number % 2 else (), refuted)).found
        assert not refused & set(found)
        assert not [stack for stack in found if any(holds(one, stack) for one in refutations)]


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**9), PREDICTOR)
def test_what_others_found_is_not_found_anew(seed: int, predictor: str) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(2, 6), releases=3)
    found = [stack for stack, _ in zip(stacks(instance), range(200), strict=False)]
    if not found:
        return
    best = max(found, key=lambda stack: total(instance, stack))
    answer = Worker(begun(instance, found[0], predictor)).answer(Order(40, terms(best)))
    assert all(total(instance, dict(stack)) > total(instance, best) for stack in answer.found)


def test_lines_go_in_and_lines_come_out() -> None:
    instance = drawn(random.Random(3), 6)
    first = next(stacks(instance))
    lines = [begun(instance, first, "hill-climbing"), Order(10, terms(first)), Order(10, terms(first))]
    answers = io.BytesIO()
    serve(io.BytesIO(b"".join(msgspec.json.encode(line) + b"\n" for line in lines)), answers)
    read = [msgspec.json.decode(line, type=Answer) for line in answers.getvalue().splitlines()]
    assert [answer.moves >= 10 or answer.is_over for answer in read] == [True, True]


def test_a_first_stack_that_is_none_ends_the_process() -> None:
    instance = drawn(random.Random(3), 6)
    with pytest.raises(ValueError, match="no valid stack"):
        Worker(begun(instance, {}, "hill-climbing"))
