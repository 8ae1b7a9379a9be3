from __future__ import annotations

import pytest
from packaging.markers import InvalidMarker, Marker
from packaging.requirements import Requirement

from fakes.searching.runs import target
from resolver.states.dependencies import live_dependencies
from resolver.states.variant_markers import PLAIN, WheelVariant, decided

FOOBAR = WheelVariant(label="foobar", properties=("foo :: bar :: baz", "cpu :: level :: v3"))
NULL = WheelVariant(label="null")

CASES = {
    'variant_label == "foobar"': (True, False, False),
    'variant_label != "null"': (True, False, True),
    'variant_label == ""': (False, False, True),
    '"foo" in variant_label': (True, False, False),
    "'null' == variant_label": (False, True, False),
    'variant_label not in "foobar null"': (False, False, False),
    'variant_label < "z"': (False, False, False),
    '"foo" in variant_namespaces': (True, False, False),
    '"foo" not in variant_namespaces': (False, True, True),
    '"foo :: bar" in variant_features': (True, False, False),
    "'foo::bar' in variant_features": (True, False, False),
    '"bar" in variant_features': (False, False, False),
    '"foo :: bar :: baz" in variant_properties': (True, False, False),
    '"foo::bar::baz"  not  in variant_properties': (False, True, True),
    '"foo ::bar:: qux" in variant_properties': (False, False, False),
    'python_version > "3" and ("foo" in variant_namespaces or variant_label == "null")': (True, True, False),
}


@pytest.mark.parametrize(("marker", "expected"), CASES.items(), ids=CASES)
def test_markers_over_variants_are_decided_for_the_wheel(
    marker: str, expected: tuple[bool, bool, bool]
) -> None:
    lines = [f"dep; {marker}"]
    found = [Requirement(decided(lines, variant)[0]).marker for variant in (FOOBAR, NULL, PLAIN)]
    assert [mark is not None and mark.evaluate() for mark in found] == list(expected)


@pytest.mark.parametrize(
    "line",
    ["variant_label", "dep==1; python_version > '3'", "variant_kit>=2", "dep @ https://e.example/variant_x"],
)
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert decided([line], FOOBAR) == (line,)


@pytest.mark.parametrize("line", ["dep; variant_label", "dep; variant_label == foo", "dep; variant_x == 'a'"])
def test_what_is_no_marker_stays_none(line: str) -> None:
    with pytest.raises(InvalidMarker):
        Marker(decided([line], FOOBAR)[0].partition(";")[2])


def test_a_hostile_line_costs_no_more_than_its_length() -> None:
    line = "dep; " + "variant_label " * 20_000 + '"' * 20_001
    assert decided([line], FOOBAR)[0].startswith("dep;")


def test_wheels_that_are_no_variants_have_no_label() -> None:
    lines = ["a; variant_label == ''", "b; variant_label != ''", "c; 'x' in variant_namespaces"]
    assert [dependency.project for dependency in live_dependencies(lines, target())] == ["a"]
