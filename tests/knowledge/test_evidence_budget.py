"""What looking for evidence may cost, as users say it and as it is counted down."""

from __future__ import annotations

import pytest

from knowledge.imports.evidence_budget import EvidenceBudget, EvidenceLimits, parse_limits

USUAL = EvidenceLimits()


def test_time_is_no_limit_unless_it_is_stated() -> None:
    moments = iter(range(0, 10**9, 10**8))
    budget = EvidenceBudget(clock=lambda: float(next(moments)))
    with budget:
        assert budget.spent() is None


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("20", EvidenceLimits(20.0, USUAL.size_bytes, None)),
        ("1.5min", EvidenceLimits(90.0, USUAL.size_bytes, None)),
        ("5MB", EvidenceLimits(None, 5_000_000, USUAL.steps)),
        ("5s,10kB", EvidenceLimits(5.0, 10_000, None)),
        ("700steps", EvidenceLimits(None, USUAL.size_bytes, 700)),
        ("7s, 700steps, 1GB", EvidenceLimits(7.0, 10**9, 700)),
    ],
)
def test_what_is_stated_counts(text: str, limits: EvidenceLimits) -> None:
    assert parse_limits(text) == limits


@pytest.mark.parametrize("text", ["", "much", "5 h", "-1s", "1s,", "1e3", "٣s", "5MB 3s"])
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is neither seconds"):
        parse_limits(text)


def test_each_limit_ends_it_and_is_named() -> None:
    budget = EvidenceBudget(EvidenceLimits(None, 100, 1_000))
    assert (budget.spent(), budget.left_steps) == (None, 1_000)
    budget.spent_bytes = 100
    assert budget.spent() == "the evidence budget of 0.0001 MB is spent"
    budget.spent_bytes, budget.spent_steps = 0, 1_100
    assert budget.spent() == "the evidence budget of 1,000 steps is spent"
    assert (budget.spent(with_reserve=True), budget.left_steps) == (None, 0)


def test_a_larger_limit_of_anything_looks_further() -> None:
    limits = EvidenceLimits(5.0, 100, 1_000)
    assert not limits.exceeds(limits)
    assert EvidenceLimits(None, 100, 1_000).exceeds(limits)
    assert EvidenceLimits(5.0, 101, 1).exceeds(limits)
    assert EvidenceLimits(5.0, 100, None).exceeds(limits)
    assert not limits.exceeds(EvidenceLimits(None, 100, None))
