"""All instances in one list, with the stack that a search starts from and the proven best one."""

from __future__ import annotations

import fnmatch
import sys
from collections.abc import Iterator, Sequence
from itertools import chain

import msgspec

from benchmarks.instances.checking import score
from benchmarks.instances.frozen import frozen
from benchmarks.instances.greedy import first_stack
from benchmarks.instances.oracle import optimum
from benchmarks.instances.planted import planted
from benchmarks.instances.snapshots import from_snapshots, snapshots
from resolver.landscapes.instance import Instance


class Solved(msgspec.Struct, frozen=True):
    """An instance whose best stack is known.

    Attributes:
        first: the stack that a search starts from.
        best: the score of the best stack, proven.
    """

    instance: Instance
    first: dict[int, int]
    first_score: int
    best: int

    @property
    def gap(self) -> int:
        """By how much the best stack is better than the first."""
        return self.best - self.first_score


def solved(patterns: Sequence[str] = ()) -> Iterator[Solved]:
    """The instances whose names match one of the patterns, all without one."""
    if not snapshots():
        print("no snapshots of an index: set STACKWRIGHT_CASES to the folder of cases", file=sys.stderr)
    for instance in chain(frozen(), planted(), from_snapshots()):
        if patterns and not any(fnmatch.fnmatchcase(instance.name, pattern) for pattern in patterns):
            continue
        first, best = first_stack(instance), optimum(instance)
        assert first is not None
        assert best is not None
        yield Solved(instance, first, score(instance, first), best.score)
