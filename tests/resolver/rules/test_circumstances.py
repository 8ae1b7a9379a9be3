"""Three answers: a condition holds, does not, or that is not known."""

from __future__ import annotations

import pytest

from analyzers.evidence import Confidence
from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from resolver.rules.circumstances import Circumstances, UsedSymbols, admits, verdict
from resolver.rules.conditions import holds
from resolver.rules.records import FactCondition, FactTest, Match


@pytest.mark.parametrize(
    ("condition", "value", "expected"),
    [
        ("none", "none", True),
        ("none", "nvidia", False),
        ("nvidia", "nvidia", True),
        (("nvidia", "amd"), "amd", True),
        (("nvidia", "amd"), "intel", False),
        ("<13", "12.9", True),
        ("<13", "13.0", False),
        ("<13", "none", False),
        (">=12,<13", "12.0", True),
        (("<12", ">=13"), "12.9", False),
        ("<580", "535.129.03", True),
        ("<3", 2, True),
        (">=4", 16, True),
        ("<13", "unreadable", False),
        ("false", False, True),
        ("true", False, False),
        ("avx2", ("avx", "avx2"), True),
        (FactTest(all=("avx", "avx2")), ("avx", "avx2", "fma"), True),
        (FactTest(all=("avx", "avx512f")), ("avx", "avx2"), False),
        (FactTest(lacks=("avx2", "fma")), ("avx2",), True),
        (FactTest(lacks=("avx2", "fma")), ("avx2", "fma"), False),
        (FactTest(none=("none",)), "gcc", True),
        (FactTest(none=("none",)), "none", False),
        (FactTest(any=("<12", ">=13")), "13.1", True),
    ],
)
def test_conditions_on_facts(condition: FactCondition, value: FactValue, expected: bool) -> None:
    assert holds(condition, value) is expected


def known(**facts: FactValue) -> Circumstances:
    named = {name.replace("_", "."): Fact(value=value, source="test") for name, value in facts.items()}
    return Circumstances(environment=RuntimeEnvironment(facts=named))


def test_what_is_not_known_neither_holds_nor_fails() -> None:
    found = verdict(Match(facts={"gpu.vendor": "none", "arch": "x86_64"}), known(arch="x86_64"))
    assert (found.holds, found.unknown) == (None, ("gpu.vendor",))


def test_what_fails_fails_whatever_else_is_not_known() -> None:
    assert (
        verdict(Match(facts={"gpu.vendor": "none", "arch": "x86_64"}), known(arch="aarch64")).holds is False
    )


def test_what_holds_says_what_was_seen_and_how_sure_that_is() -> None:
    facts = {
        "arch": Fact(value="x86_64", source="kernel"),
        "display": Fact(value=False, source="no variable", confidence=Confidence.LIKELY),
    }
    sure = Circumstances(environment=RuntimeEnvironment(facts=facts))
    found = verdict(Match(facts={"arch": "x86_64"}), sure)
    assert [(seen.what, seen.where) for seen in found.evidence] == [("arch is x86_64", "kernel")]
    assert found.is_certain
    assert not verdict(Match(facts={"display": "false"}), sure).is_certain


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (Match(installed={"numpy": ">=2"}), True),
        (Match(installed={"numpy": "<2"}), False),
        (Match(installed={"scipy": "none"}), True),
        (Match(installed={"numpy": "none"}), False),
        (Match(system={"libc6": ">=2.31"}), True),
        (Match(system={"libgl1": "none"}), True),
        (Match(symbols="numpy.unique"), True),
        (Match(symbols=("numpy.sort", "numpy.linalg.*")), True),
        (Match(symbols="numpy.linalg"), False),
        (Match(symbols="numpy.uniq.*"), False),
        (Match(topics=("vision", "speech")), True),
        (Match(topics="speech"), False),
        (Match(type=("stable", "testing")), True),
        (Match(type="latest"), False),
    ],
)
def test_what_else_may_hold(match: Match, expected: bool) -> None:
    everything = Circumstances(
        environment=RuntimeEnvironment(),
        installed={"numpy": "2.2.6"},
        system={"libc6": "2.36-9+deb12u4"},
        symbols=UsedSymbols(["numpy.unique", "numpy.linalg.svd"]),
        topics=frozenset({"vision"}),
    )
    assert verdict(match, everything).holds is expected
    nothing = verdict(match, Circumstances(environment=RuntimeEnvironment(), type="stable"))
    assert nothing.holds is (expected if match.type else None)


@pytest.mark.parametrize(
    ("specifier", "version", "expected"),
    [
        (">=2", "1:2.36-9+deb12u4", True),
        ("<2", "2.36-r0", False),
        (">=2", "unknown", False),
        ("", "unknown", True),
    ],
)
def test_versions_that_pep_440_does_not_know(specifier: str, version: str, expected: bool) -> None:
    assert admits(specifier, version) is expected
