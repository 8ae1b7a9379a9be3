from __future__ import annotations

from collections.abc import Mapping

import pytest

from fakes.indexes.variants import StatedFeatures
from knowledge.variants.ordering import ordered_variants
from knowledge.variants.priorities import PriorityError, priorities
from knowledge.variants.records import Properties

TARGET = StatedFeatures(
    {
        "cpu": {"level": ["3", "2", "1"], "avx": ["on"]},
        "gpu": {"cuda": ["12", "11"]},
        "blas": {"library": ["openblas", "mkl"]},
    }
)
NAMESPACES = ["gpu", "cpu", "blas"]


def labels(variants: Mapping[str, Properties], *preferred: str) -> list[str]:
    found = ordered_variants(variants, NAMESPACES, TARGET, priorities(preferred))
    return [variant.label for variant in found if variant.fits]


def test_every_feature_needs_one_of_its_values() -> None:
    variants: dict[str, Properties] = {
        "one": {"cpu": {"level": ("4", "2")}},
        "none": {"cpu": {"level": ("4", "5")}},
        "half": {"cpu": {"level": ("2",), "avx": ("off",)}},
        "unknown": {"cpu": {"sse": ("on",)}},
    }
    found = {each.label: each for each in ordered_variants(variants, NAMESPACES, TARGET)}
    assert [label for label, each in found.items() if each.fits] == ["one"]
    assert found["one"].properties == ("cpu :: level :: 2",)
    assert found["none"].refused == ("cpu :: level :: 4 or 5, and nothing more is there",)


def test_namespaces_features_and_values_count_in_this_order_and_longer_wins() -> None:
    variants: dict[str, Properties] = {
        "null": {},
        "blas": {"blas": {"library": ("openblas",)}},
        "avx": {"cpu": {"avx": ("on",)}},
        "level2": {"cpu": {"level": ("2",)}},
        "level2avx": {"cpu": {"level": ("2",), "avx": ("on",)}},
        "level3": {"cpu": {"level": ("3",)}},
        "level3mkl": {"cpu": {"level": ("3",)}, "blas": {"library": ("mkl",)}},
        "level3openblas": {"cpu": {"level": ("3",)}, "blas": {"library": ("openblas",)}},
        "cuda11": {"gpu": {"cuda": ("11",)}},
        "cuda11or12": {"gpu": {"cuda": ("11", "12")}},
    }
    assert labels(variants) == [
        *("cuda11or12", "cuda11", "level3openblas", "level3mkl", "level3"),
        *("level2avx", "level2", "avx", "blas", "null"),
    ]


def test_equal_properties_are_ordered_by_label() -> None:
    variants: dict[str, Properties] = {
        label: {"cpu": {"level": ("3", other)}} for label, other in (("b", "2"), ("a", "1"), ("c", "9"))
    }
    assert labels(variants) == ["a", "b", "c"]


def test_what_the_user_prefers_comes_first() -> None:
    variants: dict[str, Properties] = {
        "gpu": {"gpu": {"cuda": ("12",)}},
        "level": {"cpu": {"level": ("3",)}},
        "level2": {"cpu": {"level": ("2",)}},
        "avx": {"cpu": {"avx": ("on",)}},
    }
    assert labels(variants) == ["gpu", "level", "level2", "avx"]
    assert labels(variants, "cpu") == ["level", "level2", "avx", "gpu"]
    assert labels(variants, "cpu::avx") == ["avx", "level", "level2", "gpu"]
    assert labels(variants, "cpu :: level :: 2") == ["level2", "level", "avx", "gpu"]
    assert labels(variants, "unheard_of", "cpu::level::9") == ["level", "level2", "avx", "gpu"]


def test_a_preference_never_makes_a_variant_fit() -> None:
    assert labels({"a": {"cpu": {"level": ("9",)}}}, "cpu::level::9") == []


@pytest.mark.parametrize(
    "text", ["", "a b", "a::", "::a", "a::b::c::d", "A", "a::b.c::d", "a" * 500, "a\n::b:"]
)
def test_bad_preferences(text: str) -> None:
    with pytest.raises(PriorityError):
        priorities([text])
