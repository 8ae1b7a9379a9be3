"""What every report document carries: schema version, tool, input, time, and what could not be known."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import msgspec

SCHEMA_VERSION = "1.0"


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """The program that made a report."""

    name: str
    version: str


class InputFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that was read.

    Attributes:
        path: as the user, or the file that includes it, named it.
        digest: ``sha256:…`` of its content.
    """

    path: str
    digest: str


class Input(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is about.

    Attributes:
        what: what was read, as the user named it.
        digest: ``sha256:…`` of its content.
        files: those that it consists of, where it is more than one thing.
    """

    what: str
    digest: str
    files: tuple[InputFile, ...] = ()


class Unknown(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something that could not be read or decided: what, where, and why."""

    what: str
    where: str
    reason: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The head of every report document.

    Attributes:
        created_at: RFC 3339, UTC; see `report_time`.
    """

    schema_version: str = SCHEMA_VERSION
    tool: Tool
    input: Input
    created_at: str
    unknowns: tuple[Unknown, ...] = ()


def report_time(environ: Mapping[str, str], now: datetime.datetime) -> str:
    """The time a report states: ``SOURCE_DATE_EPOCH`` where it is set, else `now`, in UTC.

    Raises:
        ValueError: ``SOURCE_DATE_EPOCH`` is not a whole number of seconds.

    Source: https://reproducible-builds.org/specs/source-date-epoch/
    """
    epoch = environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.datetime.fromtimestamp(int(epoch), datetime.UTC) if epoch else now
    return moment.astimezone(datetime.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
