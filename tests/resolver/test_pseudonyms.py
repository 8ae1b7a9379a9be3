"""Projects that stand in for others: small cases for what random universes found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import Run, context, run
from fakes.searching.units import TablePseudonym

Projects = Mapping[str, Mapping[str, Sequence[str]]]
Table = Mapping[str, Mapping[str, str]]


def solved(projects: Projects, asked: list[str], table: Table, **options: bool) -> Run:
    index = FakeIndex()
    for name, releases in projects.items():
        for version, requires in releases.items():
            index.add(name, version, requires=requires)
    return run(index, context(asked), pseudonyms=[TablePseudonym(table, **options)])


@pytest.mark.parametrize(
    ("asked", "pins"),
    [
        (["old"], {"old": "2"}),
        (["old>2"], {"new": "2"}),
        (["old", "new"], {"new": "2"}),
        (["old", "new<2"], None),
        (["old==1", "new"], {"new": "2"}),
        (["old>=2", "user"], {"new": "2", "user": "1"}),
    ],
)
def test_the_original_serves_unless_it_cannot(asked: list[str], pins: dict[str, str] | None) -> None:
    projects: Projects = {
        "old": {"1": [], "2": []},
        "new": {"1": [], "2": []},
        "user": {"1": ["old<2"], "0": ["old<1"]},
    }
    assert solved(projects, asked, {"old": {"new": ">=2"}}).pins == pins


@pytest.mark.parametrize(
    ("asked", "pins"),
    [
        (["old"], {"new": "2"}),
        (["old>2"], {"new": "2"}),
        (["old<2"], {"new": "2"}),
        (["new<2", "old"], None),
        (["old", "user"], {"new": "2", "user": "1"}),
    ],
)
def test_a_preferred_alternative_serves_unless_it_cannot(
    asked: list[str], pins: dict[str, str] | None
) -> None:
    projects: Projects = {
        "old": {"1": [], "2": []},
        "new": {"1": [], "2": []},
        "user": {"1": ["old<2"]},
    }
    table = {"old": {"new": ">=2"}}
    assert solved(projects, asked, table, preferred=True).pins == pins


@pytest.mark.parametrize(
    ("asked", "pins"),
    [
        (["old"], {"new": "3"}),
        (["old<3"], {"new": "1"}),
        (["old==2"], {"old": "2"}),
        (["old==1"], {"new": "1"}),
        (["user"], {"new": "1", "user": "1"}),
        (["old>=2", "user"], None),
    ],
)
def test_only_the_versions_that_are_asked_for_may_serve(
    asked: list[str], pins: dict[str, str] | None
) -> None:
    projects: Projects = {
        "old": {"1": [], "2": [], "3": []},
        "new": {"1": [], "3": []},
        "user": {"1": ["old<2"]},
    }
    result = solved(projects, asked, {"old": {"new": ""}}, preferred=True, same_versions=True)
    assert result.pins == pins


def test_an_alternative_that_asks_for_the_original_is_served_by_itself() -> None:
    result = solved({"old": {"1": []}, "new": {"1": ["old"]}}, ["new"], {"old": {"new": ""}})
    assert result.pins == {"new": "1"}


def test_an_alternative_that_may_not_serve_itself_cannot_ask_for_the_original() -> None:
    result = solved({"old": {"1": []}, "new": {"1": ["old"]}}, ["new"], {"old": {"new": ">=2"}})
    assert result.pins is None


def test_what_one_release_of_an_alternative_asks_for_is_not_asked_by_the_others() -> None:
    projects: Projects = {"old": {"1": []}, "new": {"1": [], "2": ["old", "missing"]}}
    result = solved(projects, ["new"], {"old": {"new": ">=9"}})
    assert result.pins == {"new": "1"}


def test_extras_go_over_to_the_alternative() -> None:
    projects: Projects = {"old": {"1": []}, "new": {"1": ["more; extra == 'x'"]}, "more": {"1": []}}
    result = solved(projects, ["old[x]>1"], {"old": {"new": ""}})
    assert result.pins == {"more": "1", "new": "1"}
    assert result.extras == {"more": (), "new": ("x",)}


def test_the_alternative_that_serves_is_in_the_stack_even_beside_one_that_does_not() -> None:
    projects: Projects = {"first": {"1": []}, "second": {"1": []}}
    result = solved(projects, ["first", "old"], {"old": {"first": ">=2", "second": ""}})
    assert result.pins == {"first": "1", "second": "1"}


def test_what_an_alternative_stands_in_for_elsewhere_excludes_it() -> None:
    projects: Projects = {"old": {"1": []}, "middle": {"1": []}, "new": {"1": []}}
    table = {"old": {"middle": ""}, "middle": {"new": ""}}
    assert solved(projects, ["old>1", "new"], table).pins is None
    assert solved(projects, ["old", "new"], table).pins == {"old": "1", "new": "1"}


def test_releases_that_cannot_serve_are_not_read() -> None:
    old = {str(number): [f"missing-{number}"] for number in range(1, 9)}
    result = solved({"old": {**old, "0": []}, "new": {"1": []}}, ["old<1"], {"old": {"new": ""}})
    assert (result.pins, result.releases_read) == ({"old": "0"}, 1)
