"""How a search went: scores, best and bound by moves, and what its predictor shows of itself.

A row is kept for each improvement of the best, and for every k-th move; k doubles whenever there are too many
rows, so that a long search takes no more memory than a short one and recording costs nothing that shows.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from typing import Any

import msgspec

MOST_ROWS = 1_000
"""Rows that are kept beside those of improvements."""
MOST_SIGNALS = 8
"""Signals of one predictor that are kept."""


class SearchHistory(msgspec.Struct, frozen=True, kw_only=True):
    """The course of one search; the columns are equally long, and the first row is that of the first stack.

    Attributes:
        predictor: that chose the moves.
        every: a row stands for so many moves, improvements of the best apart.
        moves: made until then.
        score: of the stack that the search stood at, in millionths.
        best: score of the best stack so far, in millionths.
        bound: no stack scores better, as far as was known then, in millionths.
        signals: what the predictor shows, such as a temperature, by name; null where it showed nothing.
    """

    predictor: str
    every: int
    moves: tuple[int, ...]
    score: tuple[int, ...]
    best: tuple[int, ...]
    bound: tuple[int, ...]
    signals: dict[str, tuple[float | None, ...]] = {}


class History:
    """Keeps the course of a search while it goes on.

    Args:
        predictor: name of the one that chooses.
        most: rows that are kept beside those of improvements.

    Attributes:
        due: from so many moves on another row is wanted.
        best: score in the last row; a better one is worth a row at once.
    """

    def __init__(self, predictor: str, most: int = MOST_ROWS) -> None:
        self.due = 0
        self.best = -math.inf
        self._predictor = predictor
        self._most = most
        self._every = 1
        self._moves, self._scores, self._bests, self._bounds = (array("q") for _ in range(4))
        self._signals: dict[str, array[float]] = {}
        self._stays = bytearray()  # of each row: whether no thinning takes it
        self._thinnable = 0

    def record(self, moves: int, score: int, best: int, bound: int, signals: Mapping[str, float]) -> None:
        """Add a row; the later of two at the same number of moves counts."""
        stays = best > self.best
        if self._moves and self._moves[-1] == moves:
            stays |= self._removed()
        self._moves.append(moves)
        self._scores.append(score)
        self._bests.append(best)
        self._bounds.append(bound)
        self._stays.append(stays)
        if signals:
            self._show(signals)
        self.best = best
        self.due = moves - moves % self._every + self._every
        if not stays:
            self._thinnable += 1
            if self._thinnable > self._most:
                self._thin()

    def told(self) -> SearchHistory:
        """What was kept."""
        moves, score, best, bound = map(tuple, (self._moves, self._scores, self._bests, self._bounds))
        signals = {
            name: tuple(value if math.isfinite(value) else None for value in self._filled(column))
            for name, column in sorted(self._signals.items())
        }
        return SearchHistory(
            predictor=self._predictor, every=self._every, moves=moves, score=score, best=best, bound=bound,
            signals=signals,
        )  # fmt: skip

    def _show(self, signals: Mapping[str, float]) -> None:
        """Fill the columns of signals up to the last row."""
        rows = len(self._stays)
        for name, value in signals.items():
            column = self._signals.get(name)
            if column is None:
                if len(self._signals) >= MOST_SIGNALS:
                    continue
                column = self._signals[name] = array("d")
            if len(column) < rows - 1:
                column.extend([math.nan] * (rows - 1 - len(column)))
            column.append(value)

    def _removed(self) -> bool:
        """Take the last row away; whether it was to stay."""
        rows = len(self._stays)
        for column in self._all():
            if len(column) == rows:
                column.pop()
        stayed = bool(self._stays.pop())
        self._thinnable -= not stayed
        return stayed

    def _all(self) -> list[array[Any]]:
        return [self._moves, self._scores, self._bests, self._bounds, *self._signals.values()]

    def _filled(self, column: array[Any]) -> array[Any]:
        """A column that is as long as the others."""
        if len(column) < len(self._stays):
            column.extend([math.nan] * (len(self._stays) - len(column)))
        return column

    def _thin(self) -> None:
        """Let go every second of the rows that need not stay."""
        kept = []
        is_odd = False
        for row, stays in enumerate(self._stays):
            if not stays:
                is_odd = not is_odd
            if stays or is_odd:
                kept.append(row)
        for column in self._all():
            self._filled(column)
            column[:] = array(column.typecode, [column[row] for row in kept])
        self._stays = bytearray(self._stays[row] for row in kept)
        self._thinnable = len(kept) - sum(self._stays)
        self._every *= 2
