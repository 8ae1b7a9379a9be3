"""Runs an iterator in a thread of its own, a bounded number of items ahead of who asks for them."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from queue import SimpleQueue
from typing import TypeVar

_Item = TypeVar("_Item")
_END_S = 1.0


class _End:
    """What comes after the last item: nothing, or what was raised."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def read_ahead(items: Iterator[_Item], depth: int) -> Generator[_Item, None, None]:
    """The same items; what their iterator raises is raised here.

    It pays where making an item releases the interpreter's lock, as decompressing and hashing do. Nobody else
    may touch what the iterator uses until this one is at its end or closed.

    Args:
        depth: how many items may wait.
    """
    full: SimpleQueue[_Item | _End] = SimpleQueue()
    free: SimpleQueue[None] = SimpleQueue()
    stopped = threading.Event()
    for _ in range(depth):
        free.put(None)

    def run() -> None:
        end = _End()
        try:
            for item in items:
                free.get()
                if stopped.is_set():
                    break
                full.put(item)
        except BaseException as error:
            end = _End(error)
        full.put(end)

    thread = threading.Thread(target=run, name="read ahead", daemon=True)
    thread.start()
    try:
        while True:
            item = full.get()
            if isinstance(item, _End):
                break
            yield item
            free.put(None)
        if item.error is not None:
            raise item.error
    finally:
        stopped.set()
        free.put(None)
        # What waits for a network is not waited for: it ends when its answer comes.
        thread.join(_END_S)
