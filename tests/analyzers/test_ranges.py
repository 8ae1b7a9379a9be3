from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.ranges import RangeMissing, SparseReader

WHOLE = bytes(range(64))
RANGES = st.tuples(st.integers(0, 64), st.integers(0, 64)).map(lambda ends: (min(ends), max(ends)))


@pytest.mark.slow
@given(st.lists(RANGES, max_size=12), RANGES)
def test_knows_what_was_added_and_asks_for_the_rest(
    added: list[tuple[int, int]], asked: tuple[int, int]
) -> None:
    reader, known = SparseReader(len(WHOLE)), set[int]()
    for start, end in added:
        reader.add(start, WHOLE[start:end])
        known |= set(range(start, end))
    start, end = asked
    missing = set(range(start, end)) - known
    if not missing:
        assert reader.read(start, end - start) == WHOLE[start:end]
        return
    with pytest.raises(RangeMissing) as caught:
        reader.read(start, end - start)
    # Exactly from the first missing byte to the last: one request, and no known byte at its ends.
    assert caught.value.offset == min(missing)
    assert caught.value.offset + caught.value.length == max(missing) + 1
    reader.add(caught.value.offset, WHOLE[min(missing) : max(missing) + 1])
    assert reader.read(start, end - start) == WHOLE[start:end]


def test_newer_bytes_count_where_pieces_overlap() -> None:
    reader = SparseReader(6)
    reader.add(0, b"aaaaaa")
    reader.add(2, b"bb")
    assert reader.read(0, 6) == b"aabbaa"


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, 11), (10, 1), (0, -1)])
def test_ranges_beyond_the_whole_are_a_mistake_of_the_caller(offset: int, length: int) -> None:
    with pytest.raises(ValueError, match="lie outside"):
        SparseReader(10).read(offset, length)


def test_pieces_beyond_the_whole_are_refused() -> None:
    with pytest.raises(ValueError, match="lie outside"):
        SparseReader(10).add(8, b"abc")
