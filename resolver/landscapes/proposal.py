"""A choice of releases as a stack: what the requirements reach of it, whether it stands, what it loses."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from resolver.landscapes.encoding import Asked, Encoding
from resolver.landscapes.landscape import Ask, Landscape, Pair
from resolver.states.versions import ABSENT, bit


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """One choice.

    Attributes:
        positions: of the projects that the requirements reach.
        is_valid: whether it stands, as far as is known; see `unread`.
        lost: what it loses, in millionths.
        pairs: a project, a part of it, and another project, beside which the part loses something.
        unread: projects of which not every active part is known.
        refuted_by: masks by variable that hold of it, and of no valid stack where it is not valid.
    """

    positions: dict[int, int]
    is_valid: bool
    lost: int
    pairs: tuple[tuple[int, str | None, int], ...]
    unread: tuple[int, ...]
    refuted_by: dict[int, int]


def proposal(landscape: Landscape, asked: Asked, encoding: Encoding, chosen: Mapping[int, int]) -> Proposal:
    """Judge a choice of positions by project.

    Cost: that of the parts that are reached.
    """
    walk = _Walk(landscape, asked, chosen)
    reached = {project: chosen[project] for project, _ in walk.nodes}
    lost = -sum(landscape.score(project, at) for project, at in reached.items())
    pairs = []
    counted: set[tuple[int, Pair]] = set()
    for project, part in walk.nodes:
        if project in walk.unread:
            continue
        for pair in landscape.pairs(project, reached[project], part):
            if pair.project in reached and pair.project != project and (project, pair) not in counted:
                counted.add((project, pair))
                score = landscape.pair_score(project, reached[project], pair, reached[pair.project])
                if score:
                    lost -= score
                    pairs.append((project, part, pair.project))
    bits = {project: bit(at) for project, at in reached.items()}
    refuted = any(
        all(mask & bits.get(project, ABSENT) for project, mask in masks.items())
        for masks in encoding.refutations
    )
    # These releases reach just this, whatever else is chosen, if also those are there that could serve.
    fixed = bits | {p: bit(chosen[p]) if p in chosen else ABSENT for p in walk.deciders}
    return Proposal(
        positions=reached,
        is_valid=walk.is_met and not refuted,
        lost=lost,
        pairs=tuple(dict.fromkeys(pairs)),
        unread=tuple(walk.unread),
        refuted_by={encoding.variables[project]: mask for project, mask in fixed.items()},
    )


class _Walk:
    """What the requirements reach.

    Attributes:
        nodes: projects, with None or an extra.
        unread: projects of which not every active part is known.
        deciders: projects whose being there or not decides what is reached.
        is_met: whether everything that is asked for is there.
    """

    def __init__(self, landscape: Landscape, asked: Asked, chosen: Mapping[int, int]) -> None:
        self.nodes: dict[tuple[int, str | None], None] = {}
        self.unread: dict[int, None] = {}
        self.deciders: dict[int, None] = {}
        self.is_met = True
        self._chosen = chosen
        for ask in landscape.requirements:
            self._follow(ask, None)
        queue = list(self.nodes)
        for project, part in queue:
            known = len(self.nodes)
            asks = asked(project, chosen[project], part)
            if asks is None:
                self.unread.setdefault(project)
            for ask in asks or ():
                self._follow(ask, project)
            queue.extend(list(self.nodes)[known:])

    def _follow(self, ask: Ask, asker: int | None) -> None:
        others = ask.others if ask.project != asker else ()  # nothing holds itself up
        options = ((ask.project, ask.mask), *others)
        if others:
            self.deciders.update(dict.fromkeys(project for project, _ in options))
        fitting = [p for p, mask in options if p in self._chosen and mask & bit(self._chosen[p])]
        if not fitting:
            self.is_met = False
            return
        for part in (None, *ask.extras):
            self.nodes.setdefault((fitting[0], part))
