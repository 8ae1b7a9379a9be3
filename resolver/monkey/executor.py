"""Who has stacks probed: on this machine or on others, several at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from knowledge.observations.record import Failure
from knowledge.probing.records import ProbeResult, ProbeTask, Verdict


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """One stack that is to be probed."""

    id: str
    task: ProbeTask


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        wall_s: how long it took.
        worker: who did it.
    """

    id: str
    result: ProbeResult
    wall_s: float
    worker: str = ""


class Executor(Protocol):
    """Has stacks probed."""

    def run(self, assignments: Iterable[Assignment]) -> Iterator[Done]:
        """What comes of each, once, in the order in which they end; closing the iterator ends the rest."""


def not_known(error: str, message: str) -> ProbeResult:
    """The result where whoever probed did not come to say anything."""
    failure = Failure(step="probe", error=error, message=message[:300])
    return ProbeResult(verdict=Verdict.NOT_KNOWN, failure=failure)
