from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolver.errors import InputError
from resolver.units.settings import LARGEST_FILE_BYTES, UnitSettings, read_file, read_table

HERE = "units.toml"


def test_everything_that_can_be_stated() -> None:
    table = {
        "order": ["yanked", "tags"],
        "freshness": {"weight": 2.0, "half_lost_after": 20},
        "yanked": {"enabled": False},
    }
    found = read_table(table, HERE)
    assert found.order == ("yanked", "tags")
    assert found.weights == {"freshness": 2000}
    assert found.enabled == {"yanked": False}
    assert found.parameters["freshness"]["half_lost_after"].value == 20
    assert found.places.keys() == {"yanked", "tags", "freshness"}


@pytest.mark.parametrize(
    ("table", "place"),
    [
        ([], HERE),
        ({"freshness": 2}, f"{HERE}: freshness"),
        ({"freshness": {"enabled": "no"}}, f"{HERE}: freshness.enabled"),
        ({"freshness": {"weight": -1}}, f"{HERE}: freshness.weight"),
        ({"freshness": {"weight": True}}, f"{HERE}: freshness.weight"),
        ({"freshness": {"weight": float("nan")}}, f"{HERE}: freshness.weight"),
        ({"freshness": {"weight": float("inf")}}, f"{HERE}: freshness.weight"),
        ({"order": "tags"}, f"{HERE}: order"),
        ({"order": ["tags", 1]}, f"{HERE}: order"),
        ({"order": ["tags", "tags"]}, f"{HERE}: order names tags twice"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(table: object, place: str) -> None:
    with pytest.raises(InputError) as error:
        read_table(table, HERE)
    assert str(error.value).startswith(place)


def test_what_is_stated_later_counts_value_by_value() -> None:
    first = read_table({"order": ["tags"], "freshness": {"weight": 2, "x": 1, "y": 1}}, "first")
    other = read_table({"freshness": {"enabled": False, "y": 2}, "tags": {"enabled": False}}, "other")
    found = first.overridden_by(other)
    assert found.weights == {"freshness": 2000}
    assert found.enabled == {"freshness": False, "tags": False}
    assert {name: s.value for name, s in found.parameters["freshness"].items()} == {"x": 1, "y": 2}
    assert found.parameters["freshness"]["y"].place.startswith("other")
    assert found.order == ("tags",)
    assert first.overridden_by(UnitSettings()) == first
    assert UnitSettings().overridden_by(first) == first


TABLES = st.dictionaries(
    st.sampled_from(["freshness", "tags", "order"]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=7), inner, max_size=3),
    ),
)


@given(TABLES)
def test_any_table_is_read_or_refused(table: dict[str, object]) -> None:
    try:
        found = read_table(table, HERE)
    except InputError as error:
        assert str(error).startswith(HERE)
    else:
        assert found.places.keys() >= table.keys() - {"order"}


def test_files_are_toml_or_json(tmp_path: Path) -> None:
    toml, other = tmp_path / "units.toml", tmp_path / "units.json"
    toml.write_text("\ufefforder = ['tags']\n[freshness]\nweight = 0.5\n")
    other.write_text(json.dumps({"order": ["tags"], "freshness": {"weight": 0.5}}))
    assert read_file(toml).weights == read_file(other).weights == {"freshness": 500}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.toml", b"[freshness"),
        ("a.json", b"{"),
        ("a.json", b"[" * 100_000),
        ("a.toml", b"a = " + b"[" * 100_000),
        ("a.toml", b"\xff"),
        ("a.toml", b"#" * (LARGEST_FILE_BYTES + 1)),
        ("a.json", b'{"freshness": {"weight": 1' + b"0" * 5000 + b"}}"),
    ],
)
def test_a_file_that_cannot_be_understood_is_told(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=name):
        read_file(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_file(tmp_path / "missing.toml")
