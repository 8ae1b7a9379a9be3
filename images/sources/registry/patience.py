"""How long registries are waited for, and how often they are asked again: `Patience`."""

from __future__ import annotations

import msgspec


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on waiting.

    Attributes:
        read_s: without a byte; and from then on the slowest pace is asked for.
        attempts: of one request, or of one blob without progress worth it.
        pause_s: before the second attempt, doubled before each further one.
        longest_pause_s: a registry that asks for more is not waited for.
        progress_bytes: that make attempts count anew.
    """

    connect_s: float = 10.0
    read_s: float = 30.0
    attempts: int = 4
    pause_s: float = 0.5
    longest_pause_s: float = 30.0
    slowest_bytes_s: int = 1024
    progress_bytes: int = 1 << 20

    def pause(self, attempt: int) -> float:
        """Seconds to wait after an attempt, the first being 0."""
        return min(self.pause_s * 2.0**attempt, self.longest_pause_s)
