"""What a scan found, in parts: its short answers and its long lists, made now or kept of an earlier run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from analyzers.files import FileReaderError
from analyzers.manifests.reading import ReadFile
from analyzers.source.caching.kept_scans import KeptScans
from analyzers.source.documents import encoded_list
from analyzers.source.records import FileFact, Import, Use
from analyzers.source.report import SourceReport
from analyzers.source.signals.demand import ApiDemand
from analyzers.source.totals import SourceSummary, totals

_GROUP = 64
"""Items that are encoded at once."""


class Scanned(NamedTuple):
    """What a scan found; see `analyzers.source.documents`.

    Attributes:
        lists: the long lists of the report, encoded; None where they were not asked for.
    """

    summary: SourceSummary
    lists: Mapping[str, bytes] | None


class Parts(NamedTuple):
    """A report in the making: all but its uses."""

    shell: SourceReport
    files: list[FileFact]
    imports: list[Import]
    demands: tuple[ApiDemand, ...]
    uses_by_root: Mapping[str, int]

    def whole(self, uses: Sequence[Use]) -> SourceReport:
        """The report."""
        return msgspec.structs.replace(
            self.shell,
            files=tuple(self.files),
            imports=tuple(self.imports),
            uses=tuple(uses),
            demands=self.demands,
        )

    def summary(self) -> SourceSummary:
        """The report in short."""
        return SourceSummary(report=self.shell, totals=totals(self.files, self.imports, self.uses_by_root))

    def lists(self, uses: bytes) -> dict[str, bytes]:
        """The long lists, that of the uses being encoded already."""
        return {
            "files": encoded_list(_grouped(self.files)),
            "imports": encoded_list(_grouped(self.imports)),
            "uses": uses,
            "demands": encoded_list(_grouped(self.demands)),
        }


def _grouped(items: Sequence[object]) -> Iterator[Sequence[object]]:
    return (items[start : start + _GROUP] for start in range(0, len(items), _GROUP))


def kept_scan(kept: KeptScans, key: str, created_at: str, read: ReadFile, *, lists: bool) -> Scanned | None:
    """What was kept of an earlier run under a key, as of now; None where nothing is that still holds.

    Args:
        read: reads what the key does not cover.
        lists: whether the long lists are asked for.
    """
    found = kept.summary(key)
    if found is None or not all(_digest(read, path) == known for path, known in found.read.items()):
        return None
    encoded = kept.lists(key) if lists else None
    if lists and encoded is None:
        return None
    report = msgspec.structs.replace(found.summary.report, created_at=created_at)
    return Scanned(msgspec.structs.replace(found.summary, report=report), encoded)


def noted(read: ReadFile, digests: dict[str, str]) -> ReadFile:
    """A reader of files that notes the SHA-256 of each by its path."""

    def reader(path: str) -> bytes:
        digests.setdefault(path, "")
        data = read(path)
        digests[path] = hashlib.sha256(data).hexdigest()
        return data

    return reader


def _digest(read: ReadFile, path: str) -> str:
    try:
        return hashlib.sha256(read(path)).hexdigest()
    except FileReaderError:
        return ""
