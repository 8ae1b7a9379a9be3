"""What measurements say: of measured releases, between and beyond them, elsewhere, of used APIs alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.evidence import Confidence
from analyzers.reports import Tool
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand
from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from knowledge.observations.record import Measurement, Observation, ObservationKind, Outcome, ReleaseIdentity
from resolver.slowdowns import Likeness, Performance, Source, likeness, loss
from resolver.states.versions import Versions, bit

VERSIONS = ("1", "2", "3", "4", "5", "6")


class Known(NamedTuple):
    """Implements `resolver.source.ReleaseMeasurements`."""

    observations: Sequence[Observation]

    def of(self, projects: Iterable[str]) -> Mapping[str, Sequence[Observation]]:
        return {
            project: [each for each in self.observations if each.subject[0].project == project]
            for project in projects
        }


class Library:
    """As much of a project as matters."""

    name = "lib"

    def __init__(self, *refused: str) -> None:
        self.versions = Versions(VERSIONS)
        self.usable = sum(bit(n) for n, text in enumerate(VERSIONS) if text not in refused)


def machine(
    vendor: str = "amd", name: str = "zen4", level: int = 4, arch: str = "x86_64"
) -> RuntimeEnvironment:
    facts: dict[str, FactValue] = {
        "cpu.vendor": vendor,
        "cpu.microarchitecture": name,
        "cpu.level": level,
        "arch": arch,
    }
    return RuntimeEnvironment(facts={key: Fact(value=value, source="test") for key, value in facts.items()})


def observed(
    version: str,
    value: float,
    *,
    benchmark: str = "work",
    session: str = "s",
    where: RuntimeEnvironment | None = None,
    spread: float = 1.0,
    day: str = "2026-01-01",
) -> Observation:
    return Observation(
        kind=ObservationKind.BENCHMARK,
        subject=(ReleaseIdentity(project="lib", version=version),),
        environment=machine() if where is None else where,
        outcome=Outcome.MEASURED,
        value=value,
        unit="s",
        measurement=Measurement(
            benchmark=benchmark,
            stands_for=(f"lib.{benchmark.partition('-')[0]}",),
            session=session,
            processes=5,
            minimum=value,
            spread=spread,
            load=0.5,
        ),
        created_at=f"{day}T00:00:00Z",
        tool=Tool(name="stackwright", version="0"),
    )


def uses(*symbols: str) -> dict[str, ApiDemand]:
    demands = tuple(
        SymbolDemand(symbol=symbol, kind=UseKind.CALL, sites=(DemandSite("app.py", 3, 1),))
        for symbol in symbols
    )
    return {"lib": ApiDemand(distribution="lib", required=demands)}


def performance(
    observations: Sequence[Observation],
    demands: Mapping[str, ApiDemand] | None,
    target: RuntimeEnvironment | None = None,
) -> Performance:
    return Performance(Known(observations), lambda: machine() if target is None else target, demands)


TWO = (observed("2", 0.1), observed("4", 1.6))


def test_measured_releases_are_held_against_the_best() -> None:
    known = performance(TWO, uses("lib.work"))
    (best,) = known.costs(Library(), 1)
    (slow,) = known.costs(Library(), 3)
    assert (best.ratio, best.source, loss([best])) == (1.0, Source.MEASURED, 0.0)
    assert slow.ratio == pytest.approx(16)
    assert slow.confidence is Confidence.CERTAIN
    assert loss([slow]) == pytest.approx(math.log(16) / math.log(100))
    assert slow.series.usage.sites == (DemandSite("app.py", 3, 1),)


def test_between_measured_releases_lies_what_is_less_sure() -> None:
    (between,) = performance(TWO, uses("lib.work")).costs(Library(), 2)
    assert between.source is Source.BETWEEN
    assert between.ratio == pytest.approx(4)
    assert between.weighed == pytest.approx(2)
    assert between.confidence is Confidence.POSSIBLE


@pytest.mark.parametrize(("position", "ratio"), [(0, 1), (4, 16), (5, 16)])
def test_beyond_them_the_nearest_stands_in_without_being_sure(position: int, ratio: float) -> None:
    (beyond,) = performance(TWO, uses("lib.work")).costs(Library(), position)
    assert beyond.source is Source.BEYOND
    assert beyond.ratio == pytest.approx(ratio)
    assert beyond.weighed == pytest.approx(math.sqrt(ratio))
    assert beyond.confidence is Confidence.POSSIBLE


def test_what_the_code_does_not_use_does_not_count() -> None:
    assert performance(TWO, uses("lib.other")).costs(Library(), 3) == []
    assert performance(TWO, {}).costs(Library(), 3) == []
    assert len(performance(TWO, None).costs(Library(), 3)) == 1


def test_an_api_of_several_benchmarks_needs_their_sum() -> None:
    found = [
        observed("2", 1.0, benchmark="work-a"), observed("2", 9.0, benchmark="work-b"),
        observed("4", 4.0, benchmark="work-a"), observed("4", 1.0, benchmark="work-b"),
        observed("5", 16.0, benchmark="work-a"), observed("6", 9.0, benchmark="work-b"),
    ]  # fmt: skip
    known = performance(found, uses("lib.work"))
    costs = [known.costs(Library(), position)[0] for position in (1, 3, 4, 5)]
    assert [cost.value for cost in costs] == pytest.approx([10, 5, 16 + 3, 16 + 9])
    assert [cost.ratio for cost in costs] == pytest.approx([2, 1, 3.8, 5])
    # The benchmark that makes the most of it decides how sure that is.
    measured, beyond = Source.MEASURED, Source.BEYOND
    assert [cost.source for cost in costs] == [measured, measured, measured, beyond]


def test_a_slow_api_is_not_lost_among_fast_ones() -> None:
    found = list(TWO)
    for name in ("a", "b", "c", "d", "e", "f", "g", "h", "i"):
        found += [observed("2", 1.0, benchmark=name), observed("4", 1.0, benchmark=name)]
    costs = performance(found, uses("lib.work", *(f"lib.{name}" for name in "abcdefghi"))).costs(Library(), 3)
    assert len(costs) == 10
    assert costs[0].series.usage.symbol == "lib.work"
    assert loss(costs) == pytest.approx(math.log(2.5) / math.log(100))


@pytest.mark.parametrize(
    ("ratio", "spread", "counts"), [(1.2, 1.0, False), (1.4, 1.45, False), (1.4, 1.1, True)]
)
def test_what_may_be_chance_costs_nothing(ratio: float, spread: float, counts: bool) -> None:
    found = [observed("2", 1.0), observed("4", ratio, spread=spread)]
    assert (loss(performance(found, uses("lib.work")).costs(Library(), 3)) > 0) is counts


def test_sessions_are_never_mixed_and_the_most_similar_machine_counts() -> None:
    elsewhere = [
        observed(v, 8.0 * n, session="far", where=machine("intel", "icelake")) for n, v in enumerate("123", 1)
    ]
    here = [observed("2", 1.0, session="near"), observed("3", 1.0, session="near")]
    (cost,) = performance([*elsewhere, *here], uses("lib.work")).costs(Library(), 2)
    assert (cost.series.likeness, cost.ratio) == (Likeness.SAME, 1.0)
    (cost,) = performance([*elsewhere, here[0]], uses("lib.work")).costs(Library(), 2)
    assert (cost.series.likeness, cost.ratio) == (Likeness.LEVEL, 3.0)
    assert cost.weighed == pytest.approx(3**0.7)
    assert cost.confidence is Confidence.LIKELY
    again = [observed(v, 1.0, session="new", day="2026-02-01") for v in "23"]
    (cost,) = performance([*here, *again], uses("lib.work")).costs(Library(), 2)
    assert cost.named() == again[::-1]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (machine(), Likeness.SAME),
        (machine(name="zen5"), Likeness.LEVEL),
        (machine("intel"), Likeness.LEVEL),
        (machine("intel", "haswell", 3), Likeness.OTHER),
        (machine(arch="aarch64"), None),
        (RuntimeEnvironment(facts={"arch": Fact(value="x86_64", source="test")}), Likeness.OTHER),
        (RuntimeEnvironment(), None),
    ],
)
def test_machines_resemble_each_other(target: RuntimeEnvironment, expected: Likeness | None) -> None:
    assert likeness(machine(), target) is expected
    known = performance(TWO, uses("lib.work"), target)
    assert bool(known.costs(Library(), 3)) is (expected is not None)


def test_the_best_is_one_that_can_be_used() -> None:
    found = [observed("1", 0.01), *TWO]
    (cost,) = performance(found, uses("lib.work")).costs(Library("1"), 3)
    assert cost.ratio == pytest.approx(16)
    assert performance(TWO, uses("lib.work")).costs(Library("2", "4"), 3) == []


def test_one_measured_release_says_nothing() -> None:
    assert performance(TWO[:1], uses("lib.work")).costs(Library(), 1) == []


@given(
    st.dictionaries(st.sampled_from(VERSIONS), st.floats(1e-9, 1e6), min_size=2),
    st.sampled_from([None, machine(), machine("intel", "haswell", 3)]),
)
def test_the_loss_is_bounded_and_none_for_the_best(
    figures: dict[str, float], target: RuntimeEnvironment | None
) -> None:
    known = performance([observed(v, value) for v, value in figures.items()], uses("lib.work"), target)
    losses = [loss(known.costs(Library(), position)) for position in range(len(VERSIONS))]
    assert all(0 <= each <= 1 for each in losses)
    best = min(figures, key=lambda version: figures[version])
    assert losses[VERSIONS.index(best)] == 0
    for version, value in figures.items():
        for other, more in figures.items():
            if value <= more:
                assert losses[VERSIONS.index(version)] <= losses[VERSIONS.index(other)] + 1e-12
