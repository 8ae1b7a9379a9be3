"""Which end of what fits is taken: the newest releases, or the oldest of direct projects or of all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import Run, context, run, target
from resolver.context import Context, PrereleasePolicy, Resolution
from resolver.predictors.hill_climbing import HillClimbing
from resolver.units.boots.lower_bound import LowerBoundBoot


def index() -> FakeIndex:
    index = FakeIndex()
    for number in range(1, 6):
        index.add("app", f"1.{number}", requires=[f"lib>=2.{number}", "tool"])
        index.add("lib", f"2.{number}")
        index.add("tool", f"3.{number}")
    index.add("app", "1.1rc1", requires=["lib", "tool"])
    return index


def asked(*requirements: str, resolution: Resolution) -> Context:
    return replace(context(requirements), resolution=resolution)


def solved(*requirements: str, resolution: Resolution, climbs: bool = True) -> Run:
    predictor = HillClimbing() if climbs else None
    return run(index(), asked(*requirements, resolution=resolution), predictor=predictor)


@pytest.mark.parametrize(
    ("resolution", "pins"),
    [
        (Resolution.HIGHEST, {"app": "1.5", "lib": "2.5", "tool": "3.5"}),
        (Resolution.LOWEST_DIRECT, {"app": "1.2", "lib": "2.5", "tool": "3.5"}),
        (Resolution.LOWEST, {"app": "1.2", "lib": "2.2", "tool": "3.1"}),
    ],
)
def test_each_resolution_takes_its_end(resolution: Resolution, pins: dict[str, str]) -> None:
    result = solved("app>=1.2", resolution=resolution)
    assert result.pins == pins
    assert result.solution is not None
    assert result.solution.is_optimal


def test_climbing_does_not_fight_the_resolution() -> None:
    """The oldest "app" holds "lib" back; a newer one would let go of it and still costs more."""
    held = FakeIndex()
    held.add("app", "1.0", requires=["lib<2"])
    held.add("app", "1.1", requires=["lib"])
    held.add("lib", "1.0")
    held.add("lib", "2.0")
    one = asked("app", resolution=Resolution.LOWEST_DIRECT)
    assert run(held, one, predictor=HillClimbing()).pins == {"app": "1.0", "lib": "1.0"}


def test_what_the_requirements_exclude_was_not_passed_over() -> None:
    result = solved("app>=1.3", resolution=Resolution.LOWEST_DIRECT)
    assert result.solution is not None
    assert result.solution.score == 0


def test_the_lowest_release_gives_way_where_it_cannot_be() -> None:
    result = solved("app", "lib<2.4", "lib>=2.3", resolution=Resolution.LOWEST_DIRECT, climbs=False)
    assert result.pins == {"app": "1.1", "lib": "2.3", "tool": "3.5"}


def test_a_stable_release_is_taken_before_an_older_prerelease() -> None:
    one = asked("app>=1.1rc1", resolution=Resolution.LOWEST)
    assert run(index(), one).pins == {"app": "1.1", "lib": "2.1", "tool": "3.1"}
    freely = replace(one, prereleases=PrereleasePolicy.ALLOW)
    assert run(index(), freely).pins == {"app": "1.1rc1", "lib": "2.1", "tool": "3.1"}


def test_a_long_series_that_one_fact_refutes_is_bisected_upwards() -> None:
    long = FakeIndex()
    for number in range(1, 201):
        long.add("app", f"{number}", requires=["lib<2" if number < 180 else "lib"])
    long.add("lib", "1.0")
    long.add("lib", "2.0")
    result = run(long, asked("app>=1", "lib>=2", resolution=Resolution.LOWEST_DIRECT))
    assert result.pins == {"app": "180", "lib": "2.0"}
    assert result.releases_read < 20


@pytest.mark.parametrize(
    ("requirements", "warned"),
    [(["app"], True), (["app<2"], True), (["app!=1"], True), (["app>=1"], False), (["app~=1.0"], False)],
)
def test_a_missing_lower_bound_is_told(requirements: list[str], warned: bool) -> None:
    boot = LowerBoundBoot()
    lowest = asked(*requirements, resolution=Resolution.LOWEST_DIRECT)
    assert boot.applies(lowest)
    assert not boot.applies(asked(*requirements, resolution=Resolution.HIGHEST))
    assert ["app" in remark.message for remark in boot.prepare(lowest)] == [True] * warned


def test_an_upper_bound_on_python_still_comes_last() -> None:
    capped = FakeIndex()
    capped.add("app", "1.0", requires_python="<3.10")
    capped.add("app", "1.1")
    one = replace(context(["app"], on=target("3.11")), resolution=Resolution.LOWEST)
    assert run(capped, one).pins == {"app": "1.1"}
