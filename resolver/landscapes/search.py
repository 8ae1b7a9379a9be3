"""One search among complete stacks: counts the moves, keeps the best, asks a judge about what is better."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping

from resolver.landscapes.walk import Walk

Judge = Callable[[Mapping[int, int]], bool]
"""Whether a stack stands that scores better than any before; if not, it may have become a refutation."""

SPARE = 4
"""For each stack that is asked for so many are kept: some will not stand."""


class Search:
    """What a predictor searches with.

    Args:
        walk: stands at the first stack.
        seed: of what is left to chance, `chance`.
        judge: by default everything stands.
        limit: moves that are expected to be made; a schedule can follow it.
        keep: how many stacks are kept beside the best.

    Attributes:
        moves: how many were made or failed.
        best: the best stack so far.
        best_score: of it.
        signals: what the predictor wants to be seen in the history, such as a temperature.
    """

    def __init__(
        self,
        walk: Walk,
        *,
        seed: int = 0,
        judge: Judge = lambda stack: True,
        limit: int = 20_000,
        keep: int = 0,
    ) -> None:
        self.walk = walk
        self.chance = random.Random(seed)
        self.seed = seed
        self.limit = limit
        self.keep = keep
        self.moves = 0
        self.best: Mapping[int, int] = walk.stack()
        self.best_score = walk.score
        self.signals: dict[str, float] = {}
        self._judge = judge
        self._refused: set[int] = set()
        self._keep = SPARE * keep
        self._kept: dict[int, tuple[int, Mapping[int, int]]] = {}
        self.note()

    def move(self, project: int, position: int, held: Iterable[int] = ()) -> bool:
        """Put a project of the stack to another release; false where that fails."""
        self.moves += 1
        return self.walk.move(project, position, held)

    def stands(self) -> bool:
        """Whether the present stack can stay; false where the judge refutes one that would be the best.

        Whoever gets false must take the move back.
        """
        walk = self.walk
        if walk.key in self._refused:
            return False
        if walk.score > self.best_score:
            stack = walk.stack()
            if not self._judge(stack):
                self._refused.add(walk.key)
                walk.refresh()
                return False
            walk.refresh()
            self.best, self.best_score = stack, walk.score
        if self._keep:
            self.note()
        return True

    def visit(self, stack: Mapping[int, int]) -> bool:
        """Go to a stack that was found elsewhere; where it does not stand, false, and nothing changes."""
        walk = self.walk
        walk.settle()
        walk.go(stack)
        if walk.stack() == stack and self.stands():
            return True
        walk.undo()
        return False

    def note(self) -> None:
        """Keep the present stack, if it is among the best."""
        walk = self.walk
        if not self._keep or walk.key in self._kept or walk.key in self._refused:
            return
        self._kept[walk.key] = walk.score, walk.stack()
        if len(self._kept) > 2 * self._keep:
            best = sorted(self._kept.items(), key=lambda one: (-one[1][0], one[0]))
            self._kept = dict(best[: self._keep])

    def runners_up(self) -> list[tuple[int, Mapping[int, int]]]:
        """The stacks that were kept beside the best, with their scores, best first."""
        found = [one for one in self._kept.values() if one[1] != self.best]
        return sorted(found, key=lambda one: (-one[0], sorted(one[1].items())))

    def adopt(self, stack: Mapping[int, int], score: int) -> None:
        """Take note of a better stack that was found elsewhere."""
        if score > self.best_score:
            self.best, self.best_score = stack, score
