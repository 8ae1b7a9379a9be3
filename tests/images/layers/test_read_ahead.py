from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from images.layers.read_ahead import read_ahead


def test_gives_the_same_in_order_from_another_thread() -> None:
    threads = set()

    def items() -> Iterator[int]:
        for number in range(1000):
            threads.add(threading.get_ident())
            yield number

    assert list(read_ahead(items(), 3)) == list(range(1000))
    assert threads.isdisjoint({threading.get_ident()})


def test_is_no_further_ahead_than_it_may() -> None:
    made, reached = [], threading.Event()

    def items() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            if number == 4:
                reached.set()
            yield number

    ahead = read_ahead(items(), 3)
    assert next(ahead) == 0
    assert not reached.wait(0.2)  # one is taken, three wait, and the next is made but has no place
    assert len(made) <= 5
    ahead.close()
    assert len(made) <= 6


def test_raises_what_was_raised_after_what_came_before() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ConnectionError("gone")

    ahead = read_ahead(items(), 3)
    assert next(ahead) == 1
    with pytest.raises(ConnectionError, match="gone"):
        next(ahead)


def test_closing_ends_the_thread() -> None:
    before = threading.active_count()
    ahead = read_ahead(iter(range(100)), 2)
    assert next(ahead) == 0
    ahead.close()
    assert threading.active_count() == before


def test_closing_does_not_wait_for_what_stalls() -> None:
    stalled = threading.Event()

    def items() -> Iterator[int]:
        yield 1
        stalled.wait(60)
        yield 2

    ahead = read_ahead(items(), 2)
    assert next(ahead) == 1
    ahead.close()
    assert not stalled.is_set()
    stalled.set()
