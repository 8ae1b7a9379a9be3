"""What probes show of static verdicts, and what becomes of one that was wrong."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.evidence import Confidence
from fakes.indexes.index import FakeIndex
from fakes.probing.probes import PaperImports, RuledProber, fails, stack_probes
from fakes.searching.runs import Run, context, run
from resolver.predictors.hill_climbing import HillClimbing
from resolver.probes.records import ProbeOutcome, Probes
from resolver.units.strides.imports import ImportsStride

CERTAIN, LIKELY, POSSIBLE = Confidence


def advised(prober: RuledProber, sure: Mapping[str, Confidence]) -> Run:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib"])
    for version in ("1.0", "1.1", "2.0", "3.0"):
        index.add("lib", version)
    about = msgspec.structs.replace(
        context(["app"]), prober=stack_probes(prober), imports=PaperImports("app", "lib", sure)
    )
    return run(index, about, strides=[ImportsStride()], predictor=HillClimbing())


def probes(ran: Run) -> Probes:
    assert ran.solution is not None
    assert ran.solution.probes is not None
    return ran.solution.probes


def checked(ran: Run) -> list[tuple[str, Confidence, bool]]:
    return [(str(each.dependency), each.confidence, each.confirmed) for each in probes(ran).checked]


def test_a_stack_that_passes_refutes_what_was_doubted() -> None:
    prober = RuledProber(lambda pins: None)
    ran = advised(prober, {"3.0": LIKELY})
    assert checked(ran) == [("lib==3.0", LIKELY, False)]
    assert prober.versions("lib") == ["3.0"]


def test_a_stack_that_fails_confirms_what_was_said_of_the_pair_it_was_traced_to() -> None:
    prober = RuledProber(lambda pins: fails(pins, "app", "lib") if pins["lib"] == "3.0" else None)
    ran = advised(prober, {"3.0": POSSIBLE})
    assert checked(ran) == [("lib==3.0", POSSIBLE, True)]
    assert ran.pins == {"app": "1.0", "lib": "2.0"}


def test_a_failure_of_something_else_says_nothing() -> None:
    prober = RuledProber(lambda pins: fails(pins, "lib") if pins["lib"] == "3.0" else None)
    assert checked(advised(prober, {"3.0": POSSIBLE})) == []


def test_a_certain_verdict_is_tried_when_a_stack_has_passed() -> None:
    prober = RuledProber(lambda pins: fails(pins, "app", "lib") if pins["lib"] >= "2" else None)
    ran = advised(prober, {"2.0": CERTAIN, "3.0": CERTAIN})
    assert ran.pins == {"app": "1.0", "lib": "1.1"}
    assert prober.versions("lib") == ["1.1", "3.0"]
    assert checked(ran) == [("lib==3.0", CERTAIN, True)]
    assert [probe.is_check for probe in probes(ran).probes] == [False, True]


def test_a_certain_verdict_that_was_wrong_is_lifted() -> None:
    prober = RuledProber(lambda pins: None)
    ran = advised(prober, {"2.0": CERTAIN, "3.0": CERTAIN})
    assert ran.pins == {"app": "1.0", "lib": "3.0"}
    assert prober.versions("lib") == ["1.1", "3.0"]
    assert checked(ran) == [("lib==3.0", CERTAIN, False)]
    assert probes(ran).outcome is ProbeOutcome.PASSED
    assert ran.solution is not None
    assert ran.solution.is_optimal
