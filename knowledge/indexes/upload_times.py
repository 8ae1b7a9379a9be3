"""Upload times as indexes write them, compared as moments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime


def first_and_last(times: Sequence[str | None]) -> tuple[str | None, str | None]:
    """The earliest stated time, and the latest one where every time is stated; RFC 3339 in UTC.

    Args:
        times: at least one; what is no time counts as not stated.
    """
    texts = [text for text in times if text]
    if texts:
        first, last = min(texts), max(texts)
        # Times of one length and zone are in the order of their texts: nearly every page is like that.
        if first[-1] == last[-1] == "Z" and len(set(map(len, texts))) == 1 and _is_time(first):
            return first, last if len(texts) == len(times) else None
    moments = [moment for text in texts if (moment := _moment(text)) is not None]
    if not moments:
        return None, None
    last_moment = max(moments) if len(moments) == len(times) else None
    return _text(min(moments)), None if last_moment is None else _text(last_moment)


def _is_time(text: str) -> bool:
    return len(text) in (20, 24, 27) and text[:4].isdigit() and text[4] == text[7] == "-" and text[10] == "T"


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _text(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
