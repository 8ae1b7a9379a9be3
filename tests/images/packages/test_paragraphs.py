"""Paragraphs between empty lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.packages.dpkg_status import read_dpkg_status
from images.packages.listed import FullError
from images.packages.paragraphs import LARGEST_PARAGRAPH_BYTES, paragraphs


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", []),
        (b"\n\n\n", []),
        (b"a", [(1, b"a")]),
        (b"a\nb\n", [(1, b"a\nb\n")]),
        (b"a\n\nb", [(1, b"a"), (3, b"b")]),
        (b"\n\na\nb\n\n\n\nc\n", [(3, b"a\nb"), (8, b"c\n")]),
        (b"a\n \nb", [(1, b"a\n \nb")]),
    ],
)
def test_lines_are_counted(content: bytes, expected: list[tuple[int, bytes]]) -> None:
    assert list(paragraphs(content)) == expected


@given(st.lists(st.sampled_from([b"a", b"b", b"\n", b"\n\n"])).map(b"".join))
def test_they_are_what_a_split_gives(content: bytes) -> None:
    parts = [part.strip(b"\n") for _, part in paragraphs(content)]
    assert parts == [part.strip(b"\n") for part in content.split(b"\n\n") if part.strip(b"\n")]
    lines = content.split(b"\n")
    assert all(part.startswith(lines[line - 1]) for line, part in paragraphs(content))


@pytest.mark.slow
def test_more_than_any_database_has() -> None:
    with pytest.raises(FullError, match="more than 200,000 paragraphs"):
        list(paragraphs(b"a\n\n" * 200_001))


def test_a_paragraph_beyond_all_measure_is_passed_over() -> None:
    huge = b"Package: a\n" + b"X: y\n" * (LARGEST_PARAGRAPH_BYTES // 5)
    good = b"Package: b\nStatus: install ok installed\nVersion: 1\n"
    listed = read_dpkg_status(huge + b"\n" + good)
    assert [package.name for package in listed.packages] == ["b"]
    assert listed.troubles == ("line 1: a paragraph without a package",)
