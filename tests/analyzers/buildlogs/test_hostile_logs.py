"""Whatever a log holds, reading it ends, in time that grows with its length."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.buildlogs import failures, read_build_log
from analyzers.buildlogs.journal import MOST_RECORDS
from analyzers.buildlogs.records import BuildLog

LOGS = [path.read_bytes() for path in sorted(Path(__file__).with_name("logs").glob("*.log"))]
PIECES = sorted({line for log in LOGS for line in log.splitlines()})


def faults(log: BuildLog) -> list[str]:
    """What does not fit together in what was read."""
    lost = {one.package for one in log.failures if one.package and not one.is_recovered}
    is_right = {
        "lines are sorted": all(list(one.lines) == sorted(set(one.lines)) for one in log.failures),
        "messages are short": all(len(one.message) <= 300 for one in log.failures),
        "what failed is what is lost": set(log.failed) == lost,
        "what is recovered is not lost": not set(log.recovered) & lost,
        "what is installed has a name": all(one.package for one in log.installation),
    }
    return [what for what, holds in is_right.items() if not holds]


@given(st.binary(max_size=2_000))
def test_any_bytes_are_read(data: bytes) -> None:
    log = read_build_log(data)
    assert faults(log) == []
    assert not any(one.is_recovered for one in failures(data))


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_lines_of_logs_in_any_order_are_read(lines: list[bytes]) -> None:
    assert faults(read_build_log(b"\n".join(lines))) == []


@given(st.sampled_from(LOGS), st.integers(0, 10_000))
def test_a_log_that_breaks_off_is_read(log: bytes, size: int) -> None:
    assert faults(read_build_log(log[:size])) == []


@pytest.mark.slow
@given(st.sampled_from(LOGS), st.lists(st.sampled_from(PIECES), max_size=5), st.data())
def test_what_is_put_into_a_log_is_no_reason_to_end(
    log: bytes, more: list[bytes], data: st.DataObject
) -> None:
    lines = log.splitlines()
    for line in more:
        lines.insert(data.draw(st.integers(0, len(lines))), line)
    assert faults(read_build_log(b"\n".join(lines))) == []


def steps_of(data: bytes) -> int:
    """Calls and lines of Python that reading takes: a measure that no load of the machine disturbs."""
    count = 0

    def trace(*_: object) -> None:
        nonlocal count
        count += 1

    sys.setprofile(trace)
    try:
        read_build_log(data)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.slow
def test_effort_grows_with_the_length() -> None:
    for log in LOGS:
        once, often = steps_of(log * 4), steps_of(log * 32)
        assert often < 12 * once


@pytest.mark.slow
def test_many_failures_are_kept_to_a_number_and_that_is_told() -> None:
    text = b"".join(
        b"ERROR: Could not find a version that satisfies the requirement p%d\n" % n for n in range(12_000)
    )
    log = read_build_log(text)
    assert len(log.failures) == MOST_RECORDS
    assert [one.what for one in log.unknowns] == ["2000 steps, failures or packages"]
