from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.indexes.listings import listing_from_entries
from knowledge.indexes.upload_times import first_and_last
from knowledge.releases import ListedFile

EARLY, LATE = "2024-01-01T00:00:00.000001Z", "2024-06-01T12:00:00.500000Z"


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        ([EARLY, LATE], (EARLY, LATE)),
        ([LATE, EARLY, EARLY], (EARLY, LATE)),
        ([LATE, None], (LATE, None)),
        ([None, ""], (None, None)),
        (["yesterday", LATE], (LATE, None)),
        (["2024-01-01T00:00:00Z"], ("2024-01-01T00:00:00Z", "2024-01-01T00:00:00Z")),
        (
            ["2024-01-01T00:00:00Z", "2024-01-01T00:00:00.5Z"],
            ("2024-01-01T00:00:00.000000Z", "2024-01-01T00:00:00.500000Z"),
        ),
        (["2024-01-01T02:00:00+02:00"], ("2024-01-01T00:00:00.000000Z", "2024-01-01T00:00:00.000000Z")),
    ],
)  # fmt: skip
def test_first_and_last(times: list[str | None], expected: tuple[str | None, str | None]) -> None:
    assert first_and_last(times) == expected


moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1))
zones = st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))])


@given(st.lists(st.tuples(moments, zones, st.booleans()), min_size=1, max_size=6))
def test_moments_are_compared_and_not_texts(drawn: list[tuple[datetime, timezone, bool]]) -> None:
    stated = [moment.replace(tzinfo=zone) for moment, zone, _ in drawn]
    texts = [
        moment.isoformat().replace("+00:00", "Z" if short else "+00:00")
        for moment, (_, _, short) in zip(stated, drawn, strict=True)
    ]
    first, last = first_and_last(texts)
    assert first is not None
    assert last is not None
    assert datetime.fromisoformat(first) == min(stated)
    assert datetime.fromisoformat(last) == max(stated)


def test_a_listing_has_both_for_every_release() -> None:
    def entry(name: str, at: str | None) -> ListedFile:
        return ListedFile(filename=name, url=f"https://files.example/{name}", upload_time=at)

    listing = listing_from_entries(
        "foo",
        [
            entry("foo-2.0.tar.gz", None),
            entry("foo-1.0-py3-none-any.whl", LATE),
            entry("foo-1.0.tar.gz", EARLY),
            entry("foo-2.0-py3-none-any.whl", LATE),
        ],
    )
    assert (listing.uploaded, listing.completed) == ((EARLY, LATE), (LATE, None))
