"""Instances of every origin: the same every time, with a stack, and hard enough to compare predictors on."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest

from benchmarks.instances.checking import check, score
from benchmarks.instances.frozen import freeze, frozen
from benchmarks.instances.greedy import first_stack
from benchmarks.instances.oracle import optimum
from benchmarks.instances.planted import KINDS, best_of_clusters
from benchmarks.instances.snapshots import from_snapshots, snapshots
from resolver.landscapes.instance import Instance


def gap(instance: Instance) -> int:
    start, best = first_stack(instance), optimum(instance)
    assert start is not None and best is not None
    assert check(instance, start) == []
    return best.score - score(instance, start)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_planted_keeps_the_first_stack_from_being_the_best(kind: str) -> None:
    instance = KINDS[kind](40, 3)
    assert instance == KINDS[kind](40, 3) != KINDS[kind](40, 4)
    assert 40 <= len(instance.projects) <= 42
    assert gap(instance) > 0


@pytest.mark.parametrize("seed", range(5))
def test_the_best_of_clusters_is_known_without_the_oracle(seed: int) -> None:
    instance = KINDS["clusters"](20, seed)
    found = optimum(instance)
    assert found is not None
    assert found.score == best_of_clusters(instance)


def test_rings_that_nobody_asks_for_leave_the_best_stack() -> None:
    instance = KINDS["circles"](40, 0)
    best = optimum(instance)
    assert best is not None
    absent = {number: 0 for number in range(len(instance.projects)) if number not in best.stack}
    assert len(absent) > 1
    assert check(instance, best.stack | absent) == [
        f"nobody asks for {instance.projects[number].name}" for number in absent
    ]


def test_frozen_instances_have_stacks_and_gaps() -> None:
    instances = frozen()
    assert 1 <= len(instances) <= 5
    assert all(gap(instance) > 0 for instance in instances)


def test_freezing_is_lossless_and_gives_the_same_bytes(tmp_path: Path) -> None:
    wide = KINDS["cures"](10, 0)
    assert max(len(project.versions) for project in wide.projects) > 64
    first, second = tmp_path / "first", tmp_path / "second"
    freeze([wide], first)
    freeze(frozen(first), second)
    assert frozen(first) == [wide]
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.skipif(not snapshots(), reason="no snapshots: set STACKWRIGHT_CASES to the folder of cases")
def test_snapshots_give_the_same_instances_every_time() -> None:
    drawn = list(islice(from_snapshots(), 4))
    assert drawn == list(islice(from_snapshots(), 4))
    assert len({instance.origin for instance in drawn}) == 4
    assert any(asking.part for instance in drawn for project in instance.projects for asking in project.asks)
    assert any(gap(instance) for instance in drawn)
