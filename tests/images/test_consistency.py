from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from images.errors import ContradictoryFactsError
from images.facts.consistency import completed, settled
from images.facts.environment import Fact, RuntimeEnvironment
from images.facts.stated_facts import StatedFacts, stated_facts

HOST = {
    "arch": "x86_64",
    "cpu.level": "4",
    "cuda.max": "none",
    "gpu.count": "0",
    "gpu.vendor": "none",
    "libc.name": "glibc",
    "libc.version": "2.36",
    "os.kernel": "linux",
    "python.abi": "cp311",
    "python.gil": "true",
    "python.version": "3.11.7",
}
VALUES = {
    "arch": ["x86_64", "aarch64"],
    "cpu.level": ["1", "4"],
    "cuda.max": ["none", "11.8", "12.4", "13.0"],
    "gpu.count": ["0", "1"],
    "gpu.driver": ["none", "470.82.01", "535.104.05", "580.65.06"],
    "gpu.gfx": ["none", "gfx90a"],
    "gpu.sm": ["7.5"],
    "gpu.vendor": ["none", "nvidia", "amd", "intel"],
    "libc.name": ["glibc", "musl", "none"],
    "libc.version": ["1.2", "2.28"],
    "os.kernel": ["linux", "darwin"],
    "python.abi": ["cp39", "cp311", "cp313t"],
    "python.gil": ["true", "false"],
    "python.version": ["3.9.2", "3.11", "3.13.1"],
}


def stated(values: dict[str, str], source: str = "--fact") -> StatedFacts:
    return stated_facts(values.items(), source)


def machine(values: dict[str, str] = HOST) -> RuntimeEnvironment:
    return stated(values, "host").known


def told(environment: RuntimeEnvironment) -> dict[str, object]:
    return {name: environment[name] for name in environment}


def test_what_is_stated_takes_what_it_contradicts_away() -> None:
    found = completed(settled(machine(), stated({"gpu.driver": "535.104.05"})))
    assert "gpu.count" not in found
    assert found["gpu.vendor"] == "nvidia"
    assert found["cuda.max"] == "12.9"
    assert found.facts["cuda.max"].source == "gpu.driver 535.104.05"


def test_no_graphics_processor_means_no_cuda() -> None:
    nvidia = machine({**HOST, "gpu.vendor": "nvidia", "gpu.count": "2", "gpu.sm": "8.6", "cuda.max": "12.9"})
    found = completed(settled(nvidia, stated({"gpu.vendor": "none"})))
    assert (found["gpu.vendor"], found["gpu.count"], found["cuda.max"]) == ("none", 0, "none")
    assert "gpu.sm" not in found


def test_another_interpreter_or_libc_brings_its_own_abi() -> None:
    found = completed(settled(machine(), stated({"python.version": "3.13.1", "libc.version": "1.2"})))
    assert "python.abi" not in found
    assert found["libc.name"] == "musl"


@pytest.mark.parametrize(
    "values",
    [
        {"compiler.c": "none", "build.extensions": "true"},
        {"headers.python": "no", "build.extensions": "yes"},
        {"cores": "8", "cores.seen": "4"},
    ],
)
def test_what_cannot_both_hold_is_refused_or_replaced(values: dict[str, str]) -> None:
    with pytest.raises(ContradictoryFactsError):
        settled(machine(), stated(values))
    first, second = values
    found = settled(machine({**HOST, second: values[second]}), stated({first: values[first]}))
    assert second not in found


def test_what_is_not_known_any_more_is_gone() -> None:
    found = settled(machine(), StatedFacts(open=frozenset({"gpu.vendor", "cores"})))
    assert "gpu.vendor" not in found
    assert "arch" in found


@pytest.mark.parametrize(
    "values",
    [
        {"gpu.vendor": "none", "gpu.driver": "535.104.05"},
        {"gpu.vendor": "amd", "cuda.max": "12.4"},
        {"gpu.vendor": "nvidia", "gpu.gfx": "gfx90a"},
        {"gpu.vendor": "nvidia", "gpu.count": "0"},
        {"gpu.driver": "470.82.01", "cuda.max": "12.4"},
        {"arch": "aarch64", "cpu.level": "3"},
        {"os.kernel": "darwin", "libc.name": "glibc"},
        {"libc.name": "musl", "libc.version": "2.28"},
        {"python.version": "3.9.2", "python.abi": "cp311"},
        {"python.gil": "true", "python.abi": "cp313t"},
    ],
)
def test_one_source_must_not_contradict_itself(values: dict[str, str]) -> None:
    with pytest.raises(ContradictoryFactsError) as caught:
        settled(RuntimeEnvironment(), stated(values))
    assert set(caught.value.names) == set(values)
    assert "--fact" in str(caught.value)


choices = st.fixed_dictionaries({}, optional={name: st.sampled_from(texts) for name, texts in VALUES.items()})


@given(weak=choices, strong=choices)
def test_what_is_stated_stays_and_nothing_contradicts_it(
    weak: dict[str, str], strong: dict[str, str]
) -> None:
    words = stated(strong)
    try:
        found = settled(machine(weak), words)
    except ContradictoryFactsError as error:
        assert set(error.names) <= set(strong)
        return
    assert all(found[name] == words.known[name] for name in words.known)
    # Whoever reads the result as one source finds what it states to agree with all the rest.
    rest = RuntimeEnvironment(facts={name: fact for name, fact in found.facts.items() if name not in strong})
    assert told(settled(rest, words)) == told(found)


@given(values=choices)
def test_what_follows_changes_nothing_known_and_follows_once(values: dict[str, str]) -> None:
    known = machine(values)
    found = completed(known)
    assert all(found.facts[name] == known.facts[name] for name in known)
    assert completed(found) == found or told(completed(found)).items() >= told(found).items()


def test_a_driver_beyond_the_table_serves_what_it_says() -> None:
    words = stated({"gpu.driver": "900.10.01", "cuda.max": "13.0"})
    assert settled(RuntimeEnvironment(), words)["cuda.max"] == "13.0"
    assert Fact(value="13.0", source="--fact") == words.known.facts["cuda.max"]
