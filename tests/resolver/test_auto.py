"""`auto` goes by what was measured: the narrowest row that holds, and its best predictor."""

from __future__ import annotations

import random

import pytest

from fakes.searching.landscapes import drawn, stacks
from resolver.errors import InputError
from resolver.landscapes.instance import InstanceLandscape
from resolver.landscapes.search import Search
from resolver.landscapes.walk import Walk
from resolver.predictors.auto import best_names, measured, ranked
from resolver.predictors.choosing import checked, names, predictor_named, with_predictor
from resolver.predictors.registry import PREDICTORS
from resolver.recommendation import LATEST, STABLE


def test_what_was_measured_ranks_every_predictor_that_improves() -> None:
    improving = {name for name, made in PREDICTORS.items() if made().improves}
    for row in measured():
        assert {rank.predictor for rank in row.ranks} == improving
        shares = [(rank.median, rank.worst) for rank in row.ranks]
        assert shares == sorted(shares, reverse=True)
        assert row.instances > 0


def test_rows_hold_for_every_size_and_budget_and_narrow_ones_come_first() -> None:
    rows = measured()
    assert (rows[-1].projects, rows[-1].moves) == (None, None)
    for row in rows:
        size = 10_000 if row.projects is None else row.projects
        moves = 10_000_000 if row.moves is None else row.moves
        assert ranked(size, moves) is row.ranks
    assert ranked(1, 0) is rows[0].ranks


@pytest.mark.parametrize("moves", [100, 1_000, 50_000])
def test_it_makes_the_moves_of_the_best(moves: int) -> None:
    instance = drawn(random.Random(11), 8)
    first = next(stacks(instance))
    best, *_ = best_names(len(first), moves)
    made = []
    for name in ("auto", best):
        search = Search(Walk(InstanceLandscape(instance), first), seed=5, limit=moves)
        for _, _step in zip(range(80), predictor_named(name).steps(search), strict=False):
            pass
        made.append((search.moves, search.best, search.walk.stack()))
    assert made[0] == made[1]


def test_of_those_that_are_about_as_good_as_the_best_the_fastest_comes_first() -> None:
    for row in measured():
        names = best_names(row.projects or 10_000, row.moves or 10_000_000)
        near = {rank.predictor: rank for rank in row.ranks if row.ranks[0].median - rank.median <= 0.005}
        assert set(names) == set(near)
        assert near[names[0]].moves_per_s == max(rank.moves_per_s for rank in near.values())
        assert "random-walk" not in names


def test_a_recommendation_takes_the_predictor_that_is_named() -> None:
    assert with_predictor(STABLE, None, "--predictor") is STABLE
    assert with_predictor(STABLE, "annealing", "--predictor").predictor == "annealing"
    assert with_predictor(STABLE, "auto", "--predictor").predictor == "auto"
    assert with_predictor(LATEST, "auto", "--predictor") is LATEST
    assert with_predictor(LATEST, "annealing", "--predictor").predictor == "annealing"
    assert all(checked(name, "--predictor") == name for name in names())
    with pytest.raises(InputError, match="--predictor: there is no predictor named none"):
        with_predictor(STABLE, "none", "--predictor")
