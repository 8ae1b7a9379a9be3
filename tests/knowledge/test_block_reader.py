"""Ranges by whole blocks: the same bytes as plain slices, and no more reads than there are blocks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from knowledge.files.block_reader import BlockReader

BLOCK = 256 << 10


class Counting:
    """Bytes in memory that count how often they are read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.size_bytes = data, len(data)
        self.reads: list[tuple[int, int]] = []

    def read(self, offset: int, length: int) -> bytes:
        self.reads.append((offset, length))
        return self.data[offset : offset + length]


DATA = bytes(range(256)) * (5 * BLOCK // 256) + b"a tail that fills no block"


@given(st.lists(st.tuples(st.integers(0, len(DATA)), st.integers(0, 2 * BLOCK)), max_size=12))
def test_every_range_is_that_of_the_file(ranges: list[tuple[int, int]]) -> None:
    counting = Counting(DATA)
    reader = BlockReader(counting)
    for offset, length in ranges:
        assert reader.read(offset, length) == DATA[offset : offset + length]
    assert len(counting.reads) <= 6
    for offset, length in counting.reads:
        assert offset % BLOCK == 0
        assert 0 < length <= len(DATA) - offset


def test_what_stands_together_costs_one_read() -> None:
    counting = Counting(DATA)
    reader = BlockReader(counting)
    for offset in range(0, 3 * BLOCK, 1000):
        if offset == 0:
            reader.read(0, 3 * BLOCK)
        assert reader.read(offset, 1000) == DATA[offset : offset + 1000]
    assert len(counting.reads) == 2  # the last range reaches into the next block


def test_an_empty_file() -> None:
    counting = Counting(b"")
    assert BlockReader(counting).read(0, 100) == b""


def test_what_is_kept_is_bounded() -> None:
    counting = Counting(bytes(200 * BLOCK))
    reader = BlockReader(counting)
    for _ in range(2):
        for block in range(200):
            assert len(reader.read(block * BLOCK, 10)) == 10
    assert 200 < len(counting.reads) <= 400
