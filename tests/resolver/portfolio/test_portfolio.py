"""Several processes find what one finds, the same each time, and none outlives the search."""

from __future__ import annotations

import errno
import os
import random
import signal
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from fakes.searching.landscapes import drawn, faults, stacks, total
from resolver.landscapes.instance import Instance, InstanceLandscape
from resolver.landscapes.search import Judge, Search
from resolver.landscapes.walk import Walk
from resolver.portfolio.child import Child
from resolver.portfolio.messages import Beginning, terms
from resolver.portfolio.portfolio import FIRST, ROUND, Portfolio
from resolver.predictors.choosing import predictor_named

pytestmark = pytest.mark.slow  # each starts interpreters

LIMIT = FIRST + 5 * ROUND


@cache
def hard(seed: int = 5) -> tuple[Instance, Mapping[int, int]]:
    """An instance with many stacks, and the worst of some of them."""
    chance = random.Random(seed)
    while True:
        instance = drawn(chance, 10, releases=6, refuted=3)
        found = [stack for stack, _ in zip(stacks(instance), range(50), strict=False)]
        if len(found) == 50 and len(found[0]) > 6:
            return instance, min(found, key=lambda stack: total(instance, stack))


def searched(portfolio: Portfolio, judge: Judge = lambda stack: True, seed: int = 1) -> Search:
    instance, first = hard()
    search = Search(Walk(InstanceLandscape(instance), first), seed=seed, limit=LIMIT, keep=2, judge=judge)
    for _ in portfolio.steps(search):
        if search.moves >= LIMIT:
            break
    assert not faults(instance, search.best)
    assert search.best_score == total(instance, search.best)
    for score, stack in search.runners_up():
        assert not faults(instance, stack)
        assert score == total(instance, stack)
    return search


@pytest.mark.parametrize("name", ["hill-climbing", "auto", "temporal-difference"])
def test_the_same_seed_gives_the_same_stacks(name: str) -> None:
    one, other = (searched(Portfolio(predictor_named(name), 2)) for _ in range(2))
    assert (one.best, one.moves, one.runners_up()) == (other.best, other.moves, other.runners_up())
    assert LIMIT <= one.moves <= LIMIT + 100


def test_processes_make_the_moves_that_are_left() -> None:
    told: list[tuple[str, str]] = []
    begun: list[Beginning] = []

    def start(name: str, beginning: Beginning) -> Child:
        begun.append(beginning)
        return Child(name, beginning)

    portfolio = Portfolio(predictor_named("annealing"), 3, lambda *died: told.append(died), start)
    search = searched(portfolio, seed=7)
    assert not told
    assert [beginning.predictor for beginning in begun] == ["annealing"] * 3
    assert [beginning.seed for beginning in begun] == [8, 9, 10]
    assert {beginning.limit for beginning in begun} == {(LIMIT - FIRST) // 3} or search.moves >= LIMIT


def test_what_is_judged_not_to_stand_is_never_the_best() -> None:
    instance, first = hard()
    best = searched(Portfolio(predictor_named("hill-climbing"), 2)).best
    project = next(p for p, at in best.items() if first.get(p, at) != at)

    def judge(stack: Mapping[int, int]) -> bool:
        return stack.get(project) != best[project]

    one, other = (searched(Portfolio(predictor_named("hill-climbing"), 2), judge) for _ in range(2))
    assert judge(one.best)
    assert (one.best, one.moves) == (other.best, other.moves)
    assert one.best_score < total(instance, best)


class Mortal:
    """Starts processes and kills some of them, now or later."""

    def __init__(self, dying: int) -> None:
        self.children: list[Child] = []
        self._dying = dying

    def start(self, name: str, beginning: Beginning) -> Child:
        self.children.append(Child(name, beginning))
        if len(self.children) <= self._dying:
            os.kill(self.children[-1].pid, signal.SIGKILL)
        return self.children[-1]

    def are_gone(self) -> bool:
        return not any(Path(f"/proc/{child.pid}").exists() for child in self.children)


@pytest.mark.parametrize("dying", [1, 2])
def test_the_search_goes_on_without_processes_that_die(dying: int) -> None:
    mortal, told = Mortal(dying), list[tuple[str, str]]()
    portfolio = Portfolio(predictor_named("hill-climbing"), 2, lambda *died: told.append(died), mortal.start)
    search = searched(portfolio)
    assert search.moves >= LIMIT
    assert [name for name, _ in told] == [
        f"process {number} of 2 (hill-climbing)" for number in range(1, dying + 1)
    ]
    assert {reason for _, reason in told} == {"it ended with exit code -9"}
    assert mortal.are_gone()


def test_processes_end_when_nobody_asks_for_further_steps() -> None:
    instance, first = hard()
    mortal = Mortal(0)
    search = Search(Walk(InstanceLandscape(instance), first), limit=LIMIT)
    steps = Portfolio(predictor_named("hill-climbing"), 2, start=mortal.start).steps(search)
    while not mortal.children:
        next(steps)
    assert not mortal.are_gone()
    steps.close()
    assert mortal.are_gone()


def test_what_a_process_says_before_it_dies_is_the_reason() -> None:
    instance, _ = hard()
    child = Child("broken", Beginning(instance, (), "hill-climbing", 1, 10, 0))
    while child.reason is None:
        assert child.receive() is None
    child.end()
    assert child.reason == "ValueError: the start of a walk is no valid stack"


def test_what_fits_into_no_message_is_searched_alone() -> None:
    instance, first = hard()
    huge = replace(instance.requirements[0], others=((1, 1 << 20_000),))
    child = Child(
        "full", Beginning(replace(instance, requirements=(huge,)), terms(first), "latest", 1, 10, 0)
    )
    child.end()
    assert child.reason == "what is known does not fit into a message"


def test_where_no_process_can_be_started_one_searches_alone() -> None:
    told: list[tuple[str, str]] = []

    def start(name: str, beginning: Beginning) -> Child:
        raise OSError(errno.EAGAIN, "no more processes")

    portfolio = Portfolio(predictor_named("hill-climbing"), 2, lambda *died: told.append(died), start)
    assert searched(portfolio).moves >= LIMIT
    assert [reason for _, reason in told] == ["[Errno 11] no more processes"] * 2
