"""What a person who waits is told while the search runs."""

from __future__ import annotations

import shutil
import time
from typing import Protocol, TextIO


class Progress(Protocol):
    """Told what happens, for a person who waits; must return at once."""

    def settled(self, project: str, version: str, settled: int, known: int) -> None:
        """A release was chosen; `settled` of `known` projects have one."""

    def examined(self, stacks: int) -> None:
        """A complete stack was examined."""

    def refuted(self, diagnosis: str) -> None:
        """There is no stack; what would help is looked for."""


class Silence:
    """Progress for nobody."""

    def settled(self, project: str, version: str, settled: int, known: int) -> None:
        """Say nothing."""

    def examined(self, stacks: int) -> None:
        """Say nothing."""

    def refuted(self, diagnosis: str) -> None:
        """Say nothing."""


class TerminalProgress:
    """One line of a terminal, rewritten at most ten times a second."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._shown_at = 0.0

    def settled(self, project: str, version: str, settled: int, known: int) -> None:
        """Show how far the search is."""
        self.show(f"{settled} of {known} settled: {project} {version}")

    def examined(self, stacks: int) -> None:
        """Show how many stacks were examined."""
        self.show(f"{stacks} stacks examined")

    def refuted(self, diagnosis: str) -> None:
        """Say it at once, to stay: what would help may take a while."""
        self.clear()
        told = "".join(c if c.isprintable() else "?" for c in diagnosis)
        self._stream.write(f"No solution: {told}; looking for what would help.\n")
        self._stream.flush()

    def clear(self) -> None:
        """Remove the line."""
        if self._shown_at:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def show(self, text: str) -> None:
        """Put a text in the place of the line before."""
        now = time.monotonic()
        if now - self._shown_at >= 0.1:
            self._shown_at = now
            self._stream.write(f"\r\x1b[K{text[: shutil.get_terminal_size().columns - 1]}")
            self._stream.flush()
