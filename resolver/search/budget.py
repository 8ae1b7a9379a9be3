"""How long a search may go on, and what ended it."""

from __future__ import annotations

import enum
import math

import msgspec


class StoppedBy(enum.StrEnum):
    """What ended a search."""

    FIRST_STACK = "first stack"
    BOUND = "bound"
    MOVES = "limit"
    CONFLICTS = "conflict limit"
    TIME = "time limit"
    MEMORY = "memory limit"
    EXHAUSTED = "nothing left to try"
    INTERRUPTED = "interrupted"
    TERMINATED = "terminated"

    @property
    def is_wish(self) -> bool:
        """Whether someone wanted the end at once."""
        return self in (StoppedBy.INTERRUPTED, StoppedBy.TERMINATED)


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """How long to search.

    Attributes:
        moves: most moves from the first stack on; a run that this ends is the same for the same seed.
        conflicts: most conflicts of a search that has found no stack; likewise.
        time_limit_s: of the whole run, with or without a stack; None for no limit while there is none.
        memory_limit_bytes: resident memory of the process at which the search ends; None for no limit.
        seed: of what is left to chance.
        count: so many of the best stacks are kept.
        jobs: so many processes search; one is this one alone.
    """

    moves: int = 500
    conflicts: int = 3_000
    time_limit_s: float | None = None
    memory_limit_bytes: int | None = None
    seed: int = 0
    count: int = 1
    jobs: int = 1

    @property
    def climb_s(self) -> float:
        """Age of the run, in seconds, from which on a stack is good enough.

        Without a time limit there is none: the moves end the climb, on a busy machine where on a quiet one.
        """
        return math.inf if self.time_limit_s is None else self.time_limit_s


class SearchStoppedError(Exception):
    """The budget was spent before there was a stack or a proof that there is none."""

    def __init__(self, reason: StoppedBy) -> None:
        super().__init__(f"no stack was found before the search was stopped: {reason.value}")
        self.reason = reason
