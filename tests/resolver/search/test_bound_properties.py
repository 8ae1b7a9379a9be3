"""The bound against every stack there is, on landscapes made up at random."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.searching.every_stack import instances, refutations, score_of, scores_of_stacks
from resolver.landscapes.bound import Bound
from resolver.landscapes.instance import Instance, InstanceLandscape
from resolver.landscapes.landscape import Ask

pytestmark = pytest.mark.slow


def bound_of(instance: Instance) -> Bound:
    landscape = InstanceLandscape(instance)
    return Bound(landscape, landscape.asks)


def values(bound: Bound) -> list[int]:
    """The bound after each step, until nothing is left to do."""
    found = [bound.value]
    while bound.tighten(1):
        found.append(bound.value)
        assert len(found) < 20_000, "it ends"
    return [*found, bound.value]


@settings(max_examples=300, deadline=None)
@given(instances())
def test_it_holds_after_each_step_and_ends_at_the_optimum(instance: Instance) -> None:
    stacks = scores_of_stacks(instance)
    bound = bound_of(instance)
    history = values(bound)
    assert bound.is_unsatisfiable == (not stacks)
    if not stacks:
        assert bound.optimum is None
        return
    best = max(stacks.values())
    assert history[0] == bound.sum_of_bests
    assert min(history) >= best
    assert history == sorted(history, reverse=True)
    assert bound.optimum is not None
    assert best == bound.value == bound.reached == score_of(instance, bound.optimum)


@settings(max_examples=200, deadline=None)
@given(instances(), st.integers(1, 7))
def test_the_same_work_gives_the_same_bound_however_it_is_portioned(instance: Instance, steps: int) -> None:
    bound, other = bound_of(instance), bound_of(instance)
    history = values(bound)
    at = 0
    while other.tighten(steps):
        at += steps
        assert other.value == history[at]
    assert (other.value, other.optimum) == (bound.value, bound.optimum)


@settings(max_examples=200, deadline=None)
@given(instances(), st.data())
def test_what_was_not_read_asks_for_nothing_until_it_is(instance: Instance, data: st.DataObject) -> None:
    stacks = scores_of_stacks(instance)
    landscape = InstanceLandscape(instance)
    releases = [(p, at) for p, project in enumerate(instance.projects) for at in range(len(project.versions))]
    unread = set(data.draw(st.lists(st.sampled_from(releases), unique=True)))

    def asked(project: int, position: int, part: str | None) -> Sequence[Ask] | None:
        return None if (project, position) in unread else landscape.asks(project, position, part)

    bound = Bound(landscape, asked)
    best = max(stacks.values(), default=None)
    while True:
        history = values(bound)
        if best is not None:
            assert min(history) >= best
        if bound.optimum is not None or bound.is_unsatisfiable:
            break
        assert bound.unread, "it is known what it waits for"
        assert unread.issuperset(bound.unread)
        unread.difference_update(bound.unread)
        bound.refresh()
        assert bound.value <= history[-1], "what is proven stays"
    assert bound.is_unsatisfiable == (best is None)
    if bound.optimum is not None:
        assert best == bound.value == score_of(instance, bound.optimum)


@settings(max_examples=200, deadline=None)
@given(instances(), st.data())
def test_refutations_may_come_at_any_time(instance: Instance, data: st.DataObject) -> None:
    sizes = [len(project.versions) for project in instance.projects]
    later = data.draw(st.lists(refutations(sizes), min_size=1, max_size=4))
    bound = bound_of(instance)
    known = instance
    for refuted in later:
        bound.tighten(data.draw(st.integers(0, 60)))
        bound.learn([dict(refuted)])
        known = Instance(
            name=known.name,
            projects=known.projects,
            requirements=known.requirements,
            refuted=(*known.refuted, refuted),
        )
        best = max(scores_of_stacks(known).values(), default=None)
        if best is not None:
            assert bound.value >= best
    history = values(bound)
    assert bound.is_unsatisfiable == (best is None)
    if best is not None:
        assert min(history) >= best
        assert bound.optimum is not None
        assert best == bound.value == score_of(known, bound.optimum)
