"""Draws valid stacks by chance: every project is put to a release drawn from all that it has, one by one.

Algorithm: a draw begins where the last one ended. The projects of the stack, in an order drawn anew, are each
put to a drawn release; what that breaks is repaired by the moves of the search, which leave alone what the
draw has put already. What comes in on the way is drawn as well. A release that cannot be had is replaced by
another draw, a few times. Every stack is valid for metadata and for the units that refuse.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence

from resolver.landscapes.instance import InstanceLandscape
from resolver.landscapes.walk import Walk
from resolver.monkey.coverage import Coverage, Wish
from resolver.monkey.terrain import Terrain
from resolver.monkey.weights import EvenWeights, Weights

TRIES = 6
"""Releases of one project that are tried in one draw."""
CANDIDATES = 12
"""Stacks that are drawn for each that is taken: the one with the most new pairs."""
MOST_IN_VAIN = 8
"""So many rounds of candidates without a new stack end a sample: there are hardly any others."""


class Sampler:
    """Draws one stack after the other.

    Args:
        weights: how likely each release is.
    """

    def __init__(self, terrain: Terrain, seed: int, weights: Weights | None = None) -> None:
        self.chance = random.Random(seed)
        self._weights = weights or EvenWeights()
        self._walk = Walk(InstanceLandscape(terrain.instance), dict(terrain.first))

    def draw(self, wish: Wish | None = None) -> tuple[int, dict[int, int]]:
        """A stack, and the key that tells it apart; with a pair in it where that can be."""
        walk, chance = self._walk, self.chance
        walk.settle()
        self._weights.begin(chance)
        held: list[int] = []
        for project, at in wish or ():
            if walk.at[project] == at or walk.move(project, at, held):
                held.append(project)
        done = set(held)
        while unsettled := sorted(project for project in walk.members if project not in done):
            project = chance.choice(unsettled)
            done.add(project)
            for at in self._drawn(project):
                if at == walk.at[project] or walk.move(project, at, held):
                    break
            held.append(project)
        return walk.key, walk.stack()

    def _drawn(self, project: int) -> Iterator[int]:
        """Releases of a project, drawn one after the other."""
        ranked = self._walk.candidates(project)
        left = dict(zip(ranked, self._weights.of(project, ranked), strict=True))
        for _ in range(TRIES):
            total = sum(left.values())
            if total <= 0:
                return
            at = self.chance.choices(list(left), list(left.values()))[0]
            del left[at]
            yield at


def covering(terrain: Terrain, coverage: Coverage, seed: int) -> Iterator[dict[int, int]]:
    """Distinct stacks, each with as many pairs that were not yet seen as any of some that are drawn.

    Half of the draws begin with a pair that no stack had. Among equals counts what stands beside each other.
    """
    sampler, beside = Sampler(terrain, seed), Coverage(terrain, beside=True)
    known: set[int] = set()
    in_vain = 0
    while in_vain < MOST_IN_VAIN:
        best: tuple[tuple[int, int], int, Mapping[int, int]] | None = None
        for number in range(CANDIDATES):
            wish = coverage.wish(sampler.chance) if number % 2 == 0 else None
            key, stack = sampler.draw(wish)
            if wish is not None and any(stack.get(project) != at for project, at in wish):
                coverage.unmet(wish)
            gain = coverage.gain(stack), beside.gain(stack)
            if key not in known and (best is None or gain > best[0]):
                best = gain, key, stack
        in_vain += best is None
        if best is not None:
            in_vain = 0
            known.add(best[1])
            coverage.take(best[2])
            beside.take(best[2])
            yield dict(best[2])


def weighted(terrain: Terrain, coverage: Coverage, seed: int, weights: Weights) -> Iterator[dict[int, int]]:
    """Distinct stacks as they are drawn: nothing but the weights decides."""
    sampler = Sampler(terrain, seed, weights)
    known: set[int] = set()
    in_vain = 0
    while in_vain < MOST_IN_VAIN * CANDIDATES:
        key, stack = sampler.draw()
        in_vain += 1
        if key not in known:
            in_vain = 0
            known.add(key)
            coverage.take(stack)
            yield stack


def put(
    terrain: Terrain, stack: Mapping[int, int], moves: Sequence[tuple[int, int]]
) -> dict[int, int] | None:
    """A stack with some projects put to other releases and little else changed; None where that fails."""
    walk = Walk(InstanceLandscape(terrain.instance), dict(stack))
    held = [project for project, _ in moves]
    others = [project for project in walk.members if project not in held]
    for number, (project, at) in enumerate(moves):
        if walk.at[project] < 0:
            return None
        before = held[:number]
        if walk.at[project] != at and not (
            walk.move(project, at, [*before, *others]) or walk.move(project, at, before)
        ):
            return None
    return walk.stack()
