"""What was observed, kept and found again."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fakes.probing.observed import MOMENT, TOOL, environment, failed, passed, release
from knowledge.observations.checked import UnfitObservationError, checked
from knowledge.observations.known import (
    KnownObservations,
    every_record,
    identifier,
    keep_observations,
    keep_verdicts,
    rows,
)
from knowledge.observations.record import Measurement, Observation, ObservationKind, Outcome
from knowledge.observations.verdicts import VerdictCheck, counted, wilson
from knowledge.stores.locations import open_store
from knowledge.stores.store import MEMORY, WORKING, Kind, ObservationRow, PackRow, Store

FAILED = failed("a==1 b==2 c==3", "a==1 b==2")
PASSED = passed("a==1 b==1 c==3")


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(MEMORY)
    yield opened
    opened.close()


def test_an_observation_is_found_by_every_project_that_it_is_about(store: Store) -> None:
    assert not store.has_observations(WORKING)
    assert keep_observations([FAILED, PASSED], store) == 2
    known = KnownObservations(store)
    assert store.has_observations(WORKING)
    for project in "abc":
        assert sorted(known.of([project])[project], key=repr) == sorted([FAILED, PASSED], key=repr)
    assert known.failures("abcd") == {"a": [FAILED], "b": [FAILED], "c": (), "d": ()}


def test_the_same_observation_is_kept_once_and_a_stack_is_one_record(store: Store) -> None:
    stack = passed(" ".join(f"p{number}==1" for number in range(60)))
    keep_observations([stack, stack], store)
    keep_observations([stack], store)
    assert [(each.kind, each.rows) for each in store.contents()] == [(Kind.OBSERVATIONS, 1)]
    assert len(list(every_record(store))) == 1
    assert len(list(rows(stack))) == 60


def test_what_a_user_keeps_is_the_users_own(store: Store) -> None:
    keep_observations([replace(FAILED, origin="somebody")], store)
    assert KnownObservations(store).of("a")["a"] == [FAILED]


def test_names_and_times_are_brought_to_one_form() -> None:
    crooked = replace(
        FAILED,
        subject=(release("A==1.0.0"), release("My_B==2.0RC1")),
        blame=(release("a==1.0"), release("my.b==2.0.rc1")),
        created_at="2026-01-02T05:04:05.7+02:00",
    )
    with pytest.raises(UnfitObservationError, match="not about"):
        checked(replace(crooked, blame=(release("c==1"),)))
    crooked = replace(crooked, subject=(release("A==1.0"), release("My_B==2.0RC1")))
    straight = checked(crooked)
    assert straight.subject == straight.blame == (release("a==1.0"), release("my-b==2.0rc1"))
    assert straight.created_at == MOMENT
    assert checked(straight) == straight


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"subject": (), "blame": ()}, "about no release"),
        ({"subject": (release("a b==1"),), "blame": ()}, "no name"),
        ({"subject": (release("a==one"),), "blame": ()}, "no version"),
        ({"subject": (release(f"a=={'9' * 5000}"),), "blame": ()}, "no version"),
        ({"subject": (release("a==1"),) * 3000}, "3,000 releases"),
        ({"blame": (release("a==1"),) * 3}, "3 blamed releases"),
        ({"outcome": Outcome.PASSED}, "nothing failed"),
        ({"kind": ObservationKind.BENCHMARK}, "no figure"),
        ({"value": float("nan")}, "no number"),
        ({"value": float("inf")}, "no number"),
        ({"created_at": "yesterday"}, "no time"),
        ({"created_at": "9999-12-31T23:59:59-12:00"}, "no time"),
        ({"created_at": "2026-06-01T00:00:00Z"}, "not come yet"),
        ({"environment": environment(**{f"f{n}": "1" for n in range(300)})}, "too many facts"),
        ({"environment": environment(**{"a b": "1"})}, "proper names"),
    ],
)
def test_what_can_say_nothing_is_refused(changed: dict[str, object], why: str) -> None:
    seconds = 1_769_000_000  # January 2026
    with pytest.raises(UnfitObservationError, match=why):
        checked(replace(FAILED, **changed), now=seconds)
    assert checked(FAILED, now=seconds) == FAILED


def test_texts_are_short_and_steer_no_terminal() -> None:
    loud = failed("a==1 b==2", "a==1", message="\x1b[31m" + "x" * 10_000, error="E\n")
    found = checked(loud).failure
    assert found is not None
    assert (found.message, found.error) == ("?[31m" + "x" * 1995, "E?")


def test_of_what_several_tell_ones_own_stays_else_what_is_trusted_most(store: Store) -> None:
    store.keep_pack(PackRow("doubted", "", 100, 0))
    store.keep_pack(PackRow("trusted", "", 900, 0))
    foreign = [replace(FAILED, origin=origin) for origin in ("doubted", "trusted", "unknown")]
    store.keep_observations(row for one in foreign for row in rows(one))
    known = KnownObservations(store)
    assert [one.origin for one in known.of("a")["a"]] == ["trusted"]
    assert [known.trust(origin) for origin in (None, "doubted", "unknown")] == [1.0, 0.1, 0.0]
    keep_observations([FAILED], store)
    assert [one.origin for one in KnownObservations(store).of("a")["a"]] == [None]
    assert len(list(every_record(store))) == 4


def test_of_a_benchmark_the_measured_release_counts_alone(store: Store) -> None:
    measurement = Measurement(
        benchmark="x", stands_for=(), session="s", processes=5, minimum=1.0, spread=1.0, load=0.0
    )
    figure = replace(
        PASSED,
        kind=ObservationKind.BENCHMARK,
        outcome=Outcome.MEASURED,
        value=1.0,
        unit="s",
        measurement=measurement,
    )
    keep_observations([figure], store)
    assert store.observations("abc", ["benchmark"]).keys() == {"a"}
    assert KnownObservations(store).of("abc") == {"a": (), "b": (), "c": ()}


def check(pair: str, *, confirmed: bool, origin: str | None = None, at: str = MOMENT) -> VerdictCheck:
    from analyzers.evidence import Confidence

    dependent, dependency = map(release, pair.split())
    return VerdictCheck(
        dependent=dependent,
        dependency=dependency,
        instrument="imports",
        confidence=Confidence.CERTAIN,
        confirmed=confirmed,
        created_at=at,
        tool=TOOL,
        origin=origin,
    )


def test_verdicts_are_counted_once_for_each_pair_by_the_last_check(store: Store) -> None:
    checks = [
        check("a==1 b==2", confirmed=False),
        check("a==1 b==2", confirmed=True, at="2026-02-01T00:00:00Z"),
        check("a==1 b==3", confirmed=True),
        check("a==1 b==4", confirmed=False),
    ]
    assert keep_verdicts([*checks, checks[0]], store) == 5
    foreign = check("a==1 b==5", confirmed=True, origin="them")
    store.keep_observations(rows(foreign))
    found = [each for each in every_record(store) if isinstance(each, VerdictCheck)]
    assert len(found) == 5
    own, theirs = counted(found)
    assert (own.instrument, own.is_foreign, own.confirmed, own.refuted, own.share) == (
        "imports", False, 2, 1, 0.6667,
    )  # fmt: skip
    assert (theirs.is_foreign, theirs.confirmed, theirs.refuted) == (True, 1, 0)
    assert not store.has_observations(WORKING)


def test_the_interval_is_that_of_wilson() -> None:
    """Source: the figures of Newcombe 1998, table I, method 3, for 81/263 and 15/148."""
    for successes, trials, low, high in [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605)]:
        assert tuple(round(each, 4) for each in wilson(successes, trials)) == (low, high)
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 20)[0] == 0.0
    assert wilson(20, 20)[1] == 1.0


RECORDS = st.builds(
    failed,
    st.just("a==1 b==2 c==3"),
    st.sampled_from(["", "a==1", "a==1 b==2"]),
    message=st.text(max_size=20),
    error=st.text(max_size=5),
)


@given(RECORDS)
def test_what_was_checked_is_itself_and_is_told_apart_by_its_content(record: Observation) -> None:
    found = checked(record)
    assert checked(found) == found
    assert identifier(found) == identifier(replace(found, origin="them"))
    assert (identifier(found) == identifier(FAILED)) == (found == FAILED)


def test_what_was_damaged_in_the_store_is_passed_over() -> None:
    store = open_store(MEMORY)
    good, bad = passed("a==1 b==1"), replace(passed("c==1"), created_at="2026\x0011-27")
    keep_observations([good], store)
    payload = msgspec.msgpack.encode(bad)
    store.keep_observations([ObservationRow("import", "c", "0", 1, payload)])
    store.keep_observations([ObservationRow("import", "c", "1", 1, b"\x81\xa1a\xa2\xff\xfe")])
    assert list(every_record(store)) == [good]
    store.close()
