from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from resolver.context import Context
from resolver.space import Closure, closure, log10_of_product, product_in_words
from resolver.units.registry import UNITS


def found(index: FakeIndex, asked: Context, most_releases: int = 10, budget: int = 1000) -> Closure:
    sieves = UNITS.applying(asked).sieves
    return closure(asked, MemoryKnowledge(index), sieves, most_releases=most_releases, budget=budget)


def usable(closed: Closure) -> dict[str, int]:
    return {project.name: project.usable for project in closed.projects}


@pytest.fixture
def index() -> FakeIndex:
    index = FakeIndex()
    index.add("app", "1.0", requires=["old"])
    index.add("app", "2.0", requires=["lib[fast]", 'winlib; sys_platform == "win32"'])
    index.add("app", "3.0", requires=["lib", "gone"], requires_python=">=3.12")
    index.add("old", "1.0")
    index.add("lib", "1.0", extras={"fast": ["speed"], "slow": ["ballast"]})
    index.add("lib", "1.1", yanked=True)
    index.add("lib", "1.2", requires=["app"])
    for name in ("speed", "ballast", "winlib"):
        index.add(name, "1.0")
    index.add("speed", "2.0")
    return index


def test_the_closure_holds_what_usable_releases_ask_for_on_the_target(index: FakeIndex) -> None:
    closed = found(index, context(["app"]))
    assert usable(closed) == {"app": 2, "lib": 2, "old": 1, "speed": 2}
    assert {project.name: project.depth for project in closed.projects} == {
        "app": 0,
        "lib": 1,
        "old": 1,
        "speed": 2,
    }
    assert closed.is_complete
    assert closed.missing == ()


def test_only_the_newest_releases_are_read(index: FakeIndex) -> None:
    closed = found(index, context(["app"]), most_releases=1)
    assert usable(closed).keys() == {"app", "lib"}  # speed is asked for by an extra of an older lib
    assert {project.name: project.read for project in closed.projects} == {"app": 1, "lib": 1}


def test_requirements_limit_what_counts_of_their_projects(index: FakeIndex) -> None:
    closed = found(index, context(["app>=2", "lib<1.2", "lib>=0.5"]))
    assert usable(closed) == {"app": 1, "lib": 1, "speed": 2}


def test_the_budget_ends_the_walk_and_that_is_told(index: FakeIndex) -> None:
    closed = found(index, context(["app"]), budget=1)
    assert not closed.is_complete
    assert sum(project.read for project in closed.projects) == 1


def test_projects_that_no_index_has_are_named() -> None:
    index = FakeIndex()
    index.add("app", "1.0", requires=["gone>=2"])
    closed = found(index, context(["app"]))
    assert closed.missing == ("gone",)
    assert usable(closed) == {"app": 1}


def test_circles_end() -> None:
    index = FakeIndex()
    index.add("a", "1.0", requires=["b"])
    index.add("b", "1.0", requires=["a[x]"])
    assert usable(found(index, context(["a"]))) == {"a": 1, "b": 1}


@given(st.lists(st.integers(0, 5000), max_size=400))
def test_products_are_exact_where_small_and_rounded_where_large(counts: list[int]) -> None:
    product, words = math.prod(counts), product_in_words(counts)
    if product < 10**11:
        assert words == f"{product:,}"
    else:
        logarithm = log10_of_product(counts)
        assert logarithm is not None
        mantissa, _, exponent = words.partition("e")
        if exponent:
            assert 1 <= float(mantissa) < 10
            assert math.isclose(math.log10(float(mantissa)) + int(exponent), logarithm, abs_tol=0.01)


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([], "1"),
        ([3, 0], "0"),
        ([10**11, 9], "900,000,000,000"),
        ([10] * 12, "1.00e12"),
        ([9999, 10**12], "1.00e16"),
    ],
)
def test_products_in_words(counts: list[int], words: str) -> None:
    assert product_in_words(counts) == words
