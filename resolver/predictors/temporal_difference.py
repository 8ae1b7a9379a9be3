"""n-step temporal difference: values of (project, release) are learned from differences of scores.

Algorithm: an episode is a run of moves that are all taken, from the best stack on. Of a few moves that are
drawn the one with the highest value is made: what was learned of it, or for a move that was never made what
it would gain were everything else to stay, plus an exploration bonus that falls with its visits. The reward
is the difference of the scores, in shares of the usual difference; a move that fails costs one such share.
After n further moves the value goes a part of the way to the n rewards, discounted, and the value of the move
made then. Parameters: the constants below. Cost: a move costs what it changes, and `DRAWN` estimates. Memory:
one entry for each release that was tried. Source: n-step Sarsa (Sutton and Barto, 2018, chapter 7); bonus as
in UCB1 (Auer, Cesa-Bianchi and Fischer, 2002).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Generator

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices

STEPS = 4
"""Rewards that a value learns from."""
DISCOUNT = 0.8
RATE = 0.2
"""The part of the way that a value goes to what was observed."""
BONUS = 0.3
DRAWN = 8
"""Moves of which one is made."""
EPISODE = 25
"""Moves of an episode."""
FAILED = -1.0
"""Reward of a move that fails."""

_Move = tuple[int, int]


class TemporalDifference:
    """Learns which releases are worth putting in, from what came of it."""

    name = "temporal-difference"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        values = _Values(search)
        walk = search.walk
        while (move := values.chosen()) is not None:
            walk.settle()
            if walk.score < search.best_score:
                walk.go(search.best)
                walk.settle()
            for _ in range(EPISODE):
                before = walk.score
                walk.settle()
                if search.move(*move) and not search.stands():
                    walk.undo()
                    values.observe(move, FAILED)
                elif walk.score == before and walk.at[move[0]] != move[1]:
                    values.observe(move, FAILED)
                else:
                    values.observe(move, values.scaled(walk.score - before))
                yield
                following = values.chosen()
                if following is None:
                    break
                move = following
            values.end()


class _Values:
    def __init__(self, search: Search) -> None:
        self._search = search
        self._choices = Choices(search, optimistic=0.5)
        self._learned: dict[_Move, tuple[float, int]] = {}
        self._open: deque[tuple[_Move, float]] = deque()
        self._made = 0
        self._usual = 0.0
        self._differences = 0

    def scaled(self, difference: int) -> float:
        """A difference of scores, in shares of the usual one."""
        if difference:
            self._differences += 1
            self._usual += (abs(difference) - self._usual) / self._differences
        return difference / self._usual if self._usual else 0.0

    def chosen(self) -> _Move | None:
        """The best of some moves; None where there is none."""
        walk, choices = self._search.walk, self._choices
        best: tuple[float, _Move] | None = None
        for _ in range(DRAWN):
            project = choices.project()
            if project < 0:
                return None
            move = project, choices.release(project)
            gain = walk.hope(*move) - walk.involved(project)
            value, visits = self._learned.get(move, (0.0, 0))
            hoped = gain / self._usual if self._usual else 0.0
            value = hoped if not visits else value + (hoped - value) / (visits + 1)
            value += BONUS * math.sqrt(math.log(self._made + 1) / (visits + 1))
            if best is None or value > best[0]:
                best = value, move
        return best[1] if best is not None else None

    def observe(self, move: _Move, reward: float) -> None:
        """Take note of what a move has brought."""
        self._made += 1
        self._open.append((move, reward))
        if len(self._open) > STEPS:
            value, visits = self._learned.get(move, (0.0, 0))
            self._update(value if visits else reward)

    def end(self) -> None:
        """Nothing follows what was observed."""
        while self._open:
            self._update(0.0)

    def _update(self, last: float) -> None:
        """The earliest move whose rewards are there learns from them; the latest one counts as `last`."""
        seen = list(self._open)
        if len(seen) > STEPS:
            rewards = [reward for _, reward in seen[:STEPS]]
            target = sum(DISCOUNT**n * reward for n, reward in enumerate(rewards)) + DISCOUNT**STEPS * last
        else:
            target = sum(DISCOUNT**n * reward for n, (_, reward) in enumerate(seen))
        move, _ = self._open.popleft()
        value, visits = self._learned.get(move, (0.0, 0))
        rate = max(RATE, 1 / (visits + 1))
        self._learned[move] = value + rate * (target - value), visits + 1
        self._search.signals["value"] = value
