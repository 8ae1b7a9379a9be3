"""What the bound proves, case by case."""

from __future__ import annotations

from collections.abc import Sequence

from fakes.searching.every_stack import score_of
from resolver.landscapes.bound import Bound
from resolver.landscapes.instance import Asking, Instance, InstanceLandscape, InstanceProject, PairLoss
from resolver.landscapes.landscape import Ask, Pair
from resolver.states.versions import ABSENT


def project(
    *scores: int, asks: Sequence[Asking] = (), losses: Sequence[PairLoss] = (), domain: int | None = None
) -> InstanceProject:
    """A project whose releases have these scores, oldest first."""
    return InstanceProject(
        name="any",
        versions=tuple(str(at) for at in range(len(scores))),
        scores=scores,
        asks=tuple(asks),
        losses=tuple(losses),
        domain=domain,
    )


def instance(
    *projects: InstanceProject,
    requirements: Sequence[Ask],
    refuted: Sequence[tuple[tuple[int, int], ...]] = (),
) -> Instance:
    return Instance(name="one", projects=projects, requirements=tuple(requirements), refuted=tuple(refuted))


def worked_out(one: Instance) -> Bound:
    landscape = InstanceLandscape(one)
    bound = Bound(landscape, landscape.asks)
    while bound.tighten(100):
        pass
    return bound


NEW, OLD, BOTH = 0b100, 0b010, 0b110


def test_what_is_required_and_what_all_its_releases_ask_for_counts_at_once() -> None:
    first = project(-5, -3, asks=[Asking(BOTH, None, Ask(1, OLD))])
    landscape = InstanceLandscape(instance(first, project(-7, 0), project(-100), requirements=[Ask(0, BOTH)]))
    bound = Bound(landscape, landscape.asks)
    assert bound.sum_of_bests == -10
    assert bound.optimum is None


def test_two_projects_that_cannot_both_be_new_cost_the_cheaper_of_two_old_ones() -> None:
    first = project(-4, 0, asks=[Asking(NEW, None, Ask(1, OLD)), Asking(OLD, None, Ask(1, BOTH))])
    bound = worked_out(instance(first, project(-3, 0), requirements=[Ask(0, BOTH), Ask(1, BOTH)]))
    assert bound.sum_of_bests == 0
    assert bound.value == bound.reached == -3
    assert bound.optimum == {0: 1, 1: 0}


def test_a_loss_beside_another_is_weighed_against_what_avoids_it() -> None:
    def losing(score: int) -> Bound:
        first = project(
            -4,
            0,
            asks=[Asking(BOTH, None, Ask(1, BOTH))],
            losses=[PairLoss(NEW, None, 1, BOTH, score)],
        )
        return worked_out(instance(first, project(-3, 0), requirements=[Ask(0, BOTH)]))

    assert losing(-3).optimum == {0: 1, 1: 1}
    assert losing(-5).optimum == {0: 0, 1: 1}
    assert [losing(-3).value, losing(-5).value] == [-3, -4]


def test_an_extra_costs_what_it_asks_for_only_where_it_is_asked_for() -> None:
    first = project(0, asks=[Asking(OLD, "x", Ask(1, OLD))])
    parts = (first, project(-9))
    assert worked_out(instance(*parts, requirements=[Ask(0, OLD)])).optimum == {0: 0}
    with_extra = worked_out(instance(*parts, requirements=[Ask(0, OLD, ("x",))]))
    assert with_extra.optimum == {0: 0, 1: 0}
    assert with_extra.value == -9


def test_one_that_stands_in_for_another_is_taken_where_it_is_cheaper() -> None:
    first = project(0, asks=[Asking(OLD, None, Ask(1, OLD, (), ((2, OLD),)))])
    bound = worked_out(instance(first, project(-9), project(-2), requirements=[Ask(0, OLD)]))
    assert bound.optimum == {0: 0, 2: 0}


