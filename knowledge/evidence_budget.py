"""How much looking for evidence may cost: seconds, and bytes read of files."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import msgspec

_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(s|min|kB|MB|GB)?", re.ASCII)
_RESERVE = 1.25
_UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9}


class EvidenceLimits(msgspec.Struct, frozen=True):
    """What may be spent in one run.

    Attributes:
        seconds: of looking, the waiting included.
        size_bytes: of files on indexes.
    """

    seconds: float = 20.0
    size_bytes: int = 60_000_000


def parse_limits(text: str) -> EvidenceLimits:
    """Limits as a user writes them: ``20s``, ``60MB`` or both with a comma between; a bare number is seconds.

    Raises:
        ValueError: it is none of these.
    """
    limits = EvidenceLimits()
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if not found:
            raise ValueError(f"{text!r} is neither seconds (20s) nor bytes (60MB), nor both (20s,60MB)")
        amount, unit = float(found[1]), found[2]
        if unit in _UNITS:
            limits = msgspec.structs.replace(limits, size_bytes=int(amount * _UNITS[unit]))
        else:
            limits = msgspec.structs.replace(limits, seconds=amount * (60 if unit == "min" else 1))
    return limits


class EvidenceBudget:
    """Counts down while something is looked for.

    Args:
        limits: what may be spent.
        clock: seconds that pass.

    Attributes:
        spent_bytes: so far.
        is_stored_only: nothing may be read of files at all.
    """

    def __init__(
        self,
        limits: EvidenceLimits | None = None,
        *,
        is_stored_only: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits or EvidenceLimits()
        self.is_stored_only = is_stored_only
        self._clock = clock
        self._spent_s = 0.0
        self._began_s: float | None = None
        self._depth = 0
        self.spent_bytes = 0

    def __enter__(self) -> EvidenceBudget:
        if not self._depth:
            self._began_s = self._clock()
        self._depth += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._depth -= 1
        if not self._depth and self._began_s is not None:
            self._spent_s += self._clock() - self._began_s
            self._began_s = None

    @property
    def spent_s(self) -> float:
        """Seconds so far."""
        running = 0.0 if self._began_s is None else self._clock() - self._began_s
        return self._spent_s + running

    def spent(self, *, with_reserve: bool = False) -> str | None:
        """What is used up, in words; None while there is some of everything left.

        Args:
            with_reserve: what is asked is little, and makes use of what was dear; it has a reserve.
        """
        factor = _RESERVE if with_reserve else 1.0
        if self.spent_s >= self.limits.seconds * factor:
            return f"the evidence budget of {self.limits.seconds:g} s is spent"
        if self.spent_bytes >= self.limits.size_bytes * factor:
            return f"the evidence budget of {self.limits.size_bytes / 1e6:g} MB is spent"
        return None
