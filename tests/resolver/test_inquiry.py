from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from analyzers.reports import Tool
from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from knowledge.transport.statistics import Traffic
from resolver.advising.advise import advise
from resolver.advising.inquiry import Answer, Question, Trial, answered, read_question, tried, why_not
from resolver.context import Context
from resolver.errors import InputError
from resolver.outputs.answers import answer_text
from resolver.reports.advice import Advice, Status
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution
from resolver.units.registry import UNITS

Inspect = Callable[[Resolver, Solution | None], None]


def advice_on(index: FakeIndex, asked: Context, inspect: Inspect | None = None) -> Advice:
    return advise(
        asked,
        MemoryKnowledge(index),
        UNITS,
        tool=Tool(name="test", version="0"),
        traffic=Traffic(),
        created_at="2026-01-01T00:00:00Z",
        elapsed_s=lambda: 0.0,
        inspect=inspect,
    )


def answer(index: FakeIndex, asked: Context, question: str) -> Answer:
    read = read_question(question)
    runs: list[tuple[Resolver, Solution | None]] = []
    advice = advice_on(index, asked, lambda *ended: runs.append(ended))
    resolver, solution = runs[0]
    return answered(read, advice, resolver, solution.stack if solution else None)


def trial(index: FakeIndex, asked: Context, question: str) -> Trial | None:
    read = read_question(question)
    runs: list[tuple[Resolver, Solution | None]] = []
    advice = advice_on(index, asked, lambda *ended: runs.append(ended))
    resolver, solution = runs[0]
    assert solution is not None
    rejection = why_not(read, resolver, solution.stack)
    if rejection is None:
        return None
    limited = replace(asked, constraints=(*asked.constraints, read.constraint))
    return tried(rejection, advice, advice_on(index, limited))


@pytest.fixture
def index() -> FakeIndex:
    index = FakeIndex()
    windows, extra = 'winlib; sys_platform == "win32"', "lib>=9; extra == 'next'"
    index.add("app", "2.0", requires=["lib>=2,<4", windows, extra], extras={})
    index.add("app", "1.0", requires=["lib"])
    for version in ("1.0", "2.0", "3.0", "4.0", "5.0"):
        index.add("lib", version, yanked="broken" if version == "5.0" else False)
    index.add("winlib", "1.0")
    return index


@pytest.mark.parametrize(
    ("text", "name", "version"),
    [("Some.Name", "some-name", None), ("a==1.0", "a", "1.0"), (" a == 1.0rc1 ", "a", "1.0rc1")],
)
def test_questions(text: str, name: str, version: str | None) -> None:
    assert read_question(text) == Question(name=name, version=version)


@pytest.mark.parametrize("text", ["", "a>=1", "a==", "a==1.*", "==1", "a b", "a==x"])
def test_what_is_no_question_is_told(text: str) -> None:
    with pytest.raises(InputError, match="cannot explain"):
        read_question(text)


def test_who_asks_and_who_would(index: FakeIndex) -> None:
    found = answer(index, context(["app"]), "lib")
    assert found.version == "3.0"
    told = {asker.requirement.partition(";")[0].strip(): (asker.who, asker.is_live) for asker in found.askers}
    assert told == {"lib>=2,<4": ("app 2.0", True), "lib>=9": ("app 2.0", False)}
    assert [rejection.version for rejection in found.rejected] == ["5.0", "4.0"]
    assert answer(index, context(["app"]), "app").askers[0].who == "you"


def test_a_project_that_is_not_in_the_stack(index: FakeIndex) -> None:
    found = answer(index, context(["app"]), "winlib")
    assert found.version is None
    assert [(asker.who, asker.is_live) for asker in found.askers] == [("app 2.0", False)]
    text = answer_text(found, "here", 100)
    assert "winlib is not in the stack for here." in text
    assert "Nothing in the stack asks for it." in text


def test_a_release_that_fits_with_others(index: FakeIndex) -> None:
    found = trial(index, context(["app"]), "lib==4.0")
    assert found is not None
    assert (found.rejection.unit, found.rejection.reason.message) == (
        "resolver",
        "app 2.0 depends on lib>=2,<4",
    )
    assert found.status.is_solved
    assert found.changes == ("app 2.0 to 1.0", "lib 3.0 to 4.0")
    assert found.score is not None
    assert found.score < 0


def test_a_release_that_cannot_be(index: FakeIndex) -> None:
    found = trial(index, context(["app>=2"]), "lib==4")
    assert found is not None
    assert found.status is Status.UNSATISFIABLE
    assert found.score is None
    assert found.changes == ()
    assert found.diagnosis is not None
    assert "lib" in found.diagnosis


def test_an_older_release_is_not_preferred(index: FakeIndex) -> None:
    found = trial(index, context(["app"]), "lib==2.0")
    assert found is not None
    assert found.rejection.reason.message == "3.0 is preferred to it and serves"
    assert found.changes == ("lib 3.0 to 2.0",)


def test_the_release_in_the_stack_needs_no_trial(index: FakeIndex) -> None:
    assert trial(index, context(["app"]), "lib==3") is None


@pytest.mark.parametrize(
    ("question", "told"), [("lib==7", "has no release 7"), ("winlib==1", "is not in the")]
)
def test_a_release_that_is_not_there_is_told(index: FakeIndex, question: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        trial(index, context(["app"]), question)


def test_without_a_stack_the_reason_is_told(index: FakeIndex) -> None:
    found = answer(index, context(["app>=3"]), "lib")
    assert found.status is Status.UNSATISFIABLE
    text = answer_text(found, "here", 200)
    assert text.startswith("There is no stack for here, with or without lib: ")
