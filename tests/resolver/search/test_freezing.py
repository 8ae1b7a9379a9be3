"""What is frozen has the stacks, the scores and the walks of what it was frozen from."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.landscapes import drawn, faults, stacks, total
from resolver.search.freezing import frozen
from resolver.search.instance import Instance, InstanceLandscape
from resolver.search.landscape import Ask
from resolver.search.walk import Walk


class HalfKnown(InstanceLandscape):
    """A landscape of which some releases were never read, and some extras cannot be had."""

    def __init__(self, instance: Instance, unknown: set[tuple[int, int]]) -> None:
        super().__init__(instance)
        self._unknown = unknown
        self.asked: set[tuple[int, int]] = set()

    def is_known(self, project: int, position: int) -> bool:
        return (project, position) not in self._unknown

    def asks(self, project: int, position: int, part: str | None) -> tuple[Ask, ...] | None:  # type: ignore[override]  # what is not known has none
        self.asked.add((project, position))
        if part == "slow" and position == 1:
            return None
        return tuple(super().asks(project, position, part))


@given(st.integers(0, 10**9))
def test_stacks_and_scores_stay_what_they_are(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(1, 5), releases=3)
    made = msgspec.json.decode(msgspec.json.encode(frozen(InstanceLandscape(instance))), type=Instance)
    before = [stack for stack, _ in zip(stacks(instance), range(30), strict=False)]
    assert before == [stack for stack, _ in zip(stacks(made), range(30), strict=False)]
    for stack in before:
        assert total(made, stack) == total(instance, stack)
        assert Walk(InstanceLandscape(made), stack).score == total(instance, stack)


@settings(max_examples=60)
@given(st.integers(0, 10**9))
def test_what_was_not_read_is_not_asked_and_is_in_no_stack(seed: int) -> None:
    chance = random.Random(seed)
    instance = drawn(chance, chance.randint(2, 6))
    first = next(stacks(instance), None)
    if first is None:
        return
    everything = {
        (n, at) for n, project in enumerate(instance.projects) for at in range(len(project.versions))
    }
    unknown = {one for one in sorted(everything - set(first.items())) if chance.random() < 0.4}
    landscape = HalfKnown(instance, unknown)
    made = frozen(landscape)
    assert not landscape.asked & unknown
    try:
        walk = Walk(InstanceLandscape(made), first)
    except ValueError:  # it holds an extra that cannot be had
        assert 1 in first.values()
        return
    for _ in range(40):
        project = chance.choice(sorted(walk.members))
        if walk.move(project, chance.choice(walk.candidates(project))):
            assert not faults(instance, walk.stack())
            assert walk.score == total(instance, walk.stack())
            assert not set(walk.stack().items()) & unknown
