"""How often what was said of pairs of releases without running them was right."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import msgspec

from analyzers.evidence import Confidence
from analyzers.reports import Tool
from knowledge.observations.checked import UnfitObservationError, checked_time, checked_tool, identity, plain
from knowledge.observations.record import ReleaseIdentity

VERDICT = "verdict"
"""The kind under which the store has them."""
_LONGEST_NAME = 200
_Z = 1.959963984540054
"""Quantile of the normal distribution for an interval of 95%."""


class VerdictCheck(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A verdict about a pair of releases that running them confirmed or refuted.

    Attributes:
        dependent: the release that needs something of the other; it may be the same as `dependency`.
        instrument: what gave the verdict, such as ``imports``.
        confidence: with which the verdict was given that the pair fails.
        confirmed: whether it failed.
        created_at: RFC 3339, UTC.
        origin: see `knowledge.observations.record.Observation.origin`.
    """

    dependent: ReleaseIdentity
    dependency: ReleaseIdentity
    instrument: str
    confidence: Confidence
    confirmed: bool
    created_at: str
    tool: Tool
    origin: str | None = None


class VerdictCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often an instrument was right at one level of confidence.

    Attributes:
        is_foreign: whether others counted, whose packs were imported.
        confirmed: pairs that failed when they were run; `refuted` those that did not.
        share: of the confirmed ones; `low` and `high` are its interval of 95%.

    Source: Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """

    instrument: str
    confidence: Confidence
    is_foreign: bool
    confirmed: int
    refuted: int
    share: float
    low: float
    high: float


def checked_verdict(check: VerdictCheck, now: float | None = None) -> VerdictCheck:
    """A check as it may be kept; see `knowledge.observations.checked.checked`.

    Raises:
        UnfitObservationError: it can say nothing.
    """
    instrument = plain(check.instrument, _LONGEST_NAME)
    if not instrument:
        raise UnfitObservationError("it names no instrument")
    return msgspec.structs.replace(
        check,
        dependent=identity(check.dependent),
        dependency=identity(check.dependency),
        instrument=instrument,
        created_at=checked_time(check.created_at, now),
        tool=checked_tool(check.tool),
    )


def counted(checks: Iterable[VerdictCheck]) -> Iterator[VerdictCount]:
    """The table, by instrument, confidence and whose it is; of each pair the last check counts."""
    last: dict[tuple[str, Confidence, bool, ReleaseIdentity, ReleaseIdentity], tuple[str, bool]] = {}
    for check in checks:
        is_foreign = check.origin is not None
        key = (check.instrument, check.confidence, is_foreign, check.dependent, check.dependency)
        last[key] = max(last.get(key, ("", False)), (check.created_at, check.confirmed))
    counts: dict[tuple[str, Confidence, bool], list[int]] = {}
    for (instrument, confidence, is_foreign, _, _), (_, failed) in last.items():
        counts.setdefault((instrument, confidence, is_foreign), [0, 0])[failed] += 1
    order = list(Confidence)
    for instrument, confidence, is_foreign in sorted(counts, key=lambda k: (k[0], order.index(k[1]), k[2])):
        refuted, confirmed = counts[instrument, confidence, is_foreign]
        low, high = wilson(confirmed, confirmed + refuted)
        yield VerdictCount(
            instrument=instrument,
            confidence=confidence,
            is_foreign=is_foreign,
            confirmed=confirmed,
            refuted=refuted,
            share=round(confirmed / (confirmed + refuted), 4),
            low=round(low, 4),
            high=round(high, 4),
        )


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The score interval of 95% of a share; everything where nothing was tried.

    Source: Wilson 1927.
    """
    if not trials:
        return 0.0, 1.0
    share, square = successes / trials, _Z * _Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    reach = math.sqrt(share * (1 - share) / trials + square / (4 * trials * trials))
    reach *= _Z / (1 + square / trials)
    return max(0.0, middle - reach), min(1.0, middle + reach)
