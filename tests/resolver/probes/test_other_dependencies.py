"""Another release of what failed brings other projects: the search stands at these as well."""

from __future__ import annotations

import msgspec
from packaging.version import Version

from fakes.indexes.index import FakeIndex
from fakes.probing.probes import Pins, RuledProber, fails, stack_probes
from fakes.searching.runs import context, run
from fakes.searching.units import DrawnPairStep
from knowledge.probing.records import ProbeResult
from resolver.predictors.hill_climbing import HillClimbing


def test_an_older_series_that_needs_others_is_found() -> None:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib"])
    for minor in range(6):
        index.add("lib", f"2.{minor}", requires=["types"])
        index.add("lib", f"1.{minor}", requires=["green", "more"])
        for other in ("types", "green", "more"):
            index.add(other, f"1.{minor}")

    def rule(pins: Pins) -> ProbeResult | None:
        return fails(pins, "app", "lib") if Version(pins["lib"]) >= Version("2.0") else None

    prober = RuledProber(rule)
    about = msgspec.structs.replace(context(["app", "lib"]), prober=stack_probes(prober))
    ran = run(index, about, predictor=HillClimbing(), pair_steps=[DrawnPairStep()])
    assert ran.pins is not None
    assert Version(ran.pins["lib"]) < Version("2.0")
    assert {"green", "more"} < ran.pins.keys()
    assert "types" not in ran.pins
