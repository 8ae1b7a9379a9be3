"""Which move to try next, as far as predictors agree on that."""

from __future__ import annotations

import random
from collections.abc import Sequence

from resolver.landscapes.search import Search

FRONT = 5
"""Releases of a project that a move tries even where they were not read yet."""
LOOKED_AT = 12
"""Releases of a project whose optimistic gain is worked out for one choice."""


class Choices:
    """Draws moves by chance.

    Args:
        optimistic: share of the moves that go by what they would gain were everything else to stay; the
            others go by rank. Where the cure is far down a list, rank alone does not find it.
    """

    def __init__(self, search: Search, optimistic: float = 0.4) -> None:
        self._search = search
        self._walk = search.walk
        self._optimistic = optimistic
        self._open: dict[int, tuple[int, Sequence[int]]] = {}

    def project(self) -> int:
        """A project of the stack that has another release, each as likely; -1 where there is none."""
        chance, members = self._search.chance, self._walk.members
        for _ in range(2 * len(members)):
            project = members[int(chance.random() * len(members))]
            if len(self.releases(project)) > 1:
                return project
        return -1

    def releases(self, project: int) -> Sequence[int]:
        """The releases that a move may put a project to, best first."""
        asked_at, found = self._open.get(project, (-1, ()))
        if asked_at < 0 or asked_at + 1000 < self._search.moves:
            is_known = self._walk.landscape.is_known
            ranked = self._walk.candidates(project)
            found = tuple(at for n, at in enumerate(ranked) if n < FRONT or is_known(project, at))
            self._open[project] = self._search.moves, found
        return found

    def release(self, project: int) -> int:
        """Another release of a project in the stack that has several."""
        chance = self._search.chance
        if chance.random() < self._optimistic:
            return self._promising(project, chance)
        return self._ranked(project, chance)

    def _ranked(self, project: int, chance: random.Random) -> int:
        """Better ones are likelier: the first of every two draws counts."""
        releases, present = self.releases(project), self._walk.at[project]
        while True:
            at = releases[int(min(chance.random(), chance.random()) * len(releases))]
            if at != present:
                return at

    def _promising(self, project: int, chance: random.Random) -> int:
        """The one that would gain most, of some."""
        releases, walk = self.releases(project), self._walk
        present = walk.at[project]
        tried = releases
        if len(releases) > LOOKED_AT:
            tried = [releases[int(chance.random() * len(releases))] for _ in range(LOOKED_AT)]
        hopes = [(walk.hope(project, at), chance.random(), at) for at in tried if at != present]
        return max(hopes)[2] if hopes else self._ranked(project, chance)
