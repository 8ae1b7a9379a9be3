"""Counts what was asked of an index, by kind of request."""

from __future__ import annotations

import enum
import threading

import msgspec


class RequestKind(enum.StrEnum):
    """What a request was for."""

    LISTING = "listing"
    METADATA = "metadata"
    RANGE = "range"
    SDIST = "sdist"


class Counts(msgspec.Struct, kw_only=True):
    """Figures of one kind of request.

    Attributes:
        requests: every attempt and every redirect counts as one.
        retries: those of `requests` that repeat a failed attempt.
        missing: answers 404 and the like where the index promised nothing.
        received_bytes: length of bodies as read, after content decoding.
    """

    requests: int = 0
    retries: int = 0
    missing: int = 0
    received_bytes: int = 0


class Traffic:
    """Figures of one run. Counts are written by the transport's threads; readable at any time.

    Attributes:
        speculative: files whose metadata was asked for on a guess (see `knowledge.speculation`).
        speculative_used: those of them that the search asked for later.
    """

    def __init__(self) -> None:
        self._counts = {kind: Counts() for kind in RequestKind}
        self._lock = threading.Lock()
        self.speculative = 0
        self.speculative_used = 0

    def __getitem__(self, kind: RequestKind) -> Counts:
        return self._counts[kind]

    def asked(self, kind: RequestKind) -> None:
        """A request is sent."""
        with self._lock:
            self._counts[kind].requests += 1

    def retried(self, kind: RequestKind) -> None:
        """The next request repeats a failed one."""
        with self._lock:
            self._counts[kind].retries += 1

    def missed(self, kind: RequestKind) -> None:
        """What was asked for is not there."""
        with self._lock:
            self._counts[kind].missing += 1

    def received(self, kind: RequestKind, size_bytes: int) -> None:
        """A part of a body arrived."""
        with self._lock:
            self._counts[kind].received_bytes += size_bytes

    @property
    def requests(self) -> int:
        """Requests of every kind."""
        return sum(counts.requests for counts in self._counts.values())

    @property
    def wasted(self) -> int:
        """Guesses that nobody asked for, so far."""
        return self.speculative - self.speculative_used

    @property
    def received_bytes(self) -> int:
        """Bytes of every kind."""
        return sum(counts.received_bytes for counts in self._counts.values())
