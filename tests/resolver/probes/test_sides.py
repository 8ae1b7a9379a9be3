"""Which releases are passed over after failures, and where is looked next."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from resolver.probes.sides import Side
from resolver.states.projects import Project
from resolver.states.versions import bit, positions
from resolver.targets.formats import Formats

VERSIONS = ("0.8", "0.9", "1.0.0", "1.0.1", "1.1.0", "1.2.0", "1.3.0", "1.3.1", "2.0", "2.1", "3.0", "4.0")


def side(versions: Iterable[str] = VERSIONS, *, by_major: bool = False) -> Side:
    index = FakeIndex()
    for version in versions:
        index.add("lib", version)
    made = Side(Project("lib", MemoryKnowledge(index).listing("lib"), Formats(), 0), by_major=by_major)
    made.admitted = made.project.versions.everything
    return made


def at(one: Side, version: str) -> int:
    return one.project.versions.texts.index(version)


def passed_over(one: Side) -> list[str]:
    return [one.project.version(position) for position in positions(one.assumed())]


@pytest.mark.parametrize(
    ("failed", "expected"),
    [
        (["1.3.1"], ["1.3.1", "1.3.0"]),
        (["1.3.1", "1.2.0"], ["1.3.1", "1.3.0", "1.2.0", "1.1.0"]),
        (["4.0"], ["4.0"]),
        (["4.0", "3.0"], ["4.0", "3.0"]),
        (["4.0", "3.0", "2.1"], ["4.0", "3.0", "2.1", "2.0"]),
    ],
)
def test_series_are_passed_over_ever_more_of_them(failed: list[str], expected: list[str]) -> None:
    one = side()
    one.failed = {at(one, version) for version in failed}
    assert passed_over(one) == expected


def test_a_whole_major_series_is_passed_over_where_that_is_asked_for() -> None:
    one = side(by_major=True)
    one.failed = {at(one, "1.3.1")}
    assert passed_over(one) == ["1.3.1", "1.3.0", "1.2.0", "1.1.0", "1.0.1", "1.0.0"]


def test_the_last_release_is_never_passed_over() -> None:
    one = side(("1.0", "1.1", "1.2"))
    one.failed = {at(one, "1.2"), at(one, "1.1")}
    assert passed_over(one) == ["1.2", "1.1"]
    one.failed.add(at(one, "1.0"))
    assert passed_over(one) == ["1.2", "1.1", "1.0"]


def test_between_a_failure_and_what_passed_the_series_are_halved() -> None:
    one = side()
    one.failed, one.passed = {at(one, "1.3.1")}, {at(one, "0.8")}
    assert passed_over(one) == ["1.3.1", "1.3.0", "1.2.0", "1.1.0"], "1.0.1 comes next"


def test_then_the_begin_of_the_series_that_fails_is_looked_at() -> None:
    one = side()
    one.failed, one.passed = {at(one, "1.3.1")}, {at(one, "1.2.0")}
    assert passed_over(one) == ["1.3.1"], "1.3.0 comes next"


def test_what_passed_is_not_passed_over_wherever_it_is() -> None:
    one = side()
    one.failed, one.passed = {at(one, "4.0"), at(one, "1.2.0")}, {at(one, "2.1")}
    assert "2.1" not in passed_over(one)
    assert "2.0" not in passed_over(one), "nothing says that it fails"


@given(st.data())
def test_the_newest_that_passes_is_found_in_few_tries(data: st.DataObject) -> None:
    names = st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 4))
    numbers = sorted(data.draw(st.sets(names, min_size=2, max_size=60)))
    one = side(".".join(map(str, number)) for number in numbers)
    count = len(one.project.versions)
    broken_since = data.draw(st.integers(1, count - 1))
    tries = 0
    while True:
        left = one.project.versions.everything
        left &= ~one.assumed() if one.failed else left
        found = max(positions(left)) if one.failed or not tries else None
        if found is None or found in one.passed:
            break
        tries += 1
        (one.failed if found >= broken_since else one.passed).add(found)
        if not one.failed:
            break
    assert max(one.passed) == broken_since - 1
    minors = {number[:2] for number in numbers}
    assert tries <= 3 * len(minors).bit_length() + count.bit_length() + 3
    assert not one.assumed() & bit(broken_since - 1)


def test_pre_releases_are_no_way_out() -> None:
    one = side(("1.0", "1.1", "2.0rc1", "2.0", "2.1rc1"))
    one.admitted &= ~one.project.prereleases()
    one.failed = {at(one, "2.0")}
    assert passed_over(one) == ["2.1rc1", "2.0", "2.0rc1"]
    one.failed = {at(one, "2.1rc1")}
    assert passed_over(one) == ["2.1rc1"]
