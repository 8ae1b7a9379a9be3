"""Reports that ``stackwright inspect --format json`` saved: told by what a file holds, and read again."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import msgspec

from analyzers.reports import SCHEMA_VERSION
from analyzers.undecodable import UNDECODABLE
from images.errors import ImageReferenceError
from images.reports.report import ImageReport

LIMIT_BYTES = 512 << 20
_HEAD_BYTES = 4096
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_REPORT_HEAD = re.compile(rb'(?:\xef\xbb\xbf)?\s{0,100}\{\s{0,100}"schema_version"\s{0,100}:')


def is_report(path: Path) -> bool:
    """Whether a file begins as reports do; one that cannot be read does not."""
    try:
        with path.open("rb") as stream:
            return _REPORT_HEAD.match(stream.read(_HEAD_BYTES)) is not None
    except OSError:
        return False


def saved_report(reference: str) -> ImageReport | None:
    """The report in a file of this name; None where there is no such file, or it is no JSON object.

    Raises:
        ImageReferenceError: it is JSON, but no report on an image, or one of another version of the schema.
    """
    path = Path(reference)
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as stream:
            if not stream.read(_HEAD_BYTES).removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"{"):
                return None
            if os.fstat(stream.fileno()).st_size > LIMIT_BYTES:
                raise ImageReferenceError(reference, f"is larger than {LIMIT_BYTES:,} bytes")
            stream.seek(0)
            content = stream.read(LIMIT_BYTES).removeprefix(_BYTE_ORDER_MARK)
    except (OSError, ValueError):
        return None
    try:
        report = msgspec.json.decode(content, type=ImageReport)
    except UNDECODABLE as error:
        raise ImageReferenceError(
            reference,
            f"is JSON, but no report of an image: {error}",
            "save one with: stackwright inspect REFERENCE --format json",
        ) from error
    if report.schema_version != SCHEMA_VERSION:
        raise ImageReferenceError(
            reference, f"is a report of schema {report.schema_version}, not {SCHEMA_VERSION}"
        )
    return report
