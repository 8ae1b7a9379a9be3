"""Pairs that nobody tried."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from fakes.probing.observed import failed, release
from resolver.observed.nearby import ENCLOSED, GUESSED, Nearby, Point
from resolver.observed.sightings import Depth, Sighting

BROKEN = failed("a==1 b==2", "a==1 b==2")


def sighting(*, is_certain: bool = True, doubt: float = 1.0) -> Sighting:
    return Sighting(
        releases=(release("a==1"), release("b==2")),
        depth=Depth.IMPORT,
        failures=(BROKEN,),
        passes=(),
        is_certain=is_certain,
        doubt=doubt,
    )


def doubt(
    pair: tuple[int, int], failing: Iterable[tuple[int, int]], working: Iterable[tuple[int, int]]
) -> float:
    nearby = Nearby([(Point(*one), sighting()) for one in failing], [Point(*one) for one in working])
    guess = nearby.guess(Point(*pair))
    return 0.0 if guess is None else guess.doubt


def test_behind_a_dependency_that_is_too_new_are_newer_ones_and_older_dependents() -> None:
    failing, working = [(5, 5)], [(5, 3)]
    assert doubt((5, 6), failing, working) == GUESSED
    assert doubt((4, 5), failing, working) == GUESSED
    assert doubt((4, 9), failing, working) == GUESSED
    assert doubt((5, 4), failing, working) == 0.0
    assert doubt((6, 5), failing, working) == 0.0
    assert doubt((5, 5), failing, working) == doubt((5, 3), failing, working) == 0.0


def test_behind_one_that_is_too_old_are_older_ones_and_newer_dependents() -> None:
    failing, working = [(5, 5)], [(5, 7)]
    assert doubt((5, 4), failing, working) == GUESSED
    assert doubt((6, 5), failing, working) == GUESSED
    assert doubt((5, 6), failing, working) == 0.0
    assert doubt((4, 5), failing, working) == 0.0


def test_between_two_that_fail_it_is_more_likely() -> None:
    assert doubt((5, 6), [(5, 5), (5, 8)], [(5, 3)]) == ENCLOSED
    assert doubt((5, 9), [(5, 5), (5, 8)], [(5, 3)]) == GUESSED


def test_what_works_further_on_clears_a_pair() -> None:
    assert doubt((5, 6), [(5, 5)], [(5, 3), (5, 7)]) == 0.0
    assert doubt((4, 6), [(5, 5)], [(5, 3), (3, 7)]) == 0.0
    assert doubt((4, 6), [(5, 5)], [(5, 3), (5, 4)]) == GUESSED


def test_what_worked_too_says_nothing_of_others() -> None:
    assert doubt((5, 6), [(5, 5)], [(5, 5)]) == 0.0


def test_times_tell_the_direction_where_nothing_works() -> None:
    days = [f"2026-01-{day:02}" for day in range(1, 10)]
    for dependents, ahead in ((["2025-01-01"] * 9, True), (["2027-01-01"] * 9, False), ([None] * 9, True)):
        nearby = Nearby([(Point(5, 5), sighting())], [], (dependents, days))
        assert (nearby.guess(Point(5, 6)) is not None) is ahead
        assert (nearby.guess(Point(5, 4)) is None) is ahead


def test_a_doubtful_failure_says_less_of_others() -> None:
    nearby = Nearby([(Point(5, 5), sighting(is_certain=False, doubt=0.25))], [])
    guess = nearby.guess(Point(5, 6))
    assert guess is not None
    assert guess.doubt == 0.25 * GUESSED


POINTS = st.builds(Point, st.integers(0, 5), st.integers(0, 5))


@given(st.lists(POINTS, max_size=5), st.lists(POINTS, max_size=5), POINTS)
def test_what_was_tried_is_never_guessed_and_more_that_works_frees_what_is_cleared(
    failing: list[Point], working: list[Point], pair: Point
) -> None:
    found = doubt(pair, failing, working)
    assert 0.0 <= found <= ENCLOSED
    if pair in failing or pair in working:
        assert found == 0.0
    if not failing:
        assert found == 0.0
    assert doubt(pair, failing, [*working, pair]) == 0.0
