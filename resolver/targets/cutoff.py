"""The moment from which on uploads do not count: a run then gives what it would have given before it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec

from knowledge.indexes.filenames import normalized
from knowledge.releases import Listing
from resolver.errors import InputError

NEVER = "never"
_REMEDY = "write a date (2026-01-31), a time (2026-01-31T12:00:00Z) or an age (7d, 36 hours, P2W)"
_AGE = re.compile(r"(?P<count>[0-9]{1,6}) ?(?P<unit>h|d|w)(?:ours?|ays?|eeks?)?")
_ISO_AGE = re.compile(r"P(?:(?P<w>[0-9]{1,6})W)?(?:(?P<d>[0-9]{1,6})D)?(?:T(?P<h>[0-9]{1,6})H)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOURS = {"h": 1, "d": 24, "w": 7 * 24}


class Cutoff(msgspec.Struct, frozen=True, kw_only=True):
    """From when on uploads do not count.

    Attributes:
        moment: such as ``2024-01-01T00:00:00``, in UTC; None where only `exceptions` name one.
        exceptions: normalised name to the moment that counts for that project instead; None for no limit.
    """

    moment: str | None = None
    exceptions: Mapping[str, str | None] = msgspec.field(default_factory=dict)

    def of(self, project: str) -> str | None:
        """The moment that counts for a project; None where everything does."""
        return self.exceptions.get(project, self.moment)

    def restricted(self, listing: Listing) -> Listing:
        """The listing as it stood then."""
        moment = self.of(listing.project)
        if moment is None:
            return listing
        from knowledge.indexes.cutoffs import uploaded_before

        return uploaded_before(listing, moment)


def read_cutoff(option: str | None, exceptions: Iterable[str], now: datetime) -> Cutoff | None:
    """The cutoff that options ask for; None where they ask for none.

    Args:
        option: of ``--exclude-newer``.
        exceptions: of ``--exclude-newer-package``: ``NAME=MOMENT`` or ``NAME=never``.
        now: what ages are counted from.

    Raises:
        InputError: one of them is not understood.
    """
    moment = None if option is None else read_moment(option, now, "--exclude-newer")
    found: dict[str, str | None] = {}
    for text in exceptions:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InputError(f"--exclude-newer-package {text}: it is no NAME=MOMENT", _REMEDY)
        project, value = normalized(name.strip()), value.strip()
        found[project] = None if value == NEVER else read_moment(value, now, "--exclude-newer-package")
    return Cutoff(moment=moment, exceptions=found) if moment or found else None


def read_moment(text: str, now: datetime, option: str) -> str:
    """A moment in UTC to the second: a day means its end, an age counts back from `now`.

    Source: RFC 3339; ISO 8601 durations of weeks, days and hours.

    Raises:
        InputError: the text is none of these, or lies outside the calendar.
    """
    stated = text.strip()
    try:
        moment = _moment(stated, now).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InputError(f"{option} {stated[:80]!r}: {error}", _REMEDY) from None
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _moment(text: str, now: datetime) -> datetime:
    if _DATE.fullmatch(text):
        return datetime.fromisoformat(text).replace(tzinfo=UTC) + timedelta(days=1)
    age = _AGE.fullmatch(text.lower())
    if age is not None:
        return now - timedelta(hours=int(age["count"]) * _HOURS[age["unit"]])
    iso = _ISO_AGE.fullmatch(text.upper())
    if iso is not None and any(iso.groups()):
        return now - timedelta(hours=sum(int(iso[unit] or 0) * hours for unit, hours in _HOURS.items()))
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("the time has no zone")
    return moment
