from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint

import pytest

from fakes.searching.runs import context
from resolver.errors import InputError
from resolver.pipeline import Pipeline
from resolver.recommendation import LATEST
from resolver.units.assembly import assembled, weighed
from resolver.units.descriptions import UnitDescription, descriptions
from resolver.units.extensions import GROUP
from resolver.units.registry import UNITS
from resolver.units.settings import read_table
from resolver.units.steps.freshness import FreshnessStep

EXTENSIONS = {
    name: EntryPoint(name, f"fakes.searching.units:{value}", GROUP)
    for name, value in {
        "test": "WholeStackStride",
        "renamed": "WholeStackStride",
        "missing": "NoSuchUnit",
        "broken": "TablePseudonym",
        "no-unit": "drawn",
        "tags": "WholeStackStride",
    }.items()
}


def changed(**table: object) -> Pipeline:
    settings = read_table({name.replace("_", "-"): entry for name, entry in table.items()}, "units.toml")
    return assembled(UNITS, settings, lambda: EXTENSIONS)


def nothing() -> Mapping[str, EntryPoint]:
    raise AssertionError("what is installed is looked through although nothing asks for it")


def test_without_settings_the_pipeline_is_what_ships() -> None:
    assert assembled(UNITS, read_table({}, ""), nothing) == UNITS


def test_settings_of_shipped_units_look_at_nothing_installed() -> None:
    settings = read_table({"tags": {"enabled": False}, "order": ["yanked"]}, "")
    assert "tags" not in [sieve.name for sieve in assembled(UNITS, settings, nothing).sieves]


def test_units_named_first_come_first_among_their_kind() -> None:
    before = [sieve.name for sieve in UNITS.sieves]
    found = [sieve.name for sieve in changed(order=["yanked", "freshness", "tags"]).sieves]
    assert found[:2] == ["yanked", "tags"]
    assert found[2:] == [name for name in before if name not in found[:2]]


def test_parameters_are_set() -> None:
    assert changed(freshness={"half_lost_after": 20}).steps[0] == FreshnessStep(half_lost_after=20)
    assert UNITS.steps[0] == FreshnessStep()


def test_weights_take_the_place_of_those_of_the_type() -> None:
    settings = read_table({"freshness": {"weight": 0.25}, "temporal-risk": {"weight": 3}}, "")
    assert weighed(LATEST, settings).weights == {**LATEST.weights, "freshness": 250, "temporal-risk": 3000}
    assert weighed(LATEST, read_table({}, "")) is LATEST
    asked = context(["a"], recommendation=weighed(LATEST, settings))
    assert [step.name for step in UNITS.applying(asked).pair_steps] == ["temporal-risk"]
    assert UNITS.applying(context(["a"], recommendation=LATEST)).pair_steps == ()


@pytest.mark.parametrize(
    ("table", "told", "remedy"),
    [
        (
            {"freshnes": {}},
            "units.toml: freshnes: there is no unit named freshnes",
            "did you mean: freshness",
        ),
        ({"order": ["yankd"]}, "units.toml: order: there is no unit named yankd", "did you mean: yanked"),
        (
            {"freshness": {"half_lost": 2}},
            "units.toml: freshness.half_lost: freshness has no parameter of this name",
            "did you mean: half_lost_after",
        ),
        ({"tags": {"x": 2}}, "units.toml: tags.x: tags has no parameter of this name", "it has none"),
        (
            {"freshness": {"half_lost_after": "x"}},
            "units.toml: freshness.half_lost_after: expected `int`",
            None,
        ),
        (
            {"freshness": {"half_lost_after": 0}},
            "units.toml: freshness.half_lost_after: expected `int` >= 1",
            None,
        ),
        ({"tags": {"weight": 2}}, "units.toml: tags: only a step has a weight, and this is a sieve", None),
        (
            {"missing": {}},
            "unit missing of an unnamed distribution (fakes.units:NoSuchUnit) cannot be loaded",
            None,
        ),
        (
            {"broken": {}},
            "unit broken of an unnamed distribution (fakes.units:TablePseudonym) cannot be",
            None,
        ),
        (
            {"no-unit": {}},
            "unit no-unit of an unnamed distribution (fakes.units:drawn) cannot be loaded",
            None,
        ),
        (
            {"renamed": {}},
            "unit renamed of an unnamed distribution (fakes.units:WholeStackStride) calls",
            None,
        ),
    ],
)
def test_what_does_not_exist_or_fit_is_told(
    table: Mapping[str, object], told: str, remedy: str | None
) -> None:
    with pytest.raises(InputError) as error:
        changed(**table)
    assert str(error.value).startswith(told)
    assert remedy is None or error.value.__notes__ == [remedy]


def test_a_unit_of_another_distribution_takes_part_where_it_is_named() -> None:
    shipped = [stride.name for stride in UNITS.strides]
    assert [stride.name for stride in changed(test={}).strides] == [*shipped, "test"]
    assert changed(test={"enabled": False}).strides == UNITS.strides


def test_a_unit_that_ships_cannot_be_replaced() -> None:
    assert changed(tags={}).strides == UNITS.strides


def described(**table: object) -> dict[str, UnitDescription]:
    settings = read_table({name.replace("_", "-"): entry for name, entry in table.items()}, "units.toml")
    asked = context(["a"], recommendation=weighed(LATEST, settings))
    installed = {"test": EXTENSIONS["test"], "tags": EXTENSIONS["tags"]}
    return {unit.name: unit for unit in descriptions(UNITS, settings, lambda: installed, asked)}


def test_every_unit_is_described() -> None:
    found = described()
    assert all(unit.does and unit.when for unit in found.values() if unit.distribution is None)
    assert found["tags"].kind == "sieve"
    assert found["tags"].enabled
    assert found["tags"].applies
    assert found["tags"].distribution is None
    assert (found["freshness"].weight, dict(found["freshness"].parameters)) == (1000, {"half_lost_after": 10})
    assert not found["exclude-newer"].applies
    assert (found["temporal-risk"].weight, found["temporal-risk"].applies) == (None, False)


def test_what_is_switched_off_is_listed_still() -> None:
    found = described(tags={"enabled": False}, freshness={"weight": 2, "half_lost_after": 5})
    assert (found["tags"].enabled, found["tags"].applies) == (False, False)
    assert (found["freshness"].weight, dict(found["freshness"].parameters)) == (2000, {"half_lost_after": 5})


def test_units_of_other_distributions_are_listed_and_off_until_they_are_named() -> None:
    assert not described()["test"].enabled
    assert described()["test"].distribution == "an unnamed distribution"
    named = described(test={})["test"]
    assert (named.kind, named.enabled) == ("stride", True)
    assert not named.applies  # type latest examines no stack
