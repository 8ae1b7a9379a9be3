from __future__ import annotations

from itertools import product

import msgspec

from fakes.probing.probers import verdict
from fakes.searching.terrains import release
from knowledge.observations.record import Failure
from knowledge.probing.records import ImportedModule, ProbeResult, Verdict
from resolver.monkey.blaming import Basis, Blame, Sureness, blamed
from resolver.monkey.executor import not_known
from resolver.monkey.incompatibilities import incompatibilities
from resolver.monkey.kinds import Outcome

FAILURE = Failure(step="import a", error="ImportError", message="no triu")


def outcomes(
    *fails: tuple[str, ...], is_blamed: bool = False, stacks: list[str] | None = None
) -> list[Outcome]:
    """What comes of every stack of two releases each of three projects, or of those that are named."""
    every = stacks or [f"a=={a} b=={b} c=={c}" for a, b, c in product("123", repeat=3)]
    return [
        Outcome(
            str(n), frozenset(map(release, one.split())), verdict(one.split(), fails, is_blamed=is_blamed)
        )
        for n, one in enumerate(every)
    ]


def names(found: Blame) -> list[str]:
    return [" ".join(map(str, one.releases)) for one in found.culprits]


def test_a_pair_is_found_where_nobody_blames_it() -> None:
    found = blamed(outcomes(("a==1", "b==2")))
    assert names(found) == ["a==1 b==2"]
    (culprit,) = found.culprits
    assert (culprit.basis, culprit.sureness, culprit.count) == (Basis.SAMPLES, Sureness.CERTAIN, 3)
    assert {str(one) for one in culprit.isolated} == {"a==1", "b==2"}


def test_a_release_that_never_works_is_blamed_alone() -> None:
    found = blamed(outcomes(("b==3",)))
    assert names(found) == ["b==3"]
    assert found.culprits[0].count == 9


def test_two_pairs_are_told_apart_by_their_failures() -> None:
    found = blamed(outcomes(("a==1", "b==2"), ("b==1", "c==3")))
    assert sorted(names(found)) == ["a==1 b==2", "b==1 c==3"]


def test_two_pairs_that_fail_alike_are_found_as_well() -> None:
    every = outcomes(("a==1", "b==2"), ("b==1", "c==3"))
    failure = next(one.result for one in every if one.result.verdict is Verdict.FAILED)
    alike = [
        Outcome(one.id, one.releases, failure if one.result.verdict is Verdict.FAILED else one.result)
        for one in every
    ]
    assert sorted(names(blamed(alike))) == ["a==1 b==2", "b==1 c==3"]


def test_the_word_of_a_probe_counts_unless_the_pair_passes_elsewhere() -> None:
    said = outcomes(("a==1", "b==2"), is_blamed=True, stacks=["a==1 b==2 c==1", "a==2 b==2 c==1"])
    found = blamed(said)
    assert names(found) == ["a==1 b==2"]
    assert (found.culprits[0].basis, found.culprits[0].sureness) == (Basis.PROBE, Sureness.CERTAIN)
    assert [str(one) for one in found.culprits[0].isolated] == ["a==1"]

    wrong = [
        Outcome("x", frozenset(map(release, ["a==1", "b==2", "c==3"])), said[0].result),
        *outcomes(stacks=["a==1 b==2 c==1", "a==2 b==1 c==3", "a==1 b==1 c==3"]),
    ]
    found = blamed(wrong)
    assert [" ".join(map(str, one)) for one in found.exonerated] == ["a==1 b==2"]
    assert names(found) == ["b==2 c==3"]  # no other pair of that stack is in none that passed


def test_what_several_would_explain_is_only_possible_and_told() -> None:
    few = outcomes(
        ("a==1", "b==2"), stacks=["a==1 b==2 c==3", "a==1 b==1 c==1", "a==2 b==2 c==2", "a==2 b==1 c==3"]
    )
    (culprit,) = blamed(few).culprits
    assert culprit.sureness is Sureness.POSSIBLE
    told = {culprit.releases, *culprit.others}
    assert {" ".join(map(str, one)) for one in told} == {"a==1 b==2", "a==1 c==3", "b==2 c==3"}
    assert blamed(few).of("0", few[0].result.failure) == ()  # not sure enough to be kept


