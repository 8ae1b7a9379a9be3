from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolver.errors import InputError
from resolver.targets.cutoff import Cutoff, read_cutoff, read_moment

NOW = datetime(2026, 3, 10, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-31", "2026-02-01T00:00:00"),
        ("2024-02-29", "2024-03-01T00:00:00"),
        ("2026-01-31T10:00:00Z", "2026-01-31T10:00:00"),
        ("2026-01-31T10:00:00.9+02:00", "2026-01-31T08:00:00"),
        ("7d", "2026-03-03T12:30:00"),
        ("1 day", "2026-03-09T12:30:00"),
        ("36 hours", "2026-03-09T00:30:00"),
        ("2W", "2026-02-24T12:30:00"),
        ("P7D", "2026-03-03T12:30:00"),
        ("p1wt12h", "2026-03-03T00:30:00"),
        ("PT24H", "2026-03-09T12:30:00"),
    ],
)
def test_moments(text: str, moment: str) -> None:
    assert read_moment(text, NOW, "--exclude-newer") == moment


@pytest.mark.parametrize(
    "text",
    ["", "soon", "P", "PT", "7", "7m", "2026-02-30", "2026-01-31T10:00:00", "999999w", "0001-01-01T00:00+14"],
)
def test_what_is_no_moment_is_told(text: str) -> None:
    with pytest.raises(InputError, match="--exclude-newer") as error:
        read_moment(text, NOW, "--exclude-newer")
    assert "write a date" in error.value.__notes__[0]


@given(st.integers(0, 10_000))
def test_an_age_is_counted_back_from_now(days: int) -> None:
    moment = datetime.fromisoformat(read_moment(f"{days}d", NOW, "")).replace(tzinfo=UTC)
    assert NOW - moment == timedelta(days=days)
    assert read_moment(f"P{days}D", NOW, "") == read_moment(f"{24 * days}h", NOW, "")


def test_exceptions_count_instead_of_the_rule() -> None:
    cutoff = read_cutoff("2026-01-31", ["Old.Project=2020-12-31", "fresh=never"], NOW)
    assert cutoff is not None
    assert cutoff.of("old-project") == "2021-01-01T00:00:00"
    assert cutoff.of("fresh") is None
    assert cutoff.of("other") == "2026-02-01T00:00:00"


def test_an_exception_may_stand_alone() -> None:
    cutoff = read_cutoff(None, ["a=7d"], NOW)
    assert cutoff is not None
    assert (cutoff.of("a"), cutoff.of("b")) == ("2026-03-03T12:30:00", None)
    assert read_cutoff(None, [], NOW) is None


@pytest.mark.parametrize("text", ["a", "=7d", "a=", "a=soon"])
def test_malformed_exceptions_are_told(text: str) -> None:
    with pytest.raises(InputError, match="--exclude-newer-package"):
        read_cutoff(None, [text], NOW)


def test_without_a_moment_listings_stay_as_they_are() -> None:
    assert Cutoff(exceptions={"a": None}).of("a") is None
