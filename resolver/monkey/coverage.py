"""Which pairs of releases were in a stack, of those that could be: what a sample should cover.

A pair counts where one release asks for the other's project and tolerates it, or both projects are required:
that is where incompatibilities come from. Source: combinatorial testing, strength 2 (Cohen et al., AETG,
1997).
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from itertools import combinations

from resolver.monkey.terrain import Terrain
from resolver.states.versions import bit, positions

_Edge = tuple[int, int]
Wish = tuple[tuple[int, int], tuple[int, int]]
"""Two releases, by project and position, that should be in one stack."""


class Coverage:
    """Pairs that were not yet seen, as masks.

    Args:
        beside: look at pairs instead of which something asks for both: they may meet in it.

    Attributes:
        possible: pairs that releases' own statements let be; some of them no stack holds.
        seen: those that were in a stack that was taken.
    """

    def __init__(self, terrain: Terrain, *, beside: bool = False) -> None:
        self._missing: dict[_Edge, dict[int, int]] = {}
        for (asker, at), (asked, mask) in _beside(terrain) if beside else _asked(terrain):
            serving = mask & (terrain.instance.projects[asked].domain or 0)
            if asker != asked and serving:
                self._missing.setdefault((asker, asked), {})[at] = serving
        self.possible = self._left()
        self.seen = 0
        self._unmet: set[Wish] = set()

    def gain(self, stack: Mapping[int, int]) -> int:
        """How many pairs a stack would show for the first time."""
        return sum(1 for _ in self._shown(stack))

    def take(self, stack: Mapping[int, int]) -> int:
        """Count a stack's pairs as seen; how many were new."""
        shown = list(self._shown(stack))
        for edge, asker in shown:
            self._missing[edge][asker] &= ~bit(stack[edge[1]])
        self.seen += len(shown)
        return len(shown)

    def wish(self, chance: random.Random) -> Wish | None:
        """A pair that was not seen, any as likely; None where all were or cannot be."""
        left = {edge: sum(mask.bit_count() for mask in at.values()) for edge, at in self._missing.items()}
        open_edges = [edge for edge, count in left.items() if count]
        for _ in range(20 if open_edges else 0):
            edge = chance.choices(open_edges, [left[one] for one in open_edges])[0]
            askers = {at: mask.bit_count() for at, mask in self._missing[edge].items() if mask}
            asker = chance.choices(list(askers), list(askers.values()))[0]
            asked = chance.choice(list(positions(self._missing[edge][asker])))
            wish = (edge[0], asker), (edge[1], asked)
            if wish not in self._unmet:
                return wish
        return None

    def unmet(self, wish: Wish) -> None:
        """Remember that a wish could not be had."""
        self._unmet.add(wish)

    def _shown(self, stack: Mapping[int, int]) -> Iterator[tuple[_Edge, int]]:
        for edge, missing in self._missing.items():
            asker, asked = stack.get(edge[0]), stack.get(edge[1])
            if asker is not None and asked is not None and missing.get(asker, 0) & bit(asked):
                yield edge, asker

    def _left(self) -> int:
        return sum(mask.bit_count() for at in self._missing.values() for mask in at.values())


def _asked(terrain: Terrain) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    projects = terrain.instance.projects
    for number, project in enumerate(projects):
        masks: dict[tuple[int, int], int] = {}
        for asking in project.asks:
            for at in positions(asking.releases & (project.domain or 0)):
                key = at, asking.ask.project
                masks[key] = masks.get(key, -1) & asking.ask.mask
        for (at, asked), mask in masks.items():
            yield (number, at), (asked, mask)
    wanted = {ask.project: ask.mask for ask in terrain.instance.requirements}
    for one, other in combinations(sorted(wanted), 2):
        for at in positions((projects[one].domain or 0) & wanted[one]):
            yield (one, at), (other, wanted[other])


def _beside(terrain: Terrain) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    projects = terrain.instance.projects
    pairs: dict[_Edge, None] = {}
    for project in projects:
        asked = sorted({asking.ask.project for asking in project.asks if asking.releases})
        pairs.update(dict.fromkeys(combinations(asked, 2)))
    for one, other in pairs:
        for at in positions(projects[one].domain or 0):
            yield (one, at), (other, projects[other].domain or 0)
