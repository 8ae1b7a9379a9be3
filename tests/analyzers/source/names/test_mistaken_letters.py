"""Letters that are taken for one another."""

from __future__ import annotations

import pytest

from analyzers.source.names.mistaken_letters import neighbours, shape


def test_neighbours_are_mutual_and_no_key_is_its_own() -> None:
    around = neighbours()
    assert all(key in around[other] and key != other for key, others in around.items() for other in others)
    assert set(around["a"]) == {"q", "w", "s", "z", "x"}


@pytest.mark.parametrize(
    ("name", "expected"), [("numpy", "numpy"), ("nurnpy", "numpy"), ("númpy", "numpy"), ("f1ask", "flask")]
)
def test_shapes_of_what_is_read_alike_are_the_same(name: str, expected: str) -> None:
    assert shape(name, [("rn", "m"), ("1", "l")]) == expected