def test_a_circle_that_nobody_asks_for_is_not_in_a_stack() -> None:
    first = project(0, asks=[Asking(OLD, None, Ask(1, OLD))])
    second = project(0, asks=[Asking(OLD, None, Ask(0, OLD))])
    third = project(-1, 0)
    refuted = [((2, NEW), (0, ABSENT))]  # the newest of the third needs what only the circle holds up
    bound = worked_out(instance(first, second, third, requirements=[Ask(2, BOTH)], refuted=refuted))
    assert bound.optimum == {2: 0}
    assert bound.value == -1


def test_that_nothing_is_valid_is_found_out() -> None:
    first = project(0, asks=[Asking(OLD, None, Ask(1, OLD))])
    bound = worked_out(instance(first, project(0, domain=0), requirements=[Ask(0, OLD)]))
    assert bound.is_unsatisfiable
    assert bound.optimum is None


def test_an_extra_that_loses_what_another_does_loses_it_once() -> None:
    asks = [Asking(OLD, extra, Ask(1, OLD)) for extra in ("x", "y")]
    losses = [PairLoss(OLD, extra, 1, OLD, -5) for extra in ("x", "y")]

    class Shared(InstanceLandscape):
        """Both extras have the same pair."""

        def pairs(self, project: int, position: int, part: str | None) -> Sequence[Pair]:
            return [Pair(1, "0")] if project == 0 and part is not None else ()

    def value(*extras: str) -> int:
        landscape = Shared(
            instance(project(0, asks=asks, losses=losses), project(0), requirements=[Ask(0, OLD, extras)])
        )
        bound = Bound(landscape, landscape.asks)
        while bound.tighten(100):
            pass
        assert bound.optimum is not None
        return bound.value

    assert [value("x"), value("y"), value("x", "y")] == [-5, -5, -5]


def test_it_names_what_must_be_read_before_more_can_be_proven() -> None:
    first = project(-4, 0, asks=[Asking(NEW, None, Ask(1, OLD))])
    landscape = InstanceLandscape(instance(first, project(-9), requirements=[Ask(0, BOTH)]))
    read: set[tuple[int, int]] = set()

    def asked(project: int, position: int, part: str | None) -> Sequence[Ask] | None:
        return landscape.asks(project, position, part) if (project, position) in read else None

    bound = Bound(landscape, asked)
    named = []
    for _ in range(3):
        while bound.tighten(100):
            pass
        named.append((bound.value, bound.unread))
        if bound.unread:
            read.update(bound.unread)
            bound.refresh()
    assert named == [(0, ((0, 1),)), (-4, ((0, 0),)), (-4, ())]
    assert bound.optimum == {0: 0}


def test_refuting_the_optimum_opens_the_search_again_and_keeps_the_bound() -> None:
    one = instance(project(-9, -4, 0), requirements=[Ask(0, 0b1110)])
    landscape = InstanceLandscape(one)
    bound = Bound(landscape, landscape.asks)
    values = []
    for refuted in (0b1000, 0b0100):
        while bound.tighten(100):
            pass
        values.append(bound.value)
        bound.learn([{0: refuted}])
        assert bound.optimum is None
    while bound.tighten(100):
        pass
    assert [*values, bound.value] == [0, -4, -9]
    assert bound.optimum == {0: 0}


def test_steps_grow_with_the_conflicts_and_not_with_the_combinations() -> None:
    """Forty pairs of projects of which not both can be new: 3 ^ 40 stacks, forty proofs."""
    pairs = 40
    projects: list[InstanceProject] = []
    for number in range(pairs):
        asks = [Asking(NEW, None, Ask(2 * number + 1, OLD))]
        projects += [project(-4 - number, 0, asks=asks), project(-3 - number, 0)]
    one = instance(*projects, requirements=[Ask(number, BOTH) for number in range(2 * pairs)])
    landscape = InstanceLandscape(one)
    bound = Bound(landscape, landscape.asks)
    steps = 0
    while bound.tighten(1):
        steps += 1
    assert bound.value == -sum(3 + number for number in range(pairs))
    assert bound.optimum is not None
    assert score_of(one, bound.optimum) == bound.value
    assert steps < 20 * 2 * pairs
