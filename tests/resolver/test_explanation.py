"""Explanations: sentences that lead from what the index and the user say to the conclusion."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import context, run
from fakes.searching.universes import World, worlds
from resolver.advising.explanation import MOST_SENTENCES, explain
from resolver.context import Context
from resolver.states.incompatibilities import Depends, Derived, Incompatibility
from resolver.states.versions import ABSENT, bit

CONCLUSION = re.compile(r"your requirements cannot be met( together)?( \(\d+\))?\.$")


def explained(index: FakeIndex, asked: Context) -> list[str]:
    done = run(index, asked)
    assert done.failure is not None
    return explain(done.failure.proof, done.resolver.universe)


def index_of(*releases: tuple[str, str, list[str]]) -> FakeIndex:
    index = FakeIndex()
    for name, version, requires in releases:
        index.add(name, version, requires=requires)
    return index


def test_conflict_of_two_requirements() -> None:
    index = index_of(("app", "1", ["lib>=2"]), ("lib", "1", []), ("lib", "2", []))
    assert explained(index, context(["app", "lib<2"])) == [
        "Because app depends on lib>=2 and you require lib<2, app cannot be used.",
        "And because you require app, your requirements cannot be met together.",
    ]


def test_what_does_not_exist() -> None:
    index = index_of(("app", "1", ["nowhere"]), ("lib", "1", []), ("lib-two", "7", []))
    assert explained(index, context(["nowhere"]))[-1].startswith(
        "Because you require nowhere and the index has no project named nowhere, "
    )
    for asked, newest in (("lib>1", 1), ("Lib_Two>8", 7)):
        (sentence,) = explained(index, context(["lib", asked]))
        told = f"you require {asked} and there is no such release (the newest is {newest})"
        assert sentence == f"Because {told}, your requirements cannot be met."


def test_dependency_that_no_release_meets() -> None:
    index = index_of(("app", "1", ["lib>=9"]), ("lib", "1", []))
    told = explained(index, context(["app"]))
    assert "app depends on lib>=9 and lib has no such release" in told[0]


@pytest.mark.parametrize("name", ["e", "or", "releases", "lib"])
def test_extras_are_named_and_names_are_not_mangled(name: str) -> None:
    index = FakeIndex()
    for version in range(1, 10):
        index.add(name, str(version), extras={"more": ["dep>=2"] if version % 2 else ["dep>=3"]})
        index.add("dep", str(version))
    told = explained(index, context([f"{name}[more]", "dep<2"]))
    text = " ".join(told)
    assert f"5 releases of {name}[more] depends on dep>=2" in text
    assert f"4 releases of {name}[more]>=2,<=8 depends on dep>=3" in text
    assert text.count(f"{name}[more]") == sum(word.startswith(f"{name}[more]") for word in text.split())
    assert CONCLUSION.search(told[-1])


def test_refusals_are_facts() -> None:
    index = FakeIndex()
    index.add("lib", "1", yanked="it deletes files")
    index.add("lib", "2", requires_python=">=3.12")
    text = " ".join(explained(index, context(["lib"])))
    assert "lib==1 was yanked: it deletes files" in text
    assert "lib==2 needs Python >=3.12 (the target has 3.11.7)" in text


def test_runs_of_releases_are_told_as_ranges() -> None:
    index = index_of(
        *(("app", str(version), [f"lib>={3 if version < 4 else 4}"]) for version in range(1, 6)),
        *(("lib", str(version), []) for version in range(1, 5)),
    )
    told = explained(index, context(["app", "lib<3"]))
    assert set(re.findall(r"app[<>=]=\S* depends on lib[>=\d]+", " ".join(told))) == {
        "app<=3 depends on lib>=3",
        "app>=4 depends on lib>=4",
    }
    assert CONCLUSION.search(told[-1])


def test_long_proofs_are_cut_in_the_middle() -> None:
    count = 3 * MOST_SENTENCES
    index = FakeIndex()
    for number in range(count):
        index.add(f"p{number}", "1", requires=[f"p{number + 1}"])
        index.add(f"p{number}", "2", requires=[f"p{number + 1}", "q<2"])
    index.add(f"p{count}", "1", requires=["q>=2"])
    index.add("q", "1")
    index.add("q", "2")
    told = explained(index, context(["p0", "q<2"]))
    assert len(told) == MOST_SENTENCES + 1
    assert re.fullmatch(r"… \(\d+ more steps of the same kind\)", told[MOST_SENTENCES // 2])
    assert CONCLUSION.search(told[-1])


def test_conclusion_that_is_used_twice_gets_a_number() -> None:
    """The derivation is made by hand: searches of this size hardly ever use a conclusion twice."""
    index = index_of(("a", "1", []), ("b", "1", []), ("c", "1", []))
    universe = run(index, context(["a", "b", "c"])).resolver.universe
    a, b, c = (universe.projects[name].variable for name in "abc")
    here = bit(0)

    def needs(name: str, other: str) -> Incompatibility:
        masks = {universe.projects[name].variable: here, universe.projects[other].variable: ABSENT}
        return Incompatibility(masks, Depends(name, None, other, ""))

    shared = Incompatibility({a: here}, Derived(needs("a", "b"), needs("a", "c"), b))
    left = Incompatibility({b: here}, Derived(shared, needs("b", "a"), a))
    right = Incompatibility({c: here}, Derived(needs("c", "a"), shared, a))
    assert explain(Incompatibility({}, Derived(left, right, b)), universe) == [
        "Because a depends on b and a depends on c, a cannot be used (1).",
        "And because c depends on a, c cannot be used.",
        "Because a cannot be used (1) and b depends on a, b cannot be used.",
        "And because c cannot be used, your requirements cannot be met together.",
    ]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_every_explanation_ends_in_the_conclusion_and_refers_backwards(world: World) -> None:
    done = run(world.index(), world.context())
    if done.failure is None:
        return
    told = explain(done.failure.proof, done.resolver.universe)
    assert CONCLUSION.search(told[-1])
    assert len(told) <= MOST_SENTENCES + 1
    assert told[0].startswith("Because ")
    if any(sentence.startswith("… ") for sentence in told):
        return
    numbers: list[str] = []
    for sentence in told:
        assert sentence.startswith(("Because ", "And because "))
        body, _, conclusion = sentence.rpartition(", ")
        assert set(re.findall(r"\((\d+)\)", body)) <= set(numbers)
        numbers += re.findall(r"\((\d+)\)\.$", conclusion)
    assert numbers == [str(number + 1) for number in range(used_twice(done.failure.proof))]


def used_twice(proof: Incompatibility) -> int:
    """How many conclusions the derivation of a proof rests on more than once."""
    uses: Counter[Incompatibility] = Counter()
    pending = [proof]
    while pending:
        cause = pending.pop().cause
        for parent in (cause.left, cause.right) if isinstance(cause, Derived) else ():
            uses[parent] += 1
            if uses[parent] == 1:
                pending.append(parent)
    return sum(count > 1 for used, count in uses.items() if isinstance(used.cause, Derived))
