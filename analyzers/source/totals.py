"""What a scan amounts to: its short answers and the counts of its long lists, as `SourceSummary`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from analyzers.source.records import FileFact, FileStatus, Import, Origin, Role
from analyzers.source.report import SourceReport


class DistributionTotals(msgspec.Struct, frozen=True, kw_only=True):
    """How much is used of one distribution.

    Attributes:
        name: in parentheses that of a module where no distribution is known to provide it.
        roles: of the files that import it.
        first: path and line of the first import.
    """

    name: str
    imports: int
    uses: int
    roles: tuple[Role, ...]
    first: str


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of the lists of a report.

    Attributes:
        partial: files that are understood in part; `failed` those that could not be read.
        distributions: the most used first.
    """

    files: int
    size_bytes: int
    partial: int
    failed: int
    distributions: tuple[DistributionTotals, ...] = ()


class SourceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A report without its long lists (files, imports, uses, demands are empty), and what they count."""

    report: SourceReport
    totals: Totals


def totals(files: Iterable[FileFact], imports: Iterable[Import], uses: Mapping[str, int]) -> Totals:
    """The counts of what a scan found.

    Args:
        uses: how many there are of each root module.
    """
    count = size_bytes = partial = failed = 0
    for file in files:
        count += 1
        size_bytes += file.size_bytes
        partial += file.status is FileStatus.PARTIAL
        failed += file.status is FileStatus.FAILED
    return Totals(
        files=count, size_bytes=size_bytes, partial=partial, failed=failed,
        distributions=_distributions(imports, uses),
    )  # fmt: skip


def _distributions(imports: Iterable[Import], uses: Mapping[str, int]) -> tuple[DistributionTotals, ...]:
    counts: dict[str, int] = {}
    roles: dict[str, set[Role]] = {}
    first: dict[str, str] = {}
    owners: dict[str, str] = {}
    for one in imports:
        if one.origin not in (Origin.THIRD_PARTY, Origin.UNKNOWN):
            continue
        root = one.module.partition(".")[0]
        name = one.distributions[0].name if one.distributions else f"({root})"
        owners.setdefault(root, name)
        counts[name] = counts.get(name, 0) + 1
        roles.setdefault(name, set()).add(one.role)
        if name not in first:
            first[name] = f"{one.file}:{one.line}"
    used: dict[str, int] = {}
    for root, count in uses.items():
        if root in owners:
            used[owners[root]] = used.get(owners[root], 0) + count
    rows = [
        DistributionTotals(
            name=name,
            imports=count,
            uses=used.get(name, 0),
            roles=tuple(sorted(roles[name])),
            first=first[name],
        )
        for name, count in counts.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.uses, row.name)))
