"""What every stack loses because one stack that was found does: a bound that counts pairs, however deep.

A loss of the stack that was found, of one release or of a pair, comes back in every other stack unless a
project on the way to it has another release there; and the first such project loses something itself, since
what stands before it asks for it all the same. So a loss is guaranteed as far as the projects on its way can
vouch for it; what a project loses beside its next best release is shared out among the losses behind it.
Cost: linear in the dependencies of the stack. Source: cost partitioning (Katz and Domshlak, 2010).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import msgspec

from resolver.dependencies import Dependency
from resolver.propagation import Propagation
from resolver.score import Scorer
from resolver.stack import Member, Stack
from resolver.universe import ACTIVE, Universe
from resolver.versions import ABSENT, bit

_ENDLESS = sys.maxsize
"""What a project can vouch for that cannot change."""


class _Place(msgspec.Struct, frozen=True):
    """A member as it must be while no project on the way to it changes.

    Attributes:
        way: the members that keep it there, itself excluded.
        releases: mask of its releases that can be then.
    """

    way: frozenset[str]
    releases: int


def guaranteed(stack: Stack, universe: Universe, scorer: Scorer, propagation: Propagation) -> int:
    """What every stack within the domains of a propagation loses at least, in millionths.

    Args:
        stack: lies within these domains.
        universe: in which the stack was found.
        scorer: of the run.
        propagation: closed.
    """
    walk = _Walk(stack, universe, scorer, propagation)
    places = walk.places()
    losses: list[tuple[int, frozenset[str]]] = []
    for name, place in places.items():
        member = stack.members[name]
        if scorer.release_score(member.project, member.position):
            losses.append((-scorer.best_score(member.project, place.releases), place.way))
        for other, loss, way in walk.pairs(member):
            losses.append((loss, way | {name, other}))
    total = 0
    spare: dict[str, int] = {}
    for loss, way in sorted(losses, key=lambda one: (len(one[1]), -one[0], sorted(one[1]))):
        for name in way - spare.keys():
            spare[name] = _spare(stack.members[name], places[name], scorer)
        amount = min([loss, *(spare[name] for name in way)])
        total += amount
        for name in way:
            spare[name] -= amount
    return total


def _spare(member: Member, place: _Place, scorer: Scorer) -> int:
    """What a member loses at least, in millionths, if it changes and nothing before it does."""
    others = place.releases & ~ABSENT & ~bit(member.position)
    if not others:
        return _ENDLESS
    own = scorer.release_score(member.project, member.position)
    return max(0, own - scorer.best_score(member.project, others))


class _Walk:
    """Finds a way to each member, from the projects that are forced."""

    def __init__(self, stack: Stack, universe: Universe, scorer: Scorer, propagation: Propagation) -> None:
        self._stack = stack
        self._universe = universe
        self._scorer = scorer
        self._domains = propagation.domains

        self._places: dict[str, _Place] = {}
        self._ways: dict[tuple[str, str | None], frozenset[str]] = {}

    def places(self) -> dict[str, _Place]:
        """The members that a way leads to, each after those on its way."""
        for name, member in self._stack.members.items():
            variables = member.project.extras
            domain = self._domains[member.project.variable]
            if not domain & ABSENT:
                self._places[name] = _Place(frozenset(), domain)
                forced = [e for e in member.extras if self._domains[variables[e]] == ACTIVE]
                self._ways.update({(name, part): frozenset() for part in (None, *forced)})
        queue = list(self._ways)
        for name, part in queue:
            member, way = self._stack.members[name], self._ways[name, part] | {name}
            for asked in self._universe.reader.dependencies(member.project, member.position, part):
                queue.extend(self._reached(asked, way))
        return self._places

    def pairs(self, member: Member) -> Iterator[tuple[str, int, frozenset[str]]]:
        """What a member loses beside its dependencies, and the way to that."""
        name, seen = member.project.name, set()
        for part in (None, *member.extras):
            way = self._ways.get((name, part))
            for other, factor in self._scorer.pair_factors(member, self._stack, (part,)):
                key = (other, factor)
                if way is not None and other in self._places and factor.score and key not in seen:
                    seen.add(key)
                    yield other, -factor.score, way | self._places[other].way

    def _reached(self, asked: Dependency, way: frozenset[str]) -> Iterator[tuple[str, str | None]]:
        """The member that is asked for, and its extras, where no way has led to them before."""
        other = self._stack.members.get(asked.project)
        if other is None or self._universe.has_alternatives(asked.project):
            return
        if asked.project not in self._places:
            domain = self._domains[other.project.variable] & other.project.versions.mask(asked.specifiers)
            self._places[asked.project] = _Place(way, domain)
        for part in (None, *asked.extras):
            if (asked.project, part) not in self._ways:
                self._ways[asked.project, part] = way | self._places[asked.project].way
                yield asked.project, part
