"""Ctrl-C and SIGTERM while a command searches: the first ends the search, the next one ends the command."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from resolver.search.budget import StoppedBy
from resolver.search.interruption import Interruption, SearchInterruptedError

_REASONS = {signal.SIGINT: StoppedBy.INTERRUPTED, signal.SIGTERM: StoppedBy.TERMINATED}


@contextmanager
def heard(interruption: Interruption) -> Iterator[None]:
    """Hand signals to an interruption, as long as it sees to the end itself; else to whoever had them before.

    A signal that is ignored, as under nohup, stays so.
    """
    before: dict[int, Callable[[int, FrameType | None], object]] = {}

    def hear(number: int, frame: FrameType | None) -> None:
        if not interruption.ask(_REASONS[signal.Signals(number)]):
            before[number](number, frame)

    for number in _REASONS:
        handler = signal.getsignal(number)
        if callable(handler):
            before[number] = handler
            signal.signal(number, hear)
    try:
        yield
    except SearchInterruptedError:  # the wish came where nothing could be reported
        for asked, reason in _REASONS.items():
            if reason is interruption.reason:
                before[asked](asked, None)
        raise
    finally:
        for heard_of, previous in before.items():
            if interruption.is_closed and interruption.reason is not None:  # impatience comes too late
                signal.signal(heard_of, signal.SIG_IGN)
            elif signal.getsignal(heard_of) is hear:  # whoever ends the command may have silenced it
                signal.signal(heard_of, previous)
