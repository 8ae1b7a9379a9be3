"""Effort grows with the number of requirements, not with its square: calls are counted, no clock is read."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from msgspec.structs import replace

from analyzers.reports import Tool
from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from knowledge.transport.statistics import Traffic
from resolver.advising.advise import advise
from resolver.context import Constraint, Context
from resolver.outputs.formats import Format, rendered
from resolver.recommendation import RECOMMENDATIONS
from resolver.reports.advice import Advice
from resolver.units.registry import UNITS

pytestmark = pytest.mark.slow


SHARED = 20


def wide_index(projects: int) -> FakeIndex:
    """Projects that need one of a few others each."""
    index = FakeIndex()
    for number in range(SHARED):
        index.add(f"shared{number}", "1.0")
    for number in range(projects):
        for version in ("1.0", "2.0"):
            requires = [f"shared{number % SHARED}>=1"]
            index.add(f"wide{number}", version, requires=requires)
    return index


def calls_of(work: Callable[[], object]) -> int:
    """How many functions some work calls."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls


def advised(index: FakeIndex, asked: Context) -> Advice:
    return advise(
        asked,
        MemoryKnowledge(index),
        UNITS,
        tool=Tool(name="stackwright", version="0"),
        traffic=Traffic(),
        created_at="2026-01-01T00:00:00Z",
        elapsed_s=lambda: 0.0,
    )


def effort(projects: int, recommendation: str, specifier: str) -> int:
    """Calls of one run with its outputs; every requirement has a constraint beside it."""
    index = wide_index(projects)
    names = [f"wide{number}" for number in range(projects)]
    limits = tuple(Constraint(name, ">=1", f"{name}>=1", "constraints.txt:1") for name in names)
    asked = replace(
        context([name + specifier for name in names], recommendation=RECOMMENDATIONS[recommendation]),
        constraints=limits,
        today="2024-01-02",
    )

    def work() -> None:
        advice = advised(index, asked)
        assert len(advice.pins) == projects + min(projects, SHARED)
        for form in (Format.TEXT, Format.JSON, Format.REQUIREMENTS, Format.PYLOCK):
            rendered(advice, asked.target, form, hashes=True, width=100, pipfile=None, index_url="")

    return calls_of(work)


@pytest.mark.parametrize("specifier", [">=1", "==1.0", "<2"])
@pytest.mark.parametrize("recommendation", sorted(RECOMMENDATIONS))
def test_effort_is_linear_in_requirements(recommendation: str, specifier: str) -> None:
    effort(10, recommendation, specifier)  # imports
    small, large = (effort(projects, recommendation, specifier) for projects in (80, 240))
    assert large < 3.3 * small


def test_effort_of_a_refusal_is_linear_in_requirements() -> None:
    def refused(projects: int) -> int:
        asked = context([f"wide{number}>={1 + (number == projects // 2) * 8}" for number in range(projects)])
        index = wide_index(projects)

        def work() -> None:
            advice = advised(index, asked)
            assert not advice.status.is_solved
            rendered(advice, asked.target, Format.TEXT, hashes=True, width=100, pipfile=None, index_url="")

        return calls_of(work)

    refused(10)
    assert refused(240) < 3.3 * refused(80)
