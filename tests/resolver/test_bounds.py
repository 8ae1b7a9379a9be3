"""The bound sees what one choice forces upon others, and is never below what a stack can score."""

from __future__ import annotations

from fakes.index import FakeIndex
from fakes.runs import context, run


def held_back() -> FakeIndex:
    """The newest "app" holds "lib" one release back; an older "app" would cost more than that."""
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib"])
    index.add("app", "2.0", requires=["lib<2"])
    index.add("lib", "1.0")
    index.add("lib", "2.0")
    return index


def test_a_release_held_back_by_a_better_one_is_optimal() -> None:
    result = run(held_back(), context(["app"]))
    assert result.pins == {"app": "2.0", "lib": "1.0"}
    assert result.solution is not None
    assert result.solution.is_optimal
    assert result.solution.score < 0


def test_a_bound_knows_nothing_of_releases_that_were_not_read() -> None:
    index = held_back()
    index.add("app", "3.0", requires=["missing"])
    result = run(index, context(["app", "lib"]))
    assert result.solution is not None
    assert result.solution.score < result.solution.bound


def test_losses_that_share_nothing_add_up() -> None:
    index = held_back()
    index.add("tool", "1.0", requires=["part"])
    index.add("tool", "2.0", requires=["part<2"])
    index.add("part", "1.0")
    index.add("part", "2.0")
    one = run(held_back(), context(["app"])).solution
    both = run(index, context(["app", "tool"])).solution
    assert one is not None
    assert both is not None
    assert both.is_optimal
    assert both.bound == 2 * one.bound
