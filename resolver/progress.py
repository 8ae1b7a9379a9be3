"""What a person who waits is told while the search runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from typing import Protocol, TextIO

import msgspec

EVERY_S = 0.1


class Standing(msgspec.Struct, frozen=True):
    """How a search among complete stacks stands.

    Attributes:
        predictor: that chooses the moves.
        moves: so many were made.
        best: score of the best stack so far, in millionths.
        bound: no stack scores better.
        signals: what the predictor shows of itself; it may change later.
    """

    predictor: str
    moves: int
    best: int
    bound: int
    signals: Mapping[str, float] = {}


class Progress(Protocol):
    """Told what happens, for a person who waits; must return at once."""

    def settled(self, project: str, version: str, settled: int, known: int) -> None:
        """A release was chosen; `settled` of `known` projects have one."""

    def examined(self, stacks: int) -> None:
        """A complete stack was examined."""

    def searched(self, standing: Standing) -> None:
        """A better stack than the first is looked for; told again and again."""

    def refuted(self, diagnosis: str) -> None:
        """There is no stack; what would help is looked for."""


class NoProgress:
    """Progress for nobody."""

    def settled(self, project: str, version: str, settled: int, known: int) -> None:
        """Say nothing."""

    def examined(self, stacks: int) -> None:
        """Say nothing."""

    def searched(self, standing: Standing) -> None:
        """Say nothing."""

    def refuted(self, diagnosis: str) -> None:
        """Say nothing."""


class TerminalProgress:
    """One line of a terminal, rewritten at most ten times a second; it has no colours."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream = stream
        self._clock = clock
        self._shown_at = -EVERY_S
        self._is_shown = False
        self._is_searching = False

    def settled(self, project: str, version: str, settled: int, known: int) -> None:
        """Show how far the search is."""
        self._is_searching = False
        self.show(f"{settled} of {known} settled: {project} {version}")

    def examined(self, stacks: int) -> None:
        """Show how many stacks were examined, unless it is known how the search for better ones stands."""
        if not self._is_searching:
            self.show(f"{stacks} stacks examined")

    def searched(self, standing: Standing) -> None:
        """Show how the search stands: as much of it as fits."""
        self._is_searching = True
        if self._is_due():
            self.show(standing_line(standing, _columns() - 1))

    def refuted(self, diagnosis: str) -> None:
        """Say it at once, to stay: what would help may take a while."""
        self.clear()
        told = "".join(c if c.isprintable() else "?" for c in diagnosis)
        self._stream.write(f"No solution: {told}; looking for what would help.\n")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._is_shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def show(self, text: str) -> None:
        """Put a text in the place of the line before."""
        if self._is_due():
            self._shown_at = self._clock()
            self._is_shown = True
            self._stream.write(f"\r\x1b[K{text[: max(1, _columns() - 1)]}")
            self._stream.flush()

    def _is_due(self) -> bool:
        return self._clock() - self._shown_at >= EVERY_S


def _columns() -> int:
    return shutil.get_terminal_size().columns


def standing_line(standing: Standing, width: int) -> str:
    """How a search stands, in at most `width` characters: what matters least is left out first."""
    gap = standing.bound - standing.best
    parts = [
        (5, standing.predictor),
        (3, f"{standing.moves:,} moves"),
        (1, f"best {points(standing.best)}"),
        (4, f"bound {points(standing.bound)}"),
        (2, f"gap {points(gap)}"),
        *((6, f"{name} {value:.3g}") for name, value in standing.signals.items()),
    ]
    for least in range(6, 0, -1):
        line = ", ".join(text for weight, text in parts if weight <= least)
        if len(line) <= width:
            return line
    return f"{points(standing.best)}"[: max(0, width)]


def points(millionths: int) -> str:
    """A score as a person reads it."""
    return f"{millionths / 1_000_000:.3f}"
