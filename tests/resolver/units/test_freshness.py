from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context
from resolver.recommendation import LATEST
from resolver.states.universe import Universe
from resolver.units.registry import UNITS
from resolver.units.steps.freshness import HALF_LOST_AFTER, FreshnessStep
from resolver.units.verbs import WORST

ASKED = context(["a"], recommendation=LATEST)


def scores(index: FakeIndex) -> dict[str, int]:
    project = Universe(MemoryKnowledge(index), ASKED, UNITS.applying(ASKED).sieves).project("a")
    factors = {
        text: FreshnessStep().score(project, position, ASKED)
        for position, text in enumerate(project.versions.texts)
    }
    return {text: 0 if factor is None else factor.score or 0 for text, factor in factors.items()}


@given(st.integers(2, 60))
def test_each_release_passed_over_costs_more_but_ever_less_more(count: int) -> None:
    index = FakeIndex()
    for number in range(count):
        index.add("a", str(number))
    found = list(scores(index).values())[::-1]
    losses = [before - after for before, after in pairwise(found)]
    assert found[0] == 0
    assert min(losses) > 0
    assert all(later <= earlier + 1 for earlier, later in pairwise(losses))
    assert found[-1] > WORST


def test_half_is_lost_where_it_says() -> None:
    index = FakeIndex()
    for number in range(HALF_LOST_AFTER + 1):
        index.add("a", str(number))
    assert scores(index)["0"] == WORST // 2


def test_what_cannot_be_used_is_not_passed_over() -> None:
    index = FakeIndex()
    index.add("a", "1.0")
    index.add("a", "2.0", yanked=True)
    index.add("a", "3.0", requires_python=">=3.12")
    index.add("a", "4.0", tags=["cp311-cp311-win_amd64"])
    assert scores(index)["1.0"] == 0


def test_the_order_of_preference_counts_not_the_number() -> None:
    index = FakeIndex()
    index.add("a", "1.0")
    index.add("a", "2.0", requires_python="<3.9")
    index.add("a", "3.0a1")
    found = scores(index)
    assert 0 == found["1.0"] > found["2.0"] > found["3.0a1"]
