"""How much looking for evidence may cost: steps and bytes read of files, and seconds where a user says so.

Steps and bytes are the same whatever else the machine does, so that what is found is, too.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import msgspec

_PART = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*(s|min|kB|MB|GB|steps)?", re.ASCII)
_RESERVE = 1.25
_UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9}
_UNLIMITED = 1 << 62


class EvidenceLimits(msgspec.Struct, frozen=True):
    """What may be spent in one run.

    Attributes:
        seconds: of looking, the waiting included; None for as long as it takes.
        size_bytes: of files on indexes.
        steps: of simulations: statements that are executed, and source that is read; None for as many as it
            takes.
    """

    seconds: float | None = None
    size_bytes: int = 60_000_000
    steps: int | None = 4_000_000

    def exceeds(self, other: EvidenceLimits) -> bool:
        """Whether more of something may be spent than others allow."""
        return (
            _amount(self.seconds) > _amount(other.seconds)
            or self.size_bytes > other.size_bytes
            or _amount(self.steps) > _amount(other.steps)
        )

    def __str__(self) -> str:
        seconds = [] if self.seconds is None else [f"{self.seconds:g} s"]
        steps = [] if self.steps is None else [f"{self.steps:,} steps"]
        return " or ".join([*seconds, *steps, f"{self.size_bytes / 1e6:g} MB"])


def _amount(limit: float | None) -> float:
    return _UNLIMITED if limit is None else limit


def parse_limits(text: str) -> EvidenceLimits:
    """Limits as a user writes them: ``20s``, ``60MB``, ``500000steps``, or several with commas between.

    A bare number is seconds. Who states seconds and no steps has as many steps as fit in.

    Raises:
        ValueError: it is none of these.
    """
    limits = EvidenceLimits()
    seconds = steps = None
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if not found:
            raise ValueError(
                f"{text!r} is neither seconds (20s), bytes (60MB) nor steps (500000steps), "
                "nor several of them (20s,60MB)"
            )
        amount, unit = float(found[1]), found[2]
        if unit in _UNITS:
            limits = msgspec.structs.replace(limits, size_bytes=int(amount * _UNITS[unit]))
        elif unit == "steps":
            steps = int(amount)
        else:
            seconds = amount * (60 if unit == "min" else 1)
    if seconds is not None or steps is not None:
        limits = msgspec.structs.replace(limits, seconds=seconds, steps=steps)
    return limits


class EvidenceBudget:
    """Counts down while something is looked for.

    Args:
        limits: what may be spent.
        clock: seconds that pass.

    Attributes:
        spent_bytes: so far.
        spent_steps: so far.
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
        self.spent_bytes = self.spent_steps = 0

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

    @property
    def left_steps(self) -> int:
        """Steps that may still be taken; more than anybody takes where they are not limited."""
        return _UNLIMITED if self.limits.steps is None else max(0, self.limits.steps - self.spent_steps)

    def spent(self, *, with_reserve: bool = False) -> str | None:
        """What is used up, in words; None while there is some of everything left.

        Args:
            with_reserve: what is asked is little, and makes use of what was dear; it has a reserve.
        """
        factor, limits = _RESERVE if with_reserve else 1.0, self.limits
        if limits.seconds is not None and self.spent_s >= limits.seconds * factor:
            return f"the evidence budget of {limits.seconds:g} s is spent"
        if limits.steps is not None and self.spent_steps >= limits.steps * factor:
            return f"the evidence budget of {limits.steps:,} steps is spent"
        if self.spent_bytes >= limits.size_bytes * factor:
            return f"the evidence budget of {limits.size_bytes / 1e6:g} MB is spent"
        return None
