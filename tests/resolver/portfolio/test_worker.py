"""A process of a portfolio does as it is told: so many moves, from the best stack, nothing refuted again."""

from __future__ import annotations

import io
import random
from collections.abc import Mapping

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.searching.landscapes import drawn, faults, stacks, total
from resolver.landscapes.instance import Instance
from resolver.portfolio.messages import Answer, Beginning, Order, terms
from resolver.portfolio.worker import Worker, serve

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


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), PREDICTOR)
def test_what_is_refused_or_refuted_is_not_found_again(seed: int, predictor: str) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(2, 7))
    first = next(stacks(instance), None)
    if first is None:
        return
    worker = Worker(begun(instance, first, predictor))
    told: set[object] = set()
    for number in range(5):
        answer = worker.answer(Order(40, terms(first)))
        assert not told & set(answer.found)
        told.update(answer.found)
        if answer.found and number % 2:
            changed = dict(answer.found[0])
            news = [(p, 2 << at) for p, at in changed.items() if first.get(p) != at]
            answer = worker.answer(Order(40, terms(first), answer.found, (tuple(news),)))
            told.update(answer.found)
            for stack in answer.found:
                assert any(not mask & (2 << dict(stack).get(p, -1)) for p, mask in news)
        elif answer.found:
            answer = worker.answer(Order(40, terms(first), answer.found))
            assert not told & set(answer.found)
            told.update(answer.found)


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
