"""What is kept of a search: every improvement, and even places of the rest, however long it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from resolver.landscapes.history import MOST_SIGNALS, History


@given(
    gains=st.lists(st.integers(min_value=0, max_value=3), min_size=1, max_size=400),
    most=st.integers(min_value=4, max_value=50),
)
def test_improvements_stay_and_the_rest_is_thinned(gains: list[int], most: int) -> None:
    history, best = History("test", most), -1_000
    improved = [0]
    history.record(0, best, best, 0, {})
    for moves, gain in enumerate(gains, 1):
        best += max(0, gain - 2)
        if gain > 2:
            improved.append(moves)
        if moves >= history.due or best > history.best:
            history.record(moves, best - gain, best, 0, {"temperature": 1.0 / moves})
    told = history.told()
    assert set(improved) <= set(told.moves)
    assert list(told.moves) == sorted(set(told.moves))
    assert len(told.moves) <= len(improved) + most
    assert told.every & (told.every - 1) == 0
    assert list(told.best) == sorted(told.best)
    lengths = map(len, (told.score, told.best, told.bound, *told.signals.values()))
    assert set(lengths) == {len(told.moves)}


def test_a_long_search_takes_no_more_room_than_a_short_one() -> None:
    history = History("test", most=100)
    for moves in range(100_000):
        if moves >= history.due:
            history.record(moves, -moves, -1, 0, {})
    told = history.told()
    assert 50 <= len(told.moves) <= 101
    assert told.moves[0] == 0
    gaps = {later - earlier for earlier, later in zip(told.moves, told.moves[1:], strict=False)}
    assert max(gaps) <= told.every


def test_the_later_row_of_the_same_moves_counts_and_an_improvement_stays_one() -> None:
    history = History("test", most=4)
    history.record(0, -5, -5, 0, {})
    history.record(3, -2, -2, 0, {})
    history.record(3, -2, -2, -1, {})
    assert (history.told().moves, history.told().bound) == ((0, 3), (0, -1))


def test_signals_that_come_later_or_are_too_many_do_no_harm() -> None:
    history = History("test")
    history.record(0, -5, -5, 0, {})
    history.record(1, -5, -5, 0, {"reward": 2.0, "endless": float("inf")})
    history.record(2, -5, -5, 0, {f"s{number}": 1.0 for number in range(50)})
    told = history.told()
    assert told.signals["reward"] == (None, 2.0, None)
    assert told.signals["endless"] == (None, None, None)
    assert len(told.signals) == MOST_SIGNALS
