"""Stacks are tried until one passes: what is advised then, and how many probes that took."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import pytest
from packaging.version import Version

from fakes.indexes.index import FakeIndex
from fakes.probing.probes import Pins, RuledProber, fails, stack_probes
from fakes.searching.runs import Run, context, run
from knowledge.observations.record import Failure
from knowledge.probing.records import ProbeResult, Verdict
from resolver.predictors.hill_climbing import HillClimbing
from resolver.predictors.latest import Latest
from resolver.predictors.protocol import Predictor
from resolver.probes.records import ProbeOutcome
from resolver.recommendation import STABLE
from resolver.search.budget import StoppedBy
from resolver.search.interruption import Interruption
from resolver.units.steps.temporal_risk import TemporalRiskStep

NUMPY = (
    *("1.21.6", "1.22.4", "1.23.5", "1.24.4", "1.25.2", "1.26.0", "1.26.3", "1.26.4"),
    *("2.0.0", "2.0.1", "2.0.2", "2.1.0", "2.1.1", "2.1.2", "2.1.3", "2.2.0", "2.2.1", "2.2.2", "2.2.3"),
    *("2.2.4", "2.2.5", "2.2.6", "2.3.0", "2.3.1", "2.3.2", "2.3.3", "2.3.4", "2.3.5"),
)
PREDICTORS = [Latest(), HillClimbing()]


def made(app: Iterable[str] = ("1.0",), lib: Iterable[str] = NUMPY, asks: str = "lib") -> FakeIndex:
    """An application that never capped a library."""
    index = FakeIndex()
    for version in app:
        index.add("app", version, requires=[asks])
    for version in lib:
        index.add("lib", version)
    return index


def probed(
    index: FakeIndex, prober: RuledProber, *asked: str, predictor: Predictor | None = None, limit: int = 20
) -> Run:
    about = msgspec.structs.replace(context(asked or ("app",)), prober=stack_probes(prober, limit))
    return run(index, about, predictor=predictor or HillClimbing())


def since(version: str) -> RuledProber:
    """The library broke the application in this release."""

    def rule(pins: Pins) -> ProbeResult | None:
        broken = Version(pins.get("lib", "0")) >= Version(version)
        return fails(pins, "app", "lib") if broken else None

    return RuledProber(rule)


def outcome(ran: Run) -> ProbeOutcome:
    assert ran.solution is not None
    assert ran.solution.probes is not None
    return ran.solution.probes.outcome


@pytest.mark.parametrize("predictor", PREDICTORS, ids=lambda each: each.name)
def test_a_stack_that_passes_takes_one_probe(predictor: Predictor) -> None:
    prober = RuledProber(lambda pins: None)
    ran = probed(made(), prober, predictor=predictor)
    assert ran.pins == {"app": "1.0", "lib": "2.3.5"}
    assert prober.probed == [ran.pins]
    assert outcome(ran) is ProbeOutcome.PASSED
    assert ran.solution is not None
    assert ran.solution.is_optimal


@pytest.mark.parametrize("predictor", PREDICTORS, ids=lambda each: each.name)
def test_series_are_passed_over_and_the_newest_that_passes_is_found(predictor: Predictor) -> None:
    prober = since("2.0.0")
    ran = probed(made(), prober, predictor=predictor)
    assert ran.pins == {"app": "1.0", "lib": "1.26.4"}
    assert prober.versions("lib") == ["2.3.5", "2.2.6", "2.0.2", "1.26.4", "2.0.0"]
    assert outcome(ran) is ProbeOutcome.PASSED


@pytest.mark.parametrize("first", NUMPY[1:])
def test_wherever_it_broke_the_newest_that_passes_is_found(first: str) -> None:
    prober = since(first)
    ran = probed(made(), prober)
    assert ran.pins is not None
    assert ran.pins["lib"] == NUMPY[NUMPY.index(first) - 1]
    assert len(prober.probed) <= 11
    assert len({tuple(pins.items()) for pins in prober.probed}) == len(prober.probed)


def test_what_was_passed_over_stays_possible_for_the_bound() -> None:
    ran = probed(made(), since("2.0.0"))
    assert ran.solution is not None
    assert ran.solution.bound > ran.solution.score
    assert not ran.solution.is_optimal


def test_where_nothing_was_passed_over_the_stack_is_proven_to_be_the_best() -> None:
    ran = probed(made(lib=("1.0", "2.0")), since("2.0"))
    assert ran.pins == {"app": "1.0", "lib": "1.0"}
    assert ran.solution is not None
    assert ran.solution.is_optimal


def test_either_of_two_moves_where_that_costs_less() -> None:
    index = made(app=("1.0", "1.1"), lib=("1.0", "1.1", "1.2", "1.3", "2.0"))

    def rule(pins: Pins) -> ProbeResult | None:
        return (
            fails(pins, "app", "lib")
            if pins["app"] == "1.1" and Version(pins["lib"]) > Version("1.0")
            else None
        )

    prober = RuledProber(rule)
    ran = probed(index, prober, "app", "lib")
    assert ran.pins == {"app": "1.0", "lib": "2.0"}
    assert len(prober.probed) <= 4


def test_a_release_that_fails_alone_is_avoided() -> None:
    prober = RuledProber(lambda pins: fails(pins, "app", where="") if pins["app"] == "2.0" else None)
    ran = probed(made(app=("1.0", "2.0")), prober)
    assert ran.pins == {"app": "1.0", "lib": "2.3.5"}
    assert len(prober.probed) == 2


def test_what_fails_whatever_is_chosen_is_refuted_with_its_reason() -> None:
    prober = RuledProber(lambda pins: fails(pins, "app", "lib"))
    ran = probed(made(lib=("1.0", "1.1", "2.0")), prober)
    assert ran.solution is None
    assert ran.failure is not None
    assert len(prober.probed) == 3
    assert ran.resolver.least_bad(ran.failure) is not None
    assert ran.resolver.probes is not None
    assert ran.resolver.probes.outcome is ProbeOutcome.FAILED


def test_an_end_of_the_budget_is_told_and_what_is_not_probed_is_shown() -> None:
    prober = since("1.22.4")
    ran = probed(made(), prober, limit=2)
    assert outcome(ran) is ProbeOutcome.NOT_PROBED
    assert len(prober.probed) == 2
    assert ran.pins not in prober.probed
    assert ran.solution is not None
    assert ran.solution.probes is not None
    assert ran.solution.probes.reason == "the limit of 2 probes is reached"
    assert not ran.solution.is_optimal


def test_an_end_of_the_budget_leaves_what_passed() -> None:
    prober = since("2.0.1")
    ran = probed(made(), prober, limit=4)
    assert ran.pins == {"app": "1.0", "lib": "1.26.4"}
    assert outcome(ran) is ProbeOutcome.PASSED


def test_what_nobody_can_trace_is_given_up_after_a_few_probes() -> None:
    def rule(pins: Pins) -> ProbeResult:
        failure = Failure(step="script", error="NameError", message="name 'x' is not defined")
        return ProbeResult(verdict=Verdict.FAILED, failure=failure)

    prober = RuledProber(rule)
    ran = probed(made(), prober)
    assert outcome(ran) is ProbeOutcome.FAILED
    assert len(prober.probed) == 4
    assert ran.pins == {"app": "1.0", "lib": "2.3.5"}, "the best of those that failed"


def test_a_stack_of_which_nothing_can_be_known_is_not_called_good() -> None:
    def rule(pins: Pins) -> ProbeResult:
        failure = Failure(step="install", error="full-disk", message="no space left")
        return ProbeResult(verdict=Verdict.NOT_KNOWN, failure=failure)

    ran = probed(made(), RuledProber(rule))
    assert outcome(ran) is ProbeOutcome.NOT_KNOWN
    assert ran.solution is not None
    assert ran.solution.probes is not None
    assert ran.solution.probes.reason == "install: no space left"


def test_one_failure_behind_the_other_is_found_too() -> None:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib", "other"])
    for version in ("1.0", "2.0", "2.1", "3.0"):
        index.add("lib", version)
        index.add("other", version)

    def rule(pins: Pins) -> ProbeResult | None:
        if Version(pins["lib"]) >= Version("2.1"):
            return fails(pins, "app", "lib", where="app/one.py:3")
        if Version(pins["other"]) >= Version("3.0"):
            return fails(pins, "app", "other", where="app/two.py:9")
        return None

    ran = probed(index, RuledProber(rule))
    assert ran.pins == {"app": "1.0", "lib": "2.0", "other": "2.1"}
    assert outcome(ran) is ProbeOutcome.PASSED


def untraced(pins: Pins) -> ProbeResult:
    failure = Failure(step="script", error="AssertionError", message="wrong answer")
    return ProbeResult(verdict=Verdict.FAILED, failure=failure, python="3.11.7")


def risky() -> FakeIndex:
    """An application older than the series of one of its libraries, and others that are beside the point."""
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib", *(f"other{number}" for number in range(5))], uploaded_at=EARLY)
    for version in ("1.0", "1.1", "1.2"):
        index.add("lib", version, uploaded_at=EARLY)
    for version in ("2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8"):
        index.add("lib", version, uploaded_at=LATE)
    for number in range(5):
        for version in ("1.0", "1.1", "1.2"):
            index.add(f"other{number}", version, uploaded_at=EARLY)
    return index


EARLY, LATE = "2020-01-01T00:00:00Z", "2024-01-01T00:00:00Z"


def suspecting(prober: RuledProber) -> Run:
    weights = {"temporal-risk": 1}
    recommendation = msgspec.structs.replace(STABLE, weights={**STABLE.weights, **weights})
    about = msgspec.structs.replace(
        context(["app"], recommendation=recommendation), prober=stack_probes(prober)
    )
    return run(risky(), about, predictor=HillClimbing(), pair_steps=[TemporalRiskStep()])


def test_of_failures_that_nobody_can_trace_the_riskiest_pair_is_suspected() -> None:
    prober = RuledProber(lambda pins: untraced(pins) if Version(pins["lib"]) >= Version("2.0") else None)
    ran = suspecting(prober)
    assert outcome(ran) is ProbeOutcome.PASSED
    assert ran.pins is not None
    assert ran.pins["lib"] == "1.2"
    assert prober.versions("lib")[:2] == ["2.8", "1.2"]
    assert len(prober.probed) <= 6


def test_a_pair_is_cleared_where_a_stack_without_it_fails_alike() -> None:
    prober = RuledProber(lambda pins: untraced(pins) if pins["other3"] == "1.2" else None)
    ran = suspecting(prober)
    assert prober.versions("lib")[:2] == ["2.8", "1.2"], "the risky pair is suspected first"
    assert outcome(ran) in (ProbeOutcome.PASSED, ProbeOutcome.FAILED)
    assert len(prober.probed) <= 8


def test_a_wish_to_end_leaves_what_passed() -> None:
    interruption = Interruption()

    def rule(pins: Pins) -> ProbeResult | None:
        if len(prober.probed) == 5:
            interruption.ask(StoppedBy.INTERRUPTED)
        return since("2.0.0").rule(pins)

    prober = RuledProber(rule)
    about = msgspec.structs.replace(context(["app"]), prober=stack_probes(prober))
    ran = run(made(), about, predictor=HillClimbing(), interruption=interruption)
    assert ran.pins == {"app": "1.0", "lib": "1.26.4"}
    assert outcome(ran) is ProbeOutcome.PASSED
    assert len(prober.probed) == 5


def test_what_is_so_old_that_it_fails_for_a_reason_of_its_own_is_not_the_end() -> None:
    majors = [f"{major}.{minor}" for major in range(1, 13) for minor in range(4)]
    index = made(lib=majors)
    index.add("lib", "13.0rc1")

    def rule(pins: Pins) -> ProbeResult | None:
        if Version(pins["lib"]) >= Version("4.0"):
            return fails(pins, "app", "lib", where="app/new.py:1")
        if Version(pins["lib"]) < Version("3.0"):
            return fails(pins, "app", "lib", where="app/old.py:1")
        return None

    prober = RuledProber(rule)
    ran = probed(index, prober)
    assert ran.pins == {"app": "1.0", "lib": "3.3"}
    assert "13.0rc1" not in prober.versions("lib")
    assert len(prober.probed) <= 16
