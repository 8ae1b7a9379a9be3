from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.indexes.variants import SCHEMA, variants_json
from knowledge.variants.documents import LARGEST_BYTES, VariantsError, combined, parse_variants


def test_a_document_is_read_as_it_stands() -> None:
    stated = {"null": {}, "a": {"x": {"f": ["2", "1", "2"]}, "y": {"g": ["on"]}}}
    document = parse_variants(variants_json(["y", "x", "z"], stated))
    assert document.namespaces == ("y", "x", "z")
    assert document.variants == {"null": {}, "a": {"x": {"f": ("1", "2")}, "y": {"g": ("on",)}}}


@pytest.mark.parametrize("version", ["1.0.0", "1.7.3", "0.1.1"])
def test_schemas_of_this_major_version_are_known(version: str) -> None:
    schema = f"https://packaging.example/variants/v{version}.json"
    assert parse_variants(variants_json(["x"], {}, schema=schema)).schema == schema


BAD = {
    "nothing": b"",
    "no object": b"[]",
    "not text": b"\xff\xfe{}",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "deep inside": b'{"$schema": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}",
    "large": variants_json(["x"], {}) + b" " * LARGEST_BYTES,
    "numbers": json.dumps(
        {"$schema": SCHEMA, "default-priorities": {"namespace": ["x"]}, "variants": {"a": {"x": {"f": [1]}}}}
    ).encode(),
    "no lists": json.dumps(
        {"$schema": SCHEMA, "default-priorities": {"namespace": ["x"]}, "variants": {"a": {"x": {"f": "on"}}}}
    ).encode(),
    "null": json.dumps({"$schema": None, "default-priorities": None, "variants": None}).encode(),
    "without priorities": json.dumps({"$schema": SCHEMA, "variants": {}}).encode(),
    "newer schema": variants_json(["x"], {}, schema="https://packaging.example/v2.0.0.json"),
    "other draft": variants_json(["x"], {}, schema="https://variants-schema.wheelnext.dev/v0.2.0.json"),
    "no schema": variants_json(["x"], {}, schema="v1.0.0"),
    "long schema": variants_json(["x"], {}, schema="https://" + "x" * 100_000),
    "many variants": variants_json(["x"], {f"v{n}": {"x": {"f": ["on"]}} for n in range(5000)}),
    "many features": variants_json(["x"], {"a": {"x": {f"f{n}": ["on"] for n in range(500)}}}),
    "many values": variants_json(["x"], {"a": {"x": {"f": [f"v{n}" for n in range(5000)]}}}),
    "no values": variants_json(["x"], {"a": {"x": {"f": []}}}),
    "no features": variants_json(["x"], {"a": {"x": {}}}),
    "features of null": variants_json(["x"], {"null": {"x": {"f": ["on"]}}}),
    "unordered namespace": variants_json(["x"], {"a": {"y": {"f": ["on"]}}}),
    "name of label": variants_json(["x"], {"A-b": {"x": {"f": ["on"]}}}),
    "name of namespace": variants_json(["x", "é"], {}),
    "name of feature": variants_json(["x"], {"a": {"x": {"f.g": ["on"]}}}),
    "name of value": variants_json(["x"], {"a": {"x": {"f": ["on\n"]}}}),
    "empty name": variants_json(["x"], {"a": {"x": {"": ["on"]}}}),
    "long name": variants_json(["x"], {"a": {"x": {"f" * 1000: ["on"]}}}),
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_what_breaks_the_format_is_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(VariantsError) as caught:
        parse_variants(body)
    assert 0 < len(str(caught.value)) < 400


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_no_bytes_crash_it(body: bytes) -> None:
    with pytest.raises(VariantsError):
        parse_variants(body)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abxf"), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON, _JSON)
def test_no_json_crashes_it(priorities: object, variants: object) -> None:
    stated = {"$schema": SCHEMA, "default-priorities": {"namespace": priorities}, "variants": variants}
    try:
        document = parse_variants(json.dumps(stated).encode())
    except VariantsError:
        return
    used = {name for properties in document.variants.values() for name in properties}
    assert used <= set(document.namespaces)


def test_wheels_of_a_release_are_combined_in_any_order() -> None:
    first = parse_variants(variants_json(["x"], {"a": {"x": {"f": ["on"]}}}))
    second = parse_variants(variants_json(["x", "y"], {"b": {"y": {"f": ["on"]}}}))
    both = combined([first, second])
    assert both.namespaces == ("x", "y")
    assert both.variants == {**first.variants, **second.variants}
    assert both == combined([second, first])


def test_wheels_that_contradict_each_other_are_refused() -> None:
    first = parse_variants(variants_json(["x", "y"], {"a": {"x": {"f": ["on"]}}}))
    other_order = parse_variants(variants_json(["y", "x"], {"b": {"x": {"f": ["on"]}}}))
    other_meaning = parse_variants(variants_json(["x", "y"], {"a": {"x": {"f": ["off"]}}}))
    for other in (other_order, other_meaning):
        with pytest.raises(VariantsError):
            combined([first, other])
    with pytest.raises(VariantsError):
        combined([])
