"""The agenda holds what a look at every project would find, in worlds with and without stand-ins."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.indexes.index import FakeIndex
from fakes.indexes.knowledge import MemoryKnowledge
from fakes.searching.runs import context, run
from fakes.searching.units import TablePseudonym
from fakes.searching.universes import World, worlds
from resolver.search.deciding import Decisions
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import bit

pytestmark = pytest.mark.slow


STAND_INS: Mapping[str, Mapping[str, str]] = {"a": {"b": ">=1.0"}, "c": {"d": "", "a": "<2.0"}}


class Watching(Decisions):
    """Compares before it chooses."""

    def __init__(self) -> None:
        super().__init__()
        self.choices = 0

    def project(self, candidates: list[Project], universe: Universe) -> Project:
        self.choices += 1
        assert candidates == [p for p in universe.projects.values() if universe.is_open(p)]
        needed = [p for p in universe.projects.values() if universe.is_present(p)]
        domains = [universe.propagation.domains[p.variable] for p in needed]
        settled = sum(not domain & (domain - 1) for domain in domains)
        assert universe.present_and_settled() == (len(needed), settled)
        return super().project(candidates, universe)


@settings(max_examples=80, deadline=None)
@given(worlds(), st.booleans())
def test_the_agenda_holds_what_is_open(world: World, stand_ins: bool) -> None:
    watching = Watching()
    pseudonyms = [TablePseudonym(STAND_INS)] if stand_ins else []
    ran = run(world.index(), world.context(), decisions=watching, pseudonyms=pseudonyms)
    assert watching.choices >= ran.decisions or ran.solution is None


def test_what_a_backjump_opens_is_open_again() -> None:
    index = FakeIndex()
    for version in ("1.0", "2.0"):
        index.add("a", version)
    asked = context(["a"])
    universe = Universe(MemoryKnowledge(index), asked)
    universe.require(asked.requirements)
    universe.propagation.propagate()
    project = universe.projects["a"]
    assert universe.open_projects() == [project]
    universe.expand(project, 1)
    universe.propagation.decide(project.variable, bit(1))
    assert (universe.open_projects(), universe.present_and_settled()) == ([], (1, 1))
    universe.propagation.backjump(0)
    assert (universe.open_projects(), universe.present_and_settled()) == ([project], (1, 0))
