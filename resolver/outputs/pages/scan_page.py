"""A scan as a page: what is used of which distribution, what is wrong, and what the code hints at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from analyzers.evidence import Level
from analyzers.source.documents import LISTS, beginning
from analyzers.source.installed import InstalledReport
from analyzers.source.totals import SourceSummary
from resolver.outputs.pages.blocks import Block, Entries, Leaf, Page, Row, Section, Table, Text, Tile
from resolver.outputs.pages.contents import MOST_LEAVES, Contents, Record
from resolver.outputs.pages.leaves import leaf, shown, sized
from resolver.outputs.pages.parts import (
    finding_sections,
    further_section,
    list_section,
    made_by,
    run_section,
    unknowns_section,
)
from resolver.outputs.pages.rendering import rendered_page
from resolver.outputs.texts.columns import counted
from resolver.outputs.texts.levels import graded
from resolver.outputs.texts.scan_text import python_bounds

_MOST_RECORDS = MOST_LEAVES // 8
"""Of a long list; more than a section has room for."""


def scan_page(summary: SourceSummary, lists: Mapping[str, bytes]) -> str:
    """The page.

    Args:
        summary: of the scan.
        lists: its long lists; see `analyzers.source.documents`.
    """
    report = summary.report
    told: dict[str, object] = msgspec.to_builtins(report)
    totals = dict.fromkeys(LISTS, 0)
    for name in LISTS:
        told[name], totals[name] = beginning(lists[name], _MOST_RECORDS)
    findings = tuple(finding_sections("findings", "Findings", report.findings))
    sections = [*findings, *(part for part in _sections(summary, told, totals) if part is not None)]
    grave = [finding for finding in report.findings if finding.level is not Level.INFO]
    return rendered_page(
        Page(
            kind="scan",
            headline=_headline(summary),
            verdict=graded(finding.level for finding in report.findings) or "no findings",
            tone="good" if not grave else "bad" if any(one.level is Level.ERROR for one in grave) else "fair",
            lead=_lead(summary),
            entries=_asked(summary),
            tiles=tuple(_tiles(summary)),
            sections=tuple(sections),
            made_by=made_by(report),
            made_at=shown(report.created_at),
        )
    )


def installed_page(report: InstalledReport) -> str:
    """What is installed, as a page."""
    told: dict[str, object] = msgspec.to_builtins(report)
    sections = (
        list_section(
            told,
            "distributions",
            "Distributions",
            ("name", "version", "location", "provides", "requires"),
            wide="provides",
        ),
        unknowns_section(told),
        run_section(told),
        further_section(told),
    )
    count = len(report.distributions)
    return rendered_page(
        Page(
            kind="installed distributions",
            headline=f"{counted(count, 'distribution')} in {shown(report.input.what)}",
            verdict="read",
            tone="good",
            lead="From the files alone; nothing was imported.",
            entries=Entries(items=(("Read", leaf(report.input.what)),)),
            tiles=(Tile(label="Distributions", figure=Leaf(text=f"{count:,}")),),
            sections=tuple(part for part in sections if part is not None),
            made_by=made_by(report),
            made_at=shown(report.created_at),
        )
    )


def _headline(summary: SourceSummary) -> str:
    files, used = summary.totals.files, len(summary.totals.distributions)
    return f"{counted(files, 'file')} of Python, {counted(used, 'distribution')} used"


def _lead(summary: SourceSummary) -> str:
    parts = []
    if summary.totals.partial:
        parts.append(f"{summary.totals.partial:,} files are understood in part")
    if summary.totals.failed:
        parts.append(f"{summary.totals.failed:,} could not be read")
    return f"{' and '.join(parts)}." if parts else "Every file was understood. Nothing was imported or run."


def _asked(summary: SourceSummary) -> Entries:
    found: list[tuple[str, Block]] = [("Scanned", leaf(summary.report.root))]
    if bounds := python_bounds(summary.report.python):
        found.append(("Python it needs", Leaf(text=shown(bounds))))
    accelerators = sorted({hint.accelerator.value for hint in summary.report.hardware})
    if accelerators:
        found.append(("Hardware it speaks of", Leaf(text=", ".join(accelerators))))
    return Entries(items=tuple(found))


def _tiles(summary: SourceSummary) -> Iterator[Tile]:
    totals, report = summary.totals, summary.report
    yield Tile(
        label="Files", figure=Leaf(text=f"{totals.files:,}"), note=f"{sized(totals.size_bytes)} of Python"
    )
    yield Tile(
        label="Distributions", figure=Leaf(text=f"{len(totals.distributions):,}"), note="used by imports"
    )
    yield Tile(
        label="Declared", figure=Leaf(text=f"{len(report.declared):,}"), note="requirements in manifests"
    )
    yield Tile(label="Findings", figure=Leaf(text=f"{len(report.findings):,}"))
    yield Tile(label="Not known", figure=Leaf(text=f"{len(report.unknowns):,}"))


def _sections(
    summary: SourceSummary, told: dict[str, object], totals: Mapping[str, int]
) -> Iterator[Section | None]:
    told.pop("findings")
    yield _distributions(summary)
    yield list_section(
        told, "declared", "Declared requirements", ("text", "location"), wide="text", is_open=False
    )
    yield _python(told)
    yield list_section(
        told, "hardware", "Hardware", lead="Places where the code speaks of it.", is_open=False
    )
    yield list_section(
        told, "native", "Native libraries", ("name", "by", "location"), wide="name", is_open=False
    )
    yield _security(told)
    yield list_section(
        told,
        "demands",
        "What it demands of each distribution",
        ("distribution",),
        is_open=False,
        total=totals["demands"],
    )
    columns = ("module", "name", "origin", "distributions", "file", "line")
    yield list_section(
        told, "imports", "Imports", columns, wide="distributions", is_open=False, total=totals["imports"]
    )
    yield list_section(
        told,
        "uses",
        "Uses",
        ("symbol", "kind", "file", "line"),
        wide="symbol",
        is_open=False,
        total=totals["uses"],
    )
    yield list_section(
        told, "files", "Files", ("path", "module", "role", "size_bytes", "status", "sha256"), wide="path",
        is_open=False, total=totals["files"],
    )  # fmt: skip
    yield unknowns_section(told)
    yield run_section(told, ("root",))
    yield further_section(told)


def _distributions(summary: SourceSummary) -> Section:
    found = summary.totals.distributions
    if not found:
        text = Text(text="Nothing of other distributions is imported.")
        return Section(anchor="distributions", title="Distributions that are used", blocks=(text,), count=0)
    declared = {one.name for one in summary.report.declared if one.name}
    contents = Contents()
    rows: list[Row] = []
    for one in found:
        if not contents.has_room:
            break
        cells = (
            contents.leaf(one.name),
            contents.leaf(one.uses),
            contents.leaf(one.imports),
            Leaf(text="yes" if one.name in declared else "no"),
            Leaf(text=", ".join(role.value for role in one.roles)),
            contents.leaf(one.first),
        )
        rows.append(Row(cells=cells))
    table = Table(
        columns=("Distribution", "Uses", "Imports", "Declared", "For", "First seen"),
        rows=tuple(rows), more=len(found) - len(rows), wide=5, is_stacked=True,
    )  # fmt: skip
    return Section(
        anchor="distributions",
        title="Distributions that are used",
        lead="The most used first; a name in parentheses is that of a module that no known distribution has.",
        blocks=(table,),
        count=len(found),
    )


def _python(told: dict[str, object]) -> Section | None:
    bounds = told.pop("python")
    assert isinstance(bounds, Mapping)
    contents = Contents()
    evidence = bounds.get("evidence")
    block = None
    if isinstance(evidence, Sequence) and evidence:
        block = contents.table(evidence, ("what", "first", "last", "location", "count"), wide="what")
    entries = contents.entries(bounds, ("evidence",))
    blocks = tuple(each for each in (entries, block) if each is not None)
    if not blocks:
        return None
    lead = "Syntax, modules and calls that only some Pythons have."
    return Section(anchor="python", title="Pythons it runs on", lead=lead, blocks=blocks, is_open=False)


def _security(told: dict[str, object]) -> Section | None:
    security = told.pop("security")
    assert isinstance(security, Mapping)
    contents = Contents()
    indicators: Sequence[Record] = security.get("indicators", ())
    table = contents.table(indicators, ("severity", "message", "file", "line", "id"), wide="message")
    counts = contents.named(security["counts"]) if security.get("counts") else None
    blocks: tuple[Block, ...] = tuple(each for each in (table, counts) if each is not None)
    if not blocks:
        return None
    return Section(
        anchor="security",
        title="For a reviewer of security",
        lead="Indicators in main code, by severity and confidence; none of them is a verdict.",
        blocks=blocks,
        count=len(indicators),
        is_open=False,
    )
