from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topics.impostors.slips import Slip, is_within_two, slip_between

NAMES = st.text("abcd-", min_size=0, max_size=7)


@pytest.mark.parametrize(
    ("name", "popular", "slip"),
    [
        ("reqeusts", "requests", Slip.SWAPPED),
        ("requessts", "requests", Slip.REPEATED),
        ("requsts", "requests", Slip.OMITTED),
        ("requestd", "requests", Slip.NEIGHBOUR),
        ("numpi", "numpy", Slip.VOWEL),
        ("f1ask", "flask", Slip.LOOKALIKE),
        ("djang0", "django", Slip.LOOKALIKE),
        ("rnatplotlib", "matplotlib", Slip.LOOKALIKE),
        ("dateutil-python", "python-dateutil", Slip.WORDS),
        ("pythondateutil", "python-dateutil", Slip.SEPARATORS),
        ("tensorxflow", "tensorflow", Slip.INSERTED),
        ("tensorbflow", "tensorflow", Slip.INSERTED),
        ("tensoraflow", "tensorflow", Slip.INSERTED),
        ("tensorqlow", "tensorflow", Slip.SUBSTITUTED),
        ("tesnorflwo", "tensorflow", Slip.DISTANT),
        ("boto2", "boto3", None),
        ("boto", "boto3", None),
        ("nose2", "nose", None),
        ("requests", "requests", None),
        ("flask", "django", None),
    ],
)
def test_slips_have_their_names(name: str, popular: str, slip: Slip | None) -> None:
    assert slip_between(name, popular) is slip


def distance(name: str, other: str) -> int:
    """Optimal string alignment, as the textbook has it."""
    rows = [[max(i, j) if not i or not j else 0 for j in range(len(other) + 1)] for i in range(len(name) + 1)]
    for i in range(1, len(name) + 1):
        for j in range(1, len(other) + 1):
            rows[i][j] = min(
                rows[i - 1][j] + 1,
                rows[i][j - 1] + 1,
                rows[i - 1][j - 1] + (name[i - 1] != other[j - 1]),
            )
            if i > 1 and j > 1 and name[i - 1] == other[j - 2] and name[i - 2] == other[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


@given(NAMES, NAMES)
def test_within_two_agrees_with_the_textbook(name: str, other: str) -> None:
    assert is_within_two(name, other) == (distance(name, other) <= 2)


@given(NAMES)
def test_nothing_slips_into_itself(name: str) -> None:
    assert slip_between(name, name) is None
