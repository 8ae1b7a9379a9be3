"""A scan for the terminal: what is used of which distribution, what is wrong, and what the code hints at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from analyzers.evidence import Finding, Level
from analyzers.source.hardware import summary
from analyzers.source.records import FileStatus, Import, Origin, Role
from analyzers.source.report import SourceReport
from resolver.outputs.lines import NARROWEST, fitted

_MOST_ROWS = 40
_MOST_FINDINGS = 30
_MOST_UNKNOWNS = 10
_INDENT = " " * 11
"""Of a row that goes on."""
_LEVELS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "info"}


def scan_text(report: SourceReport, width: int) -> str:
    """The lines of a report, each at most so wide."""
    blocks = [
        [_head(report)],
        list(_distributions(report)),
        list(_findings(report.findings)),
        list(_signals(report)),
        list(_unknowns(report)),
    ]
    lines = [line for block in blocks if block for line in (*block, "")]
    width = max(width, NARROWEST)
    return "".join(f"{line}\n" for text in lines[:-1] for line in fitted(text, width, _INDENT))


def _head(report: SourceReport) -> str:
    size_mb = sum(file.size_bytes for file in report.files) / 1e6
    states = Counter(file.status for file in report.files)
    parts = [f"{len(report.files):,} file{'' if len(report.files) == 1 else 's'} of Python, {size_mb:.1f} MB"]
    if states[FileStatus.PARTIAL]:
        parts.append(f"{states[FileStatus.PARTIAL]:,} understood in part")
    if states[FileStatus.FAILED]:
        parts.append(f"{states[FileStatus.FAILED]:,} not read")
    return f"{report.root}: {', '.join(parts)}"


class _Row(msgspec.Struct):
    """One line of the table of distributions."""

    name: str
    imports: int = 0
    uses: int = 0
    roles: set[Role] = msgspec.field(default_factory=set)
    first: str = ""
    sources: set[str] = msgspec.field(default_factory=set)


def _distributions(report: SourceReport) -> Iterator[str]:
    rows: dict[str, _Row] = {}
    owners: dict[str, str] = {}
    for one in report.imports:
        if one.origin not in (Origin.THIRD_PARTY, Origin.UNKNOWN):
            continue
        name = _owner(one)
        owners.setdefault(one.module.partition(".")[0], name)
        row = rows.setdefault(name, _Row(name))
        row.imports += 1
        row.roles.add(one.role)
        row.first = row.first or f"{one.file}:{one.line}"
    for use in report.uses:
        owner = owners.get(use.symbol.partition(".")[0])
        if owner is not None:
            rows[owner].uses += 1
    if not rows:
        yield "Nothing of other distributions is imported."
        return
    declared = {one.name for one in report.declared if one.name}
    ordered = sorted(rows.values(), key=lambda row: (-row.uses, row.name))
    shown = ordered[:_MOST_ROWS]
    size = max(len(row.name) for row in shown)
    yield f"  {'distribution':<{max(size, 12)}}  uses  imports  declared  for    first seen"
    for row in shown:
        stated = "yes" if row.name in declared else "no"
        yield (
            f"  {row.name:<{max(size, 12)}}  {row.uses:>4}  {row.imports:>7}  {stated:<8}  "
            f"{_roles(row.roles):<5}  {row.first}"
        )
    if len(ordered) > len(shown):
        yield f"  and {len(ordered) - len(shown)} more (--format json has all)"


def _owner(one: Import) -> str:
    return one.distributions[0].name if one.distributions else f"({one.module.partition('.')[0]})"


def _roles(roles: set[Role]) -> str:
    return "main" if Role.MAIN in roles else min(roles).value


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        yield "No findings."
        return
    counts = Counter(finding.level for finding in findings)
    told = ", ".join(f"{counts[level]} {name}" for level, name in _LEVELS.items() if counts[level])
    yield f"Findings ({told}):"
    order = list(_LEVELS)
    ordered = sorted(findings, key=lambda finding: order.index(finding.level))
    for finding in ordered[:_MOST_FINDINGS]:
        where = f"{finding.location}: " if finding.location else ""
        yield f"  {_LEVELS[finding.level]:<7}  {where}{finding.message} [{finding.id}]"
    if len(ordered) > _MOST_FINDINGS:
        yield f"  and {len(ordered) - _MOST_FINDINGS} more (--format json has all)"


def _signals(report: SourceReport) -> Iterator[str]:
    python = report.python
    if python.lower or python.upper:
        bounds = [f">={python.lower}"] if python.lower else []
        bounds += [f"<={python.upper}"] if python.upper else []
        reasons = [
            f"{each.what} ({each.location})"
            for each in python.evidence
            if (each.first is not None and each.first == python.lower)
            or (each.last is not None and each.last == python.upper)
        ]
        yield f"Python    {', '.join(bounds)}: {'; '.join(reasons[:2])}"
    strengths = summary(report.hardware)
    for accelerator, strength in sorted(strengths.items()):
        first = next(hint for hint in report.hardware if hint.accelerator is accelerator)
        yield f"Hardware  {accelerator.value} ({strength.value}): {first.signal} ({first.location})"
    by_name: dict[str, list[str]] = defaultdict(list)
    for library in report.native:
        if library.name is not None:
            by_name[library.name].append(str(library.location))
    for name, places in list(by_name.items())[:5]:
        yield f"Native    {name} ({places[0]})"
    graded = _graded(report.security.counts.items())
    if graded:
        yield f"Security  {graded} (indicators for a reviewer, by severity)"


def _graded(counts: Iterable[tuple[str, int]]) -> str:
    by_severity: Counter[str] = Counter()
    for pair, count in counts:
        by_severity[pair.partition("/")[0]] += count
    return ", ".join(f"{by_severity[name]} {name}" for name in ("high", "medium", "low") if by_severity[name])


def _unknowns(report: SourceReport) -> Iterator[str]:
    if not report.unknowns:
        return
    yield f"Not known ({len(report.unknowns)}):"
    for unknown in report.unknowns[:_MOST_UNKNOWNS]:
        yield f"  {unknown.where}: {unknown.what}: {unknown.reason}"
    if len(report.unknowns) > _MOST_UNKNOWNS:
        yield f"  and {len(report.unknowns) - _MOST_UNKNOWNS} more (--format json has all)"
