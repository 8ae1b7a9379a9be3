"""The bound sees what one choice forces upon others, and is never below what a stack can score."""

from __future__ import annotations

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import context, run
from resolver.units.steps.temporal_risk import TemporalRiskStep


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


def deep(middle: int) -> FakeIndex:
    """What "app" needs needs "lib", of which a new series came later, and so does an extra that is on."""
    index = FakeIndex()
    index.add("app", "1.0", requires=["middle[more]"], uploaded_at="2023-01-01T00:00:00Z")
    index.add("app", "2.0", requires=["middle[more]"], uploaded_at="2024-01-01T00:00:00Z")
    for number in range(middle):
        extras = {"more": ["tool>=1"]}
        made = "2024-01-01T00:00:00Z"
        index.add("middle", f"1.{number}", requires=["lib>=1"], extras=extras, uploaded_at=made)
    for name in ("lib", "tool"):
        for version, year in (("1.0", 2020), ("2.0", 2025), ("2.1", 2025)):
            index.add(name, version, uploaded_at=f"{year}-02-01T00:00:00Z")
    return index


def test_a_risk_far_from_the_requirements_is_part_of_the_bound() -> None:
    """Of "app" and "middle" an older release was never read; that costs more than the risk behind it."""
    asked = context(["app"])
    result = run(deep(3), asked, pair_steps=[TemporalRiskStep()])
    assert result.pins == {"app": "2.0", "lib": "2.1", "middle": "1.2", "tool": "2.1"}
    assert result.solution is not None
    assert result.solution.score == -2 * 1750
    assert result.solution.is_optimal
    assert result.releases_read == 4


def test_a_risk_that_is_cheaper_to_avoid_is_no_part_of_the_bound() -> None:
    result = run(
        deep(3), context(["app"]), pair_steps=[TemporalRiskStep(risk=1.0), TemporalRiskStep(risk=1.0)]
    )
    assert result.solution is not None
    assert result.solution.score < result.solution.bound < 0


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
