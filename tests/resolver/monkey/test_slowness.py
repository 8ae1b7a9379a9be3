from __future__ import annotations

from fakes.searching.terrains import release
from knowledge.observations.record import Failure
from knowledge.probing.records import ImportedModule, ProbeResult, Verdict
from resolver.monkey.kinds import Outcome
from resolver.monkey.slowness import slow_imports


def outcome(number: int, version: str, wall_s: float, failure: Failure | None = None) -> Outcome:
    module = ImportedModule(module="lib", project="lib", wall_s=wall_s, failure=failure)
    result = ProbeResult(verdict=Verdict.PASSED, modules=(module,))
    return Outcome(str(number), frozenset([release(f"lib=={version}")]), result)


def outcomes(times: dict[str, list[float]]) -> list[Outcome]:
    flat = [(version, wall_s) for version, several in times.items() for wall_s in several]
    return [outcome(number, version, wall_s) for number, (version, wall_s) in enumerate(flat)]


def test_a_release_that_is_slow_beside_the_others_is_told() -> None:
    times = {"1": [0.2, 0.21], "2": [0.19, 0.2], "3": [0.9, 0.95, 1.0], "4": [0.22, 0.2]}
    (slow,) = slow_imports(outcomes(times))
    assert (str(slow.release), slow.wall_s, slow.others_s) == ("lib==3", 0.95, 0.205)
    assert (slow.probes, slow.releases) == (3, 3)


def test_noise_single_probes_and_short_times_are_no_slowness() -> None:
    noisy = {"1": [0.2, 0.6], "2": [0.7, 0.3], "3": [0.5, 0.9], "4": [0.2, 1.2]}
    assert not slow_imports(outcomes(noisy))
    assert not slow_imports(outcomes({"1": [0.2, 0.2], "2": [0.2, 0.2], "3": [0.2, 0.2], "4": [2.0]}))
    assert not slow_imports(outcomes({"1": [0.01] * 2, "2": [0.01] * 2, "3": [0.04] * 2, "4": [0.01] * 2}))
    assert not slow_imports(outcomes({"1": [0.2, 0.2], "2": [0.9, 0.9]}))


def test_what_was_imported_before_or_failed_does_not_count() -> None:
    """A module that another one has imported already takes no time: that is no speed."""
    before = {"1": [0.0, 0.0], "2": [0.0, 0.0], "3": [0.3, 0.3], "4": [0.0, 0.0]}
    assert not slow_imports(outcomes(before))
    failure = Failure(step="import lib", error="ImportError")
    failed = [outcome(9 + n, "5", 3.0, failure) for n in range(3)]
    fast = {version: [0.2, 0.2] for version in "1234"}
    assert not slow_imports([*outcomes(fast), *failed])
