from __future__ import annotations

import pytest

from images.errors import FactValueError, UnknownFactError
from images.facts.environment import FACT_NAMES
from images.facts.stated_facts import facts_of_variables, flattened, stated_fact, stated_facts


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("gpu.vendor", "nvidia", "nvidia"),
        ("gpu.vendor", "none", "none"),
        ("gpu.count", "2", 2),
        ("gpu.count", "none", "none"),
        ("memory_bytes", "25276510208", 25276510208),
        ("display", "no", False),
        ("headers.python", "True", True),
        ("cpu.flags", "avx, avx2,fma", ("avx", "avx2", "fma")),
        ("python.version", "3.12", "3.12"),
        ("cuda.max", "12.4", "12.4"),
        ("cpu.level", "0", 0),
        ("gpu.driver", "535.104.05", "535.104.05"),
        ("libc.version", "1.2.5_git20240512", "1.2.5_git20240512"),
    ],
)
def test_text_becomes_what_the_fact_is_of(name: str, text: str, value: object) -> None:
    stated = stated_fact(name, text, "--fact")
    assert stated.known[name] == value
    assert stated.known.facts[name].source == "--fact"
    assert not stated.open


def test_tables_hold_numbers_truths_and_lists() -> None:
    table = {
        "gpu": {"count": 1, "vendor": "nvidia"},
        "display": False,
        "cpu.flags": ["avx"],
        "cuda": {"max": 12.4},
    }
    stated = stated_facts(flattened(table), "pyproject.toml")
    assert {name: stated.known[name] for name in stated.known} == {
        "gpu.count": 1,
        "gpu.vendor": "nvidia",
        "display": False,
        "cpu.flags": ("avx",),
        "cuda.max": "12.4",
    }


def test_unknown_takes_knowledge_away_and_the_last_word_counts() -> None:
    stated = stated_facts(
        [("gpu.vendor", "nvidia"), ("gpu.vendor", "unknown"), ("cores", "unknown")], "--fact"
    )
    assert stated.open == {"gpu.vendor", "cores"}
    assert list(stated.known) == []
    again = stated.joined(stated_fact("cores", "4", "--fact"))
    assert again.open == {"gpu.vendor"}
    assert again.known["cores"] == 4


def test_a_name_that_no_fact_has_is_refused_with_near_ones() -> None:
    with pytest.raises(UnknownFactError, match=r"--fact: there is no fact named 'gpu.vndor'") as caught:
        stated_fact("gpu.vndor", "amd", "--fact")
    assert "gpu.vendor" in caught.value.near


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gpu.count", "two"),
        ("gpu.count", "-1"),
        ("gpu.count", True),
        ("cores", "9" * 5000),
        ("display", "maybe"),
        ("cpu.flags", 3),
        ("cpu.flags", ["avx"] * 5000),
        ("gpu.model", "a\x1b[31m"),
        ("gpu.model", {"deep": 1}),
        ("gpu.model", "x" * 300),
        ("python.version", "2.7"),
        ("python.version", "newest"),
        ("cpu.level", "5"),
        ("cores", "0"),
        ("cuda.max", "twelve"),
        ("libc.version", "new"),
    ],
)
def test_values_that_a_fact_cannot_have_are_refused(name: str, value: object) -> None:
    with pytest.raises(FactValueError, match=name):
        stated_fact(name, value, "--fact")


def test_each_fact_has_its_variable() -> None:
    variables = {f"STACKWRIGHT_FACT_{name.replace('.', '_').upper()}": "unknown" for name in FACT_NAMES}
    assert len(variables) == len(FACT_NAMES)
    assert facts_of_variables(variables).open == set(FACT_NAMES)


def test_empty_and_other_variables_say_nothing() -> None:
    stated = facts_of_variables({"STACKWRIGHT_FACT_CORES": "", "STACKWRIGHT_STORE": "x", "HOME": "/"})
    assert not stated.open
    assert list(stated.known) == []


def test_a_variable_that_names_no_fact_is_refused() -> None:
    with pytest.raises(
        UnknownFactError, match=r"variable STACKWRIGHT_FACT_GPU_VENDR: there is no fact named 'gpu.vendr'"
    ):
        facts_of_variables({"STACKWRIGHT_FACT_GPU_VENDR": "amd"})
