"""What is proposed really resolves, moves no more than it must, and the cheapest comes first."""

from __future__ import annotations

from hypothesis import given, settings
from msgspec.structs import replace
from packaging.requirements import Requirement

from fakes.indexes.index import FakeIndex
from fakes.searching.runs import Run, context, run
from fakes.searching.universes import World, worlds
from resolver.advising.relaxations import Relaxation


def proposed(index: FakeIndex, *requirements: str) -> list[Relaxation]:
    result = run(index, context(requirements))
    assert result.failure is not None
    return result.resolver.relaxations(result.failure)


def conflict() -> FakeIndex:
    index = FakeIndex()
    for number in range(1, 7):
        index.add("app", f"{number}.0", requires=[f"lib>={number}"])
        index.add("lib", f"{number}.0")
    return index


def test_either_side_of_a_conflict_can_give_way() -> None:
    found = proposed(conflict(), "app>=5", "lib<2")
    assert [(one.changes[0].requirement, one.changes[0].by) for one in found] == [
        ("lib<2", "lib<=6.0"),
        ("app>=5", "app>=1.0"),
    ]
    assert found[0].pins == {"app": "6.0", "lib": "6.0"}
    assert found[0].score > found[1].score


def test_every_proposal_resolves() -> None:
    for relaxation in proposed(conflict(), "app>=5", "lib<2"):
        asked = {"app": "app>=5", "lib": "lib<2"}
        asked[relaxation.changes[0].by[:3]] = relaxation.changes[0].by
        assert run(conflict(), context(list(asked.values()))).pins == relaxation.pins


def test_clauses_that_do_not_stand_in_the_way_stay() -> None:
    found = proposed(conflict(), "app==5.*,!=5.5", "lib<2,>=1")
    assert [one.changes[0].by for one in found] == ["lib<=6.0,>=1", "app!=5.5,==1.0"]


def test_two_bounds_give_way_where_one_alone_does_not_help() -> None:
    index = conflict()
    index.add("lib2", "1.0", requires=["lib<2"])
    found = proposed(index, "app>=5", "lib<1.5", "lib2", "lib!=1.0")
    assert found
    assert {len(one.changes) for one in found} == {2}


def test_a_project_that_does_not_exist_cannot_be_relaxed_away() -> None:
    assert proposed(conflict(), "app", "nowhere>=1") == []


def check(world: World) -> None:
    result: Run = run(world.index(), world.context())
    if result.failure is None:
        return
    for relaxation in result.resolver.relaxations(result.failure):
        changed = {change.requirement: change.by for change in relaxation.changes}
        before = world.context()
        asked = context(
            [changed.get(text, text) for text in map(str, map(Requirement, world.requirements))],
            formats=before.formats,
        )
        assert run(world.index(), replace(asked, prereleases=before.prereleases)).pins is not None


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_proposals_resolve_in_any_world(world: World) -> None:
    check(world)
