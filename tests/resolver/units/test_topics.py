from __future__ import annotations

from collections.abc import Mapping

import pytest
from msgspec.structs import replace

from fakes.about.topics import TableSimilar, TableTopics
from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context, run, target
from resolver.context import Context
from resolver.predictors.hill_climbing import HillClimbing
from resolver.states.universe import Universe
from resolver.units.boots.topic import TopicBoot
from resolver.units.sieves.impostor import ImpostorSieve
from resolver.units.steps.topic import TopicStep
from resolver.units.verbs import Wrap
from resolver.units.wraps.alternatives import AlternativesWrap
from resolver.units.wraps.suspect_names import SuspectNamesWrap

BUILDS = ("2.0+cpu", "2.0+cu118", "2.1+cpu", "2.1+cu118", "2.1+cu121", "2.1+cu124", "2.1+rocm5.6")
NVIDIA = {"gpu_vendor": "nvidia", "cuda_max": "12.2"}
DEEP = {"nets": {"deep-learning": 0.9, "web": 0.1}, "shop": {"web": 0.9}}


def built(*names: str) -> FakeIndex:
    index = FakeIndex()
    for name in names:
        for version in BUILDS:
            index.add(name, version)
    index.add("shop", "1.0")
    return index


def asked(*names: str, topics: TableTopics | None = None, facts: Mapping[str, str] | None = None) -> Context:
    made = context(names, on=target(**facts or {}))
    return replace(made, topics=TableTopics(DEEP) if topics is None else topics, today="2026-11-22")


@pytest.mark.parametrize(
    ("names", "facts", "pin"),
    [
        (("nets",), NVIDIA, "2.1+cu121"),
        (("nets",), {"gpu_vendor": "nvidia"}, "2.1+cu124"),
        (("nets", "shop"), NVIDIA, "2.1+cu121"),
        (("nets",), {"gpu_vendor": "amd"}, "2.1+rocm5.6"),
        (("nets",), {"gpu_vendor": "intel"}, "2.1+rocm5.6"),
        (("nets",), {}, "2.1+rocm5.6"),
        (("nets==2.0",), NVIDIA, "2.0+cu118"),
        (("nets==2.1+cpu",), NVIDIA, "2.1+cpu"),
    ],
)
def test_a_stack_about_deep_learning_gets_builds_for_its_gpu(
    names: tuple[str, ...], facts: dict[str, str], pin: str
) -> None:
    found = run(built("nets"), asked(*names, facts=facts), predictor=HillClimbing()).pins
    assert found is not None
    assert found["nets"] == pin


def test_the_same_builds_are_left_alone_where_the_stack_is_about_something_else() -> None:
    topics = TableTopics({"nets": {"web": 0.9, "deep-learning": 0.1}})
    made = asked("nets", topics=topics, facts=NVIDIA)
    found = run(built("nets"), made, predictor=HillClimbing()).pins
    assert found == {"nets": "2.1+rocm5.6"}


def scores(step: TopicStep, made: Context, index: FakeIndex) -> dict[str, int]:
    project = Universe(MemoryKnowledge(index), made).project("nets")
    factors = {text: step.score(project, at, made) for at, text in enumerate(project.versions.texts)}
    return {text: factor.score or 0 for text, factor in factors.items() if factor is not None}


def test_builds_are_held_against_those_of_the_same_version_alone() -> None:
    index = built("nets")
    index.add("nets", "3.0+cpu")
    index.add("nets", "4.0")
    found = scores(TopicStep(loss=0.25), asked("nets", facts=NVIDIA), index)
    assert found.keys() == {"2.0+cpu", "2.1+cpu", "2.1+cu124", "2.1+rocm5.6"}
    assert set(found.values()) == {-250_000}


def test_the_step_takes_part_where_there_is_a_gpu_and_something_tells_topics() -> None:
    step = TopicStep()
    assert step.applies(asked("nets", facts=NVIDIA))
    assert step.applies(asked("nets", facts={"cuda_runtime": "12.1"}))
    assert not step.applies(asked("nets"))
    assert not step.applies(asked("nets", facts={"gpu_vendor": "none"}))
    assert not step.applies(replace(asked("nets", facts=NVIDIA), topics=None))


def remarks(made: Context) -> list[str]:
    return [remark.message for remark in TopicBoot().prepare(made)]


def test_the_character_is_the_mean_over_what_speaks() -> None:
    topics = TableTopics({"a": {"web": 0.9, "testing": 0.2}, "b": {"web": 0.5, "database": 0.7}})
    assert remarks(asked("a", "b", "silent", topics=topics)) == [
        "this stack is about web (0.70), database (0.35), by what 2 of 3 required projects say"
    ]


@pytest.mark.parametrize("table", [{}, {"a": {"web": 0.2}}, {"a": {}}])
def test_no_character_is_told_where_none_is_clear(table: Mapping[str, Mapping[str, float]]) -> None:
    assert remarks(asked("a", topics=TableTopics(table))) == []


