from __future__ import annotations

from collections.abc import Iterator

import pytest

from images.layers.elf_reduction import reduced_elf
from images.native.elf_file import ElfFile
from images.native.elf_parser import HEAD_BYTES, ElfParser, ReadAt

SIZE = 40 << 20
DYNAMIC = (20 << 20) + 5, 100


def content() -> bytes:
    """Every 8 bytes say where they are."""
    return b"".join(at.to_bytes(8, "big") for at in range(0, SIZE, 8))


def pieces(whole: bytes, size: int) -> Iterator[memoryview]:
    return (memoryview(whole)[at : at + size] for at in range(0, len(whole), size))


@pytest.mark.parametrize("size", [100_000, 1 << 18, 1 << 30])
def test_of_a_large_file_beginning_dynamic_section_and_end_are_kept(size: int) -> None:
    whole, heads = content(), []

    def dynamic_range(head: bytes) -> tuple[int, int]:
        heads.append(head)
        return DYNAMIC

    def parse(read: ReadAt) -> ElfFile:
        assert read(0, 8 << 20) == whole[: 8 << 20]
        assert read(8 << 20, 10) == read(30 << 20, 10) == read(-1, 10) == read(SIZE, 10) == b""
        assert read((8 << 20) - 3, 10) == whole[(8 << 20) - 3 : 8 << 20]
        assert read(SIZE - 7, 100) == whole[-7:]
        assert read(SIZE - (4 << 20), 4 << 20) == whole[-(4 << 20) :]
        assert read(0, -5) == b""
        assert read(*DYNAMIC) == whole[DYNAMIC[0] : sum(DYNAMIC)]
        assert read(DYNAMIC[0] + 90, 100) == whole[DYNAMIC[0] + 90 : sum(DYNAMIC)]
        return ElfFile(machine="x", bits=64)

    found = reduced_elf(ElfParser(parse, dynamic_range), pieces(whole, size), SIZE)
    assert found == ElfFile(machine="x", bits=64)
    assert heads == [whole[:HEAD_BYTES]]


def test_damage_in_the_beginning_is_left_to_the_parser() -> None:
    def damaged(head: bytes) -> tuple[int, int]:
        raise ValueError("damaged")

    taken = []

    def counted() -> Iterator[memoryview]:
        for piece in pieces(bytes(9 << 20), 1 << 20):
            taken.append(len(piece))
            yield piece

    assert reduced_elf(ElfParser(lambda read: None, damaged), counted(), 9 << 20) is None
    assert sum(taken) == 9 << 20


def test_a_small_file_is_read_whole() -> None:
    whole = bytes(range(200))

    def parse(read: ReadAt) -> ElfFile | None:
        assert (read(0, 500), read(198, 5), read(-2, 2), read(300, 1)) == (whole, whole[198:], b"", b"")
        return None

    assert reduced_elf(ElfParser(parse, lambda head: None), pieces(whole, 7), 200) is None
