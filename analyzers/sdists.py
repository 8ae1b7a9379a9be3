"""Source distributions: their PKG-INFO, read from as little of the file as it takes, and whether to trust it.

Source: PEP 517, PEP 625 and PEP 643.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.files import FileReaderError
from analyzers.metadata import CoreMetadata
from analyzers.ranges import RangeReader
from analyzers.tars import DEFAULT_LIMITS, TarError, TarLimits, TarStream
from analyzers.zips import ZipArchive

_PKG_INFO_LIMIT_BYTES = 16 << 20
_SUFFIX = re.compile(r"(?:\.tar)?\.[A-Za-z0-9]+$")
_DECISIVE = frozenset({"requires-dist", "provides-extra", "requires-python"})
_STATIC_SINCE = (2, 2)


class SdistError(ValueError):
    """A source distribution does not give its PKG-INFO."""

    def __init__(self, filename: str, reason: str) -> None:
        super().__init__(f"{filename}: {reason}")
        self.filename, self.reason = filename, reason


def read_pkg_info(chunks: Iterator[bytes], filename: str, limits: TarLimits = DEFAULT_LIMITS) -> bytes:
    """The ``PKG-INFO`` in the root directory of a tar archive.

    Args:
        chunks: the file from its start; no chunk is taken beyond the one that completes PKG-INFO.
        filename: its suffix tells the compression.
        limits: what reading may cost.

    Raises:
        SdistError: there is none, or the archive is damaged or beyond the limits.
    """
    suffix = _SUFFIX.search(filename.lower())
    try:
        archive = TarStream(chunks, suffix[0] if suffix else "", limits)
        for member in archive.members():
            if member.is_file and _is_pkg_info(member.path):
                return archive.content(member, _PKG_INFO_LIMIT_BYTES)
    except TarError as error:
        raise SdistError(filename, str(error)) from error
    raise SdistError(filename, "holds no PKG-INFO in its root directory")


def read_zipped_pkg_info(reader: RangeReader, filename: str) -> bytes:
    """The ``PKG-INFO`` in the root directory of a zip archive.

    Raises:
        RangeMissing: by a `SparseReader`, for what must be fetched first.
        SdistError: there is none, or the archive cannot be trusted.
    """
    try:
        archive = ZipArchive(reader)
        found = [member for path, member in archive.members.items() if _is_pkg_info(path)]
        if len(found) == 1:
            return archive.read(found[0], _PKG_INFO_LIMIT_BYTES)
    except FileReaderError as error:
        raise SdistError(filename, str(error)) from error
    raise SdistError(filename, f"holds {len(found)} PKG-INFO in root directories, where it needs one")


def is_static(metadata: CoreMetadata) -> bool:
    """Whether every build of the sdist has these dependencies, extras and supported Pythons.

    Source: PEP 643: from metadata version 2.2 on, a field that is not listed as dynamic is the final one.
    """
    major, _, minor = (metadata.metadata_version or "").partition(".")
    if not (major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        return False
    if len(major) > 4 or len(minor) > 4 or (int(major), int(minor)) < _STATIC_SINCE:
        return False
    return _DECISIVE.isdisjoint(metadata.dynamic) and _DECISIVE.isdisjoint(metadata.unparsed)


def _is_pkg_info(path: bytes) -> bool:
    root, _, name = path.removeprefix(b"./").partition(b"/")
    return name == b"PKG-INFO" and root not in (b"", b".", b"..") and not root.endswith(b".egg-info")