def test_what_asks_for_what_failed_is_likelier() -> None:
    few = outcomes(
        ("b==2", "c==3"), stacks=["a==1 b==2 c==3", "a==1 b==1 c==1", "a==2 b==2 c==2", "a==2 b==1 c==3"]
    )
    (culprit,) = blamed(few, [("b", "c")]).culprits
    assert " ".join(map(str, culprit.releases)) == "b==2 c==3"


def test_what_takes_three_is_said_to_be_unexplained() -> None:
    found = blamed(outcomes(("a==1", "b==2", "c==3")))
    assert names(found) == []
    assert len(found.unexplained) == 1


def test_what_was_not_known_says_nothing() -> None:
    every = outcomes(("a==1", "b==2"))
    lost = [
        Outcome(one.id, one.releases, not_known("worker-died", "x"))
        if one.result.verdict is Verdict.FAILED
        else one
        for one in every
    ]
    found = blamed(lost)
    assert (found.culprits, found.unexplained) == ((), ())


def test_releases_that_fail_alike_are_one_incompatibility() -> None:
    every = [
        Outcome(one.id, one.releases, msgspec.structs.replace(one.result, failure=FAILURE))
        if one.result.verdict is Verdict.FAILED
        else one
        for one in outcomes(*((f"a=={a}", f"b=={b}") for a in "12" for b in "23"), is_blamed=True)
    ]
    (found,) = incompatibilities(blamed(every).culprits, every)
    assert found.count == 12
    assert [str(span) for span in found.failing] == ["a 1 to 2", "b 2 to 3"]
    assert str(found.passing) == "b 1"
    assert found.sureness is Sureness.CERTAIN


def test_a_failure_that_hides_others_is_looked_behind() -> None:
    """Where one release makes most stacks fail, imports of their parts tell what else does."""
    hidden = ("b==1", "c==3")
    every = []
    for one in outcomes(stacks=[f"a=={a} b=={b} c=={c}" for a, b, c in product("12", "12", "123")]):
        have = {str(release) for release in one.releases}
        first = verdict(have, [("a==1",)]).failure
        behind = (
            Failure(step="import c", error="ValueError", message="too much") if set(hidden) <= have else None
        )
        modules = (
            ImportedModule(module="a", project="a", failure=first or behind),
            ImportedModule(module="c", project="c", is_demanded=False, failure=behind),
        )
        failure = first or behind
        result = ProbeResult(
            verdict=Verdict.FAILED if failure else Verdict.PASSED, failure=failure, modules=modules
        )
        every.append(Outcome(one.id, one.releases, result))
    found = blamed(every)
    assert sorted(names(found)) == ["a==1", "b==1 c==3"]
    assert {one.count for one in found.culprits} == {6, 2}


def test_who_imports_what_fails_by_itself_is_not_to_blame() -> None:
    """Release 2 of b fails beside release 1 of c; a only imports it, and the probe names a."""
    every = []
    for one in outcomes(stacks=["a==1 b==2 c==1", "a==2 b==2 c==1", "a==1 b==1 c==1", "a==3 b==2 c==2"]):
        have = {release.project: release for release in one.releases}
        result = verdict(set(map(str, one.releases)), [("b==2", "c==1")])
        if result.failure is not None:
            failure = msgspec.structs.replace(result.failure, where="b/__init__.py:3")
            modules = (ImportedModule(module="b", project="b", failure=failure),)
            result = msgspec.structs.replace(
                result, failure=failure, blame=(have["a"], have["b"]), modules=modules
            )
        every.append(Outcome(one.id, one.releases, result))
    (culprit,) = blamed(every).culprits
    assert " ".join(map(str, culprit.releases)) == "b==2 c==1"
    assert culprit.basis is Basis.SAMPLES
