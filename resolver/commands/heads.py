"""What stands at the head of every report: the program and the time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from analyzers.reports import Tool


def tool() -> Tool:
    """This program, as reports name it."""
    from analyzers.reports import Tool
    from resolver.version import VERSION

    return Tool(name="stackwright", version=VERSION)


def report_moment() -> datetime:
    """The time of the run: that of reports, with ``SOURCE_DATE_EPOCH``."""
    import datetime

    from analyzers.reports import report_time
    from resolver.errors import InputError

    try:
        text = report_time(os.environ, datetime.datetime.now(datetime.UTC))
    except (ValueError, OverflowError, OSError) as error:
        stated = os.environ.get("SOURCE_DATE_EPOCH", "")
        remedy = "unset it, or set it to a number of seconds since 1970"
        raise InputError(f"SOURCE_DATE_EPOCH is {stated!r}", remedy) from error
    return datetime.datetime.fromisoformat(text)


def written_moment(moment: datetime) -> str:
    """A time in UTC as reports have it."""
    return moment.isoformat().replace("+00:00", "Z")
