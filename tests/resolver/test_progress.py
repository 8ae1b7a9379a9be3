"""What a person who waits is told: a conflict as soon as it is proven, before what would help is known."""

from __future__ import annotations

import io

from analyzers.reports import Tool
from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from knowledge.transport.statistics import Traffic
from resolver.advising.advise import advise
from resolver.progress import NoProgress, TerminalProgress
from resolver.units.registry import UNITS


class Told(NoProgress):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.refutations: list[str] = []

    def refuted(self, diagnosis: str) -> None:
        self.refutations.append(diagnosis)


def refutations(*requirements: str) -> list[str]:
    index = FakeIndex()
    index.add("app", "1.0", requires=["lib>=2"])
    index.add("lib", "1.0")
    index.add("lib", "2.0")
    told = Told()
    advice = advise(
        context(requirements),
        MemoryKnowledge(index),
        UNITS,
        tool=Tool(name="test", version="0"),
        traffic=Traffic(),
        created_at="2026-01-01T00:00:00Z",
        elapsed_s=lambda: 0.0,
        progress=told,
    )
    assert not told.refutations or (advice.diagnosis == told.refutations[0] and advice.relaxations)
    return told.refutations


def test_a_conflict_is_told_once() -> None:
    assert refutations("app", "lib<2") == ["app depends on lib>=2, but you require lib<2"]


def test_nothing_is_told_where_there_is_a_stack() -> None:
    assert refutations("app", "lib") == []


def test_it_takes_the_place_of_the_line_and_stays() -> None:
    stream = io.StringIO()
    progress = TerminalProgress(stream)
    progress.settled("app", "1.0", 1, 2)
    progress.refuted("app \x1b[31m needs lib>=2")
    progress.clear()
    assert stream.getvalue() == (
        "\r\x1b[K1 of 2 settled: app 1.0"
        "\r\x1b[KNo solution: app ?[31m needs lib>=2; looking for what would help.\n"
        "\r\x1b[K"
    )