SUMMARIES = {
    "requests": "Python HTTP for Humans.",
    "reqeusts": "Mines coins on the idle processors of a cluster",
}


def squatted() -> FakeIndex:
    index = FakeIndex()
    for name in ("reqeusts", "requests", "numpy"):
        index.add(name, "1.0", uploaded_at="2026-10-01T00:00:00Z")
    return index


def refused(made: Context, index: FakeIndex, sieve: ImpostorSieve) -> list[str]:
    project = Universe(MemoryKnowledge(index), made).project("reqeusts")
    return [refusal.reason.message for refusal in sieve.refuse(project, made)]


def test_strict_names_refuse_what_looks_like_a_popular_name() -> None:
    made = replace(asked("reqeusts", topics=TableTopics(summaries=SUMMARIES)), strict_names=True)
    assert ImpostorSieve().applies(made)
    (message,) = refused(made, squatted(), ImpostorSieve())
    assert "looks like requests" in message and "two letters swapped" in message
    assert refused(made, squatted(), ImpostorSieve(allowed=("reqeusts",))) == []
    assert run(squatted(), made).pins is None


def warnings(wrap: Wrap, index: FakeIndex, made: Context) -> dict[str, list[str]]:
    ran = run(index, made)
    assert ran.solution is not None
    found = wrap.explain(ran.solution.stack, made)
    return {name: [reason.message for reason in reasons] for name, reasons in found.items()}


def test_without_it_there_is_a_warning() -> None:
    topics = TableTopics(summaries=SUMMARIES)
    made = asked("reqeusts", "requests", "numpy", topics=topics)
    assert SuspectNamesWrap().applies(made) and not ImpostorSieve().applies(made)
    told = warnings(SuspectNamesWrap(), squatted(), made)
    assert told.keys() == {"reqeusts"}
    assert "is about something else" in told["reqeusts"][0]
    assert set(topics.asked) == {"reqeusts", "requests"}, "popular names cost no question"
    assert warnings(SuspectNamesWrap(allowed=("reqeusts",)), squatted(), made) == {}


def test_what_has_been_there_for_years_is_no_impostor() -> None:
    index = FakeIndex()
    for number in range(6):
        index.add("reqeusts", f"1.{number}", uploaded_at=f"2023-0{number + 1}-01T00:00:00Z")
    made = asked("reqeusts", topics=TableTopics(summaries=SUMMARIES))
    assert warnings(SuspectNamesWrap(), index, made) == {}


def test_names_are_suspected_where_nothing_tells_topics() -> None:
    made = replace(asked("reqeusts"), topics=None)
    assert warnings(SuspectNamesWrap(), squatted(), made).keys() == {"reqeusts"}


def left() -> FakeIndex:
    index = FakeIndex()
    index.add("old", "1.0", requires=["deep"], uploaded_at="2015-03-01T00:00:00Z")
    index.add("deep", "1.0", uploaded_at="2015-03-01T00:00:00Z")
    for name in ("inactive", "says", "fine"):
        index.add(name, "1.0", uploaded_at="2026-10-01T00:00:00Z")
    index.add("pulled", "1.0", uploaded_at="2026-10-01T00:00:00Z", yanked="leaks")
    return index


ALTERNATIVES = TableSimilar(
    {name: [("better", "shares: web"), ("other", "shares: http")] for name in ("old", "says", "fine", "deep")}
    | {"pulled": [("better", "shares: web")], "inactive": [("better", "shares: web")]}
)


def test_alternatives_are_named_for_what_is_given_up() -> None:
    topics = TableTopics(
        summaries={"says": "A client. DEPRECATED: use better", "fine": "A client"},
        classifiers={"inactive": ["Development Status :: 7 - Inactive"]},
    )
    made = replace(
        asked("old", "inactive", "says", "fine", "pulled==1.0", topics=topics), similar=ALTERNATIVES
    )
    index = left()
    assert warnings(AlternativesWrap(), index, made) == {
        "old": ["old has had no release since 2015-03-01; look at better, other (nothing was replaced)"],
        "inactive": ["inactive calls itself inactive; look at better (nothing was replaced)"],
        "says": ["says says of itself: deprecated; look at better, other (nothing was replaced)"],
        "pulled": ["pulled 1.0 was yanked; look at better (nothing was replaced)"],
    }
    assert warnings(AlternativesWrap(silent_years=50, most=1), index, made).keys() == {
        "inactive",
        "says",
        "pulled",
    }


def test_alternatives_change_no_pin() -> None:
    made = asked("old")
    with_index = replace(made, similar=ALTERNATIVES)
    assert run(left(), made).pins == run(left(), with_index).pins
    assert not AlternativesWrap().applies(made)
