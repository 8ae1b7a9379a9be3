"""A scan for the terminal: what is used of which distribution, what is wrong, and what the code hints at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from analyzers.evidence import Finding
from analyzers.source.records import Role
from analyzers.source.report import SourceReport
from analyzers.source.signals.hardware import summary as strongest
from analyzers.source.signals.python_bounds import PythonBounds
from analyzers.source.totals import DistributionTotals, SourceSummary, Totals
from resolver.outputs.texts.columns import counted
from resolver.outputs.texts.levels import NOUNS, graded
from resolver.outputs.texts.lines import NARROWEST, fitted

_MOST_ROWS = 40
_MOST_FINDINGS = 30
_MOST_UNKNOWNS = 10
_INDENT = " " * 11
"""Of a row that goes on."""


def scan_text(summary: SourceSummary, width: int) -> str:
    """The lines of a summary, each at most so wide."""
    report, totals = summary.report, summary.totals
    blocks = [
        [_head(report.root, totals)],
        list(_distributions({one.name for one in report.declared if one.name}, totals.distributions)),
        list(_findings(report.findings)),
        list(_signals(report)),
        list(_unknowns(report)),
    ]
    lines = [line for block in blocks if block for line in (*block, "")]
    width = max(width, NARROWEST)
    return "".join(f"{line}\n" for text in lines[:-1] for line in fitted(text, width, _INDENT))


def _head(root: str, totals: Totals) -> str:
    size_mb = totals.size_bytes / 1e6
    parts = [f"{counted(totals.files, 'file')} of Python, {size_mb:.1f} MB"]
    if totals.partial:
        parts.append(f"{totals.partial:,} understood in part")
    if totals.failed:
        parts.append(f"{totals.failed:,} not read")
    return f"{root}: {', '.join(parts)}"


def _distributions(declared: set[str], ordered: Sequence[DistributionTotals]) -> Iterator[str]:
    if not ordered:
        yield "Nothing of other distributions is imported."
        return
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


def _roles(roles: Sequence[Role]) -> str:
    return "main" if Role.MAIN in roles else min(roles).value


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    if not findings:
        yield "No findings."
        return
    yield f"Findings ({graded(finding.level for finding in findings)}):"
    order = list(NOUNS)
    ordered = sorted(findings, key=lambda finding: order.index(finding.level))
    for finding in ordered[:_MOST_FINDINGS]:
        where = f"{finding.location}: " if finding.location else ""
        yield f"  {finding.level.value:<7}  {where}{finding.message} [{finding.id}]"
    if len(ordered) > _MOST_FINDINGS:
        yield f"  and {len(ordered) - _MOST_FINDINGS} more (--format json has all)"


def _signals(report: SourceReport) -> Iterator[str]:
    python = report.python
    if bounds := python_bounds(python):
        reasons = [
            f"{each.what} ({each.location})"
            for each in python.evidence
            if (each.first is not None and each.first == python.lower)
            or (each.last is not None and each.last == python.upper)
        ]
        yield f"Python    {bounds}: {'; '.join(reasons[:2])}"
    strengths = strongest(report.hardware)
    for accelerator, strength in sorted(strengths.items()):
        first = next(hint for hint in report.hardware if hint.accelerator is accelerator)
        yield f"Hardware  {accelerator.value} ({strength.value}): {first.signal} ({first.location})"
    by_name: dict[str, list[str]] = defaultdict(list)
    for library in report.native:
        if library.name is not None:
            by_name[library.name].append(str(library.location))
    for name, places in list(by_name.items())[:5]:
        yield f"Native    {name} ({places[0]})"
    security = _by_severity(report.security.counts.items())
    if security:
        yield f"Security  {security} (indicators for a reviewer, by severity)"


def python_bounds(python: PythonBounds) -> str:
    """The Pythons that code runs on, as a specifier; empty where nothing tells."""
    bounds = [f">={python.lower}"] if python.lower else []
    bounds += [f"<={python.upper}"] if python.upper else []
    return ", ".join(bounds)


def _by_severity(counts: Iterable[tuple[str, int]]) -> str:
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
