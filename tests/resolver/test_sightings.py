"""How far what was seen carries on a target."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from fakes.probing.observed import environment, failed, passed, release
from images.facts.environment import RuntimeEnvironment
from knowledge.observations.record import Observation, ObservationKind
from resolver.observed.sightings import Depth, Judge, Sighting, depth_of

PAIR = (release("a==1"), release("b==2"))
STACK = "a==1 b==2 c==3"
PROGRAM = f"sha256:{'1' * 64}"
OTHER_PROGRAM = f"sha256:{'2' * 64}"
TRUST = {None: 1.0, "ann": 0.5, "bob": 0.25}


def judged(
    *seen: Observation, on: RuntimeEnvironment | None = None, script: str | None = PROGRAM
) -> Sighting:
    judge = Judge(on or environment(), script, lambda origin: TRUST[origin])
    failures = [one for one in seen if one.blame]
    return judge.judged(failures[0].blame, failures, seen)


def seen_to_fail(**how: object) -> Observation:
    return replace(failed(STACK, "a==1 b==2"), **how)


BROKEN = seen_to_fail()
ABSENT = "libGL.so.1: cannot open shared object file: No such file or directory"


@pytest.mark.parametrize(
    "failure",
    [
        BROKEN,
        failed(STACK, "a==1 b==2", kind=ObservationKind.TEST, step="import a"),
        replace(failed(STACK, "a==1 b==2", kind=ObservationKind.TEST, step="script"), script=PROGRAM),
        failed(STACK, "a==1 b==2", kind=ObservationKind.INSTALL, step="install"),
        failed(STACK, "a==1 b==2", error="ModuleNotFoundError"),
        failed(STACK, "a==1", error="SyntaxError"),
        failed(STACK, "a==1 b==2", error="SIGSEGV"),
        failed(STACK, "a==1", kind=ObservationKind.BUILD, step="build", error="missing-header"),
    ],
)
def test_what_this_user_saw_in_a_like_environment_is_certain(failure: Observation) -> None:
    assert judged(failure).is_certain
    assert judged(failure).doubt == 1.0


@pytest.mark.parametrize(
    ("failure", "on"),
    [
        (BROKEN, environment(python_version="3.12.0")),
        (BROKEN, environment(python_implementation="pypy")),
        (BROKEN, environment(os_kernel="darwin")),
        (BROKEN, environment(arch="aarch64")),
        (BROKEN, environment(libc_name="musl")),
        (BROKEN, RuntimeEnvironment()),
        (seen_to_fail(environment=RuntimeEnvironment()), environment()),
        (seen_to_fail(environment=environment(python_abi="cp311t")), environment(python_abi="cp311")),
        (failed(STACK, "a==1 b==2", kind=ObservationKind.TEST, step="script"), environment()),
        (failed(STACK, "a==1 b==2", error="timeout"), environment()),
        (failed(STACK, "a==1 b==2", error="SIGILL"), environment(cpu_flags="avx2")),
        (failed(STACK, "a==1", message=ABSENT), environment()),
        (failed(STACK, "a==1", kind=ObservationKind.BUILD, step="build"), environment(compiler_c="gcc 12")),
    ],
)
def test_what_was_seen_elsewhere_or_of_something_else_counts_half(
    failure: Observation, on: RuntimeEnvironment
) -> None:
    found = judged(failure, on=on)
    assert (found.is_certain, found.doubt) == (False, 0.5)


def test_facts_that_do_not_matter_may_differ() -> None:
    assert judged(
        BROKEN, on=environment(python_version="3.11.2", libc_version="2.17", cpu_flags="x")
    ).is_certain
    alike = environment(libraries="libc.so.6")
    absent = replace(failed(STACK, "a==1", message=ABSENT), environment=alike)
    assert judged(absent, on=alike).is_certain


def test_one_release_that_misses_a_module_is_not_at_fault_for_certain() -> None:
    found = judged(failed(STACK, "a==1", error="ModuleNotFoundError"))
    assert (found.is_certain, found.doubt) == (False, 1.0)


@pytest.mark.parametrize(
    ("other", "contradicts"),
    [
        (passed(STACK), True),
        (passed("a==1 b==2"), True),
        (passed(STACK, kind=ObservationKind.TEST), True),
        (passed("a==1 b==3"), False),
        (passed(STACK, kind=ObservationKind.INSTALL), False),
        (passed(STACK, kind=ObservationKind.BUILD), False),
        (replace(passed(STACK), roots=("a", "c")), True),
        (replace(passed(STACK), roots=("c",)), False),
    ],
)
def test_what_went_well_contradicts_where_it_tried_as_much(other: Observation, contradicts: bool) -> None:
    found = judged(BROKEN, other)
    assert found.is_certain is not contradicts
    assert (found.doubt, found.passes) == ((0.5, (other,)) if contradicts else (1.0, ()))


def test_only_the_same_program_contradicts_a_program() -> None:
    broken = replace(failed(STACK, "a==1 b==2", kind=ObservationKind.TEST, step="script"), script=PROGRAM)
    ran = replace(passed(STACK, kind=ObservationKind.TEST), script=PROGRAM)
    assert judged(broken, passed(STACK), replace(ran, script=OTHER_PROGRAM)).is_certain
    assert not judged(broken, ran).is_certain
    assert not judged(broken, script=OTHER_PROGRAM).is_certain


def test_what_went_well_elsewhere_lowers_no_certainty() -> None:
    assert judged(BROKEN, passed(STACK, where=environment(python_version="3.12.0"))).is_certain


def test_others_are_never_certain_and_clear_nothing() -> None:
    assert judged(BROKEN, passed(STACK, origin="ann")).is_certain
    found = judged(replace(BROKEN, origin="ann"))
    assert (found.is_certain, found.doubt) == (False, 0.5)


def test_each_origin_has_one_voice() -> None:
    shouted = [
        replace(BROKEN, origin="ann", created_at=f"2026-01-{day:02}T00:00:00Z") for day in range(1, 30)
    ]
    assert judged(*shouted).doubt == 0.5
    assert judged(*shouted, replace(BROKEN, origin="bob")).doubt == 1 - 0.5 * 0.75
    assert judged(shouted[0], passed(STACK, origin="ann")).doubt == 0.25
    elsewhere = replace(BROKEN, environment=environment(arch="aarch64"))
    assert judged(elsewhere, *shouted).doubt == 0.75


def test_what_carries_furthest_is_told_first() -> None:
    elsewhere = seen_to_fail(environment=environment(arch="aarch64"))
    later = seen_to_fail(created_at="2026-05-01T00:00:00Z")
    foreign = seen_to_fail(origin="ann")
    assert judged(foreign, elsewhere, BROKEN, later).failures == (later, BROKEN, elsewhere, foreign)


def test_the_depth_of_a_test_is_where_it_failed() -> None:
    steps = {
        "build": Depth.BUILD,
        "install": Depth.INSTALL,
        "import a.b": Depth.IMPORT,
        "script": Depth.PROGRAM,
    }
    for step, depth in steps.items():
        assert depth_of(failed(STACK, "a==1", kind=ObservationKind.TEST, step=step)) is depth
    assert depth_of(passed(STACK, kind=ObservationKind.TEST)) is Depth.PROGRAM
    assert depth_of(passed(STACK)) is Depth.IMPORT
