from __future__ import annotations

import re

import pytest

from topics.impostors.nearness import is_vouched_for, nearest
from topics.impostors.popular_names import popular_names, ranks
from topics.impostors.slips import Slip


def test_the_table_holds_normalised_names_once() -> None:
    names = popular_names()
    assert len(names) == len(set(names)) == len(ranks()) > 10_000
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in names)
    assert ranks()["requests"] < 100


@pytest.mark.parametrize(
    ("name", "popular", "slip"),
    [
        ("reqeusts", "requests", Slip.SWAPPED),
        ("beutifulsoup4", "beautifulsoup4", Slip.OMITTED),
        ("py-requests", "requests", Slip.AFFIX),
        ("requests-python", "requests", Slip.AFFIX),
        ("python-numpy", "numpy", Slip.AFFIX),
        ("pyyaml-py", "pyyaml", Slip.AFFIX),
    ],
)
def test_the_popular_name_that_is_meant_is_found(name: str, popular: str, slip: Slip) -> None:
    near = nearest(name)
    assert near is not None
    assert (near.popular, near.slip, near.rank) == (popular, slip, ranks()[popular])


@pytest.mark.parametrize(
    "name",
    ["requests", "boto", "json", "urllib3", "a", "", "x" * 5_000, "my-own-thing", "acme-billing", "lib"],
)
def test_popular_short_long_and_other_names_are_near_to_nothing(name: str) -> None:
    assert nearest(name) is None


def test_no_popular_name_is_near_to_another() -> None:
    assert all(is_vouched_for(name) and nearest(name) is None for name in popular_names()[:500])
