"""Our filter and order against those of variantlib, the reference implementation, on generated releases.

It takes what a target has as one list, whose order is that of features and values. Its three steps are called
here one after the other, as its own function for all of them does after it looked at what is installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from variantlib.models.variant import VariantDescription, VariantProperty
from variantlib.resolver.lib import filter_variants
from variantlib.resolver.sorting import sort_variant_properties, sort_variants_descriptions

from fakes.indexes.variants import StatedFeatures, variants_json
from knowledge.variants.documents import NULL, parse_variants
from knowledge.variants.ordering import ordered_variants
from knowledge.variants.priorities import priorities
from knowledge.variants.records import Properties

NAMESPACES = ("cpu", "gpu", "lib")
FEATURES = ("arch", "level", "version")
VALUES = ("1", "2.0", "on", "x_y")

values = st.lists(st.sampled_from(VALUES), min_size=1, max_size=3, unique=True)
properties = st.dictionaries(
    st.sampled_from(NAMESPACES),
    st.dictionaries(st.sampled_from(FEATURES), values, min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)
releases = st.dictionaries(st.from_regex(r"[a-c][0-9._]{0,2}", fullmatch=True), properties, max_size=12)
targets = st.lists(
    st.tuples(st.sampled_from(NAMESPACES), st.sampled_from(FEATURES), st.sampled_from(VALUES)),
    unique=True,
    max_size=30,
)
orders = st.permutations(NAMESPACES)
preferences = st.lists(
    st.builds(
        lambda parts, count: "::".join(parts[:count]),
        st.tuples(st.sampled_from(NAMESPACES), st.sampled_from(FEATURES), st.sampled_from(VALUES)),
        st.integers(1, 3),
    ),
    max_size=5,
)
Target = Sequence[tuple[str, str, str]]


def of_variantlib(
    release: Mapping[str, Properties], order: Sequence[str], target: Target, preferred: Sequence[str]
) -> list[tuple[str, set[str]]]:
    """Labels, best first, each with the properties that the target has."""
    described = [
        VariantDescription(
            [
                VariantProperty(namespace, feature, value)
                for namespace, features in stated.items()
                for feature, found in features.items()
                for value in found
            ],
            label=label,
        )
        for label, stated in release.items()
    ]
    allowed = [VariantProperty(*parts) for parts in target]
    ordered = sort_variant_properties(
        allowed,
        priorities(preferred).namespaces(order),
        {space: _parts(preferred, space) for space in NAMESPACES},
        {space: {name: _parts(preferred, space, name) for name in FEATURES} for space in NAMESPACES},
    )
    fitting = list(filter_variants(described, allowed, filter_values=True))
    found = sort_variants_descriptions(fitting, ordered)
    return [(one.label, {each.to_str() for each in one.properties}) for one in found]


def _parts(preferred: Sequence[str], *front: str) -> list[str]:
    """What follows some parts in the preferences."""
    split = [text.split("::") for text in preferred]
    count = len(front)
    return list(
        dict.fromkeys(parts[count] for parts in split if tuple(parts[:count]) == front and parts[count:])
    )


def as_features(target: Target) -> StatedFeatures:
    stated: dict[str, dict[str, list[str]]] = {}
    for namespace, feature, value in target:
        stated.setdefault(namespace, {}).setdefault(feature, []).append(value)
    return StatedFeatures(stated)


@pytest.mark.slow
@settings(max_examples=400)
@given(release=releases, order=orders, target=targets, preferred=preferences | st.just([]))
def test_filter_and_order_are_those_of_variantlib(
    release: dict[str, dict[str, dict[str, list[str]]]],
    order: list[str],
    target: list[tuple[str, str, str]],
    preferred: list[str],
) -> None:
    document = parse_variants(variants_json(order, {**release, NULL: {}}))
    found = ordered_variants(
        document.variants, document.namespaces, as_features(target), priorities(preferred)
    )
    ours = [(variant.label, set(variant.properties)) for variant in found if variant.fits]
    assert ours == of_variantlib(document.variants, order, target, preferred)
