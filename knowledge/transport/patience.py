"""How long hosts keep us waiting: whoever waits is told once for each, and a silent host is asked no more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from knowledge.errors import IndexUnreachableError
from knowledge.transport.settings import TransportSettings
from knowledge.transport.urls import displayed, origin


class TooSlowError(Exception):
    """An answer came in drops."""


class Pace:
    """Ends an answer whose drops all come soon enough, but amount to nothing."""

    def __init__(self, settings: TransportSettings) -> None:
        self._settings = settings
        self._since_s = time.monotonic()
        self._received = 0

    def received(self, size_bytes: int) -> None:
        """Counts a part of the answer.

        Raises:
            TooSlowError: the last parts were too small for the time that they took.
        """
        self._received += size_bytes
        passed_s = time.monotonic() - self._since_s
        if passed_s > self._settings.read_s:
            if self._received < self._settings.slowest_bytes_s * passed_s:
                raise TooSlowError
            self._since_s += passed_s
            self._received = 0


class Patience:
    """For the clients of one transport; safe for several threads.

    Args:
        after_s: seconds after which `tell` hears of a request.
        tell: given the address; None tells nobody.
    """

    def __init__(self, after_s: float, tell: Callable[[str], None] | None) -> None:
        self._after_s = after_s
        self._tell = tell
        self._lock = threading.Lock()
        self._waiting: dict[object, tuple[float, str]] = {}
        self._told: set[str] = set()
        self._answered_s: dict[str, float] = {}
        self._silent: dict[str, IndexUnreachableError] = {}

    @contextmanager
    def waiting_for(self, url: str) -> Iterator[None]:
        """While a request is under way."""
        token = object()
        with self._lock:
            self._waiting[token] = (time.monotonic(), url)
        try:
            yield
        finally:
            with self._lock:
                del self._waiting[token]

    def say(self) -> None:
        """Tell of requests that take long; to be called now and then."""
        limit_s = time.monotonic() - self._after_s
        with self._lock:
            late = [url for since_s, url in self._waiting.values() if since_s <= limit_s]
            new = {origin(url): url for url in late if origin(url) not in self._told}
            self._told.update(new)
        if self._tell is not None:
            for url in new.values():
                self._tell(displayed(url))

    def answered(self, url: str) -> None:
        """A host has said something."""
        with self._lock:
            self._answered_s[origin(url)] = time.monotonic()
            self._silent.pop(origin(url), None)

    def gave_up(self, url: str, since_s: float, error: IndexUnreachableError) -> None:
        """A request that began at `since_s` of the monotonic clock ended in silence."""
        with self._lock:
            if self._answered_s.get(origin(url), 0.0) < since_s:
                self._silent[origin(url)] = error

    def require_hope(self, url: str) -> None:
        """Does not let requests that queue up behind others wait for a host that has said nothing to those.

        Raises:
            IndexUnreachableError: the host kept silent, to everything, for as long as a request may take.
        """
        silent = self._silent.get(origin(url))
        if silent is not None:
            error = IndexUnreachableError(displayed(url), silent.reason)
            for note in getattr(silent, "__notes__", ()):
                error.add_note(note)
            raise error
