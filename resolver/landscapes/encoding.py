"""A landscape as variables and incompatibilities: what a proof about all its stacks rests on.

A project is a variable over its releases and `ABSENT`; an extra that is asked for is one with two values;
what releases lose beside others is one over the amounts. Only what is known is stated: a release that was not
read asks for nothing and loses nothing beside others. Whatever is valid on the landscape satisfies all of it;
what nobody asks for may stand in a solution, so it says somewhat less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from resolver.landscapes.landscape import Ask, Landscape, Pair
from resolver.states.incompatibilities import Incompatibility, Missing
from resolver.states.propagation import Propagation
from resolver.states.versions import ABSENT, bit, positions

Asked = Callable[[int, int, str | None], Sequence[Ask] | None]
"""What a release is known to ask for, by itself or for an extra; None where it was not read."""

Losses = tuple[tuple[int, int], ...]
"""What a release loses, ascending, and the mask of the releases beside which it does."""

INACTIVE, ACTIVE = 1, 2
"""The values of an extra."""

_GIVEN = Missing("")  # causes are told to users; nothing of this is


class Encoding:
    """One landscape in one propagation.

    Args:
        asked: see `Asked`; must never read.

    Attributes:
        propagation: has no decisions when anything is added.
        variables: of each project that may be in a stack.
        costs: what values of a variable lose, by variable: position of the bit to an amount above 0.
        fallbacks: variables that a solution may have to decide though nothing forces them.
        refutations: all that were learned.
    """

    def __init__(self, landscape: Landscape, asked: Asked) -> None:
        self.propagation = Propagation()
        self.variables: dict[int, int] = {}
        self.costs: dict[int, dict[int, int]] = {}
        self.fallbacks: dict[int, None] = {}
        self.refutations: list[Mapping[int, int]] = []
        self._refuted: set[tuple[tuple[int, int], ...]] = set()
        self._landscape = landscape
        self._asked = asked
        self._extras: dict[tuple[int, str], int] = {}
        self._nodes: list[tuple[int, str | None]] = []
        self._seen: set[tuple[int, str | None]] = set()
        self._unread: dict[tuple[int, str | None], int] = {}
        self._met: dict[tuple[int, str | None, Ask], int] = {}
        self._lossy: dict[tuple[int, str | None, int], int] = {}
        for ask in landscape.requirements:
            self._ask(None, {}, ask)
        self._expand()
        self.learn(landscape.refutations)

    def learn(self, refutations: Iterable[Mapping[int, int]]) -> None:
        """Add what cannot stand in one stack, where it is not yet known."""
        for masks in refutations:
            if self.has_learned(masks):
                continue
            self._refuted.add(tuple(sorted(masks.items())))
            self.refutations.append(masks)
            terms = {}
            for project, mask in masks.items():
                terms[self._project(project)] = mask
                if mask & ABSENT:
                    self.fallbacks.setdefault(self._project(project))
            self._state(terms)
        self._expand()

    def has_learned(self, masks: Mapping[int, int]) -> bool:
        """Whether a refutation was learned before."""
        return tuple(sorted(masks.items())) in self._refuted

    def unread(self, project: int) -> int:
        """The releases of a project that were not read."""
        return self._unread[project, None]

    def extra(self, project: int, name: str) -> int:
        """The variable of an extra."""
        key = project, name
        if key not in self._extras:
            self._extras[key] = self.propagation.variable(INACTIVE | ACTIVE)
            self._meet(project, name)
        return self._extras[key]

    def load(self, project: int, part: str | None, other: int) -> bool:
        """Add what releases lose beside another project, of all that can be by now; whether there is more.

        Cost: one question for each pair of releases.
        """
        domains = self.propagation.domains
        key = project, part, other
        known = domains[self.variables[project]] & ~ABSENT & ~self._unread[project, part]
        new = known & ~self._lossy.get(key, 0)
        self._lossy[key] = self._lossy.get(key, 0) | new
        beside = domains[self.variables[other]] & ~ABSENT
        found: dict[tuple[tuple[str, ...], Losses], int] = {}
        for position in positions(new):
            for row in self._rows(project, position, part, other, beside):
                found[row] = found.get(row, 0) | bit(position)
        for without in dict.fromkeys(without for without, _ in found):
            rows = {losses: releases for (one, losses), releases in found.items() if one == without}
            self._add_losses(project, part, other, without, rows)
        return bool(found)

    def _rows(
        self, project: int, position: int, part: str | None, other: int, beside: int
    ) -> Iterator[tuple[tuple[str, ...], Losses]]:
        """What a part of a release loses where some extras are not active that would lose the same."""
        extras = [extra for owner, extra in self._extras if owner == project]
        earlier = extras[: extras.index(part)] if part is not None else []
        shared = {extra: set(self._landscape.pairs(project, position, extra)) for extra in earlier}
        groups: dict[tuple[str, ...], list[Pair]] = {}
        for pair in self._landscape.pairs(project, position, part):
            if pair.project == other:
                without = tuple(extra for extra in earlier if pair in shared[extra])
                groups.setdefault(without, []).append(pair)
        for without, pairs in groups.items():
            found: dict[int, int] = {}
            for at in positions(beside):
                loss = -sum(self._landscape.pair_score(project, position, pair, at) for pair in pairs)
                if loss:
                    found[loss] = found.get(loss, 0) | bit(at)
            if found:
                yield without, tuple(sorted(found.items()))

    def _add_losses(
        self,
        project: int,
        part: str | None,
        other: int,
        without: Sequence[str],
        rows: Mapping[Losses, int],
    ) -> None:
        amounts = sorted({loss for losses in rows for loss, _ in losses})
        variable = self.propagation.variable((1 << (len(amounts) + 1)) - 1)
        self.costs[variable] = dict(enumerate(amounts, 1))
        active = {} if part is None else {self.extra(project, part): ACTIVE}
        active |= {self.extra(project, extra): INACTIVE for extra in without}
        for losses, releases in rows.items():
            terms = {self.variables[project]: releases, **active}
            for loss, beside in losses:
                below = (1 << (amounts.index(loss) + 1)) - 1
                self._state({**terms, self.variables[other]: beside, variable: below})

    def _project(self, project: int) -> int:
        """The variable of a project, made when first met."""
        if project not in self.variables:
            domain = self._landscape.domain(project) & ~ABSENT
            variable = self.propagation.variable(domain | ABSENT)
            self.variables[project] = variable
            losses = {at + 1: -self._landscape.score(project, at) for at in positions(domain)}
            self.costs[variable] = {place: loss for place, loss in losses.items() if loss}
            self._meet(project, None)
        return self.variables[project]

    def _meet(self, project: int, part: str | None) -> None:
        if (project, part) not in self._seen:
            self._seen.add((project, part))
            self._unread[project, part] = self._landscape.domain(project) & ~ABSENT
            self._nodes.append((project, part))

    def _expand(self) -> None:
        """State what releases ask for, of all parts that were met."""
        while self._nodes:
            project, part = self._nodes.pop()
            self._project(project)
            releases: dict[Ask, int] = {}
            for position in positions(self._unread[project, part]):
                asks = self._asked(project, position, part)
                if asks is None:
                    continue
                self._unread[project, part] &= ~(bit(position))
                for ask in asks:
                    releases[ask] = releases.get(ask, 0) | bit(position)
            for ask, mask in releases.items():
                terms = {self.variables[project]: mask}
                if part is not None:
                    terms[self.extra(project, part)] = ACTIVE
                self._ask(project, terms, ask)

    def _ask(self, asker: int | None, terms: Mapping[int, int], ask: Ask) -> None:
        """State that something is needed where terms hold: the first of its options that is there serves."""
        others = ask.others if ask.project != asker else ()  # nothing holds itself up
        everything = self.propagation.everything
        misses: dict[int, int] = {}
        serving = []
        for project, mask in ((ask.project, ask.mask), *others):
            variable = self._project(project)
            serving.append((project, {**misses, variable: misses.get(variable, -1) & mask}))
            misses[variable] = misses.get(variable, -1) & everything[variable] & ~mask
        self._state(terms, misses)
        if others:
            for variable in reversed(misses):
                self.fallbacks.setdefault(variable)
        for project, served in serving:
            for extra in ask.extras:
                self._state(terms, {**(served if others else {}), self.extra(project, extra): INACTIVE})

    def _state(self, terms: Mapping[int, int], more: Mapping[int, int] | None = None) -> None:
        masks = dict(terms)
        for variable, mask in (more or {}).items():
            masks[variable] = masks[variable] & mask if variable in masks else mask
        everything = self.propagation.everything
        masks = {variable: mask & everything[variable] for variable, mask in masks.items()}
        if all(masks.values()):
            masks = {variable: mask for variable, mask in masks.items() if mask != everything[variable]}
            self.propagation.add(Incompatibility(masks, _GIVEN))
