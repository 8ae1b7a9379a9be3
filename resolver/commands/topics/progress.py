"""Progress of long work on topics: how much is done, and how long the rest may take."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from resolver.progress import TerminalProgress

T = TypeVar("T")
_EVERY = 500


def terminal(*, quiet: bool) -> TerminalProgress | None:
    """The line of the terminal on which progress is shown; None where nobody would see it."""
    from resolver.commands.notes import obeys
    from resolver.progress import TerminalProgress

    return None if quiet or not obeys(sys.stderr) else TerminalProgress(sys.stderr)


class Counted(Generic[T]):
    """Things on their way, counted on the terminal; a context manager, which removes the line.

    Args:
        things: gone through once.
        what: they are, in the plural, as in ``packages read``.
        quiet: show nothing.
    """

    def __init__(self, things: Iterable[T], what: str, *, quiet: bool) -> None:
        self._things, self._what = things, what
        self._line = terminal(quiet=quiet)

    def __enter__(self) -> Counted[T]:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._line is not None:
            self._line.clear()

    def __iter__(self) -> Iterator[T]:
        """The things."""
        started_s = time.monotonic()
        for number, thing in enumerate(self._things, 1):
            if self._line is not None and number % _EVERY == 0:
                rate = number / max(1e-9, time.monotonic() - started_s)
                self._line.show(f"{number:,} {self._what}, {rate:,.0f} a second")
            yield thing


class Steps:
    """Shows steps of known number with an estimate of the time that is left.

    Args:
        quiet: show nothing.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._line = terminal(quiet=quiet)
        self._started_s = time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        """So many of the steps are done."""
        if self._line is None:
            return
        if done >= total:
            self._line.clear()
            return
        passed_s = time.monotonic() - self._started_s
        left = f", about {passed_s / done * (total - done):.0f} s left" if done else ""
        self._line.show(f"{what}: {done} of {total}{left}")
