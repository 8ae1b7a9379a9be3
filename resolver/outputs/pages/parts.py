"""Sections that pages of several reports have: findings, facts, what is not known, the run, and the rest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from analyzers.evidence import Finding, Level
from analyzers.reports import Report
from images.facts.environment import FACT_NAMES
from resolver.outputs.pages.blocks import Block, Fold, Leaf, Line, Row, Section, Table
from resolver.outputs.pages.contents import Contents, Record
from resolver.outputs.pages.leaves import shown
from resolver.outputs.texts.levels import graded

_ORDER = {level: number for number, level in enumerate((Level.ERROR, Level.WARNING, Level.INFO))}
MOST_OPEN = 300
"""Rows that are shown at once."""
_HEAD = ("schema_version", "tool", "input", "created_at")


def finding_sections(
    anchor: str, title: str, findings: Sequence[Finding], remedies: Mapping[str, str] | None = None
) -> Iterator[Section]:
    """One section of findings, the gravest first.

    Args:
        anchor: of the section.
        title: of the section.
        findings: of a report.
        remedies: id of a finding to what can be done, which is told once.
    """
    if not findings:
        yield Section(anchor=anchor, title=title, lead="None.", blocks=(), count=0)
        return
    contents = Contents()
    rows: list[Row] = []
    advised = dict(remedies or {})
    for finding in sorted(findings, key=lambda finding: _ORDER[finding.level]):
        if not contents.has_room:
            break
        rows.append(_finding(finding, contents, advised.pop(finding.id, None)))
    table = Table(
        columns=("Kind", "Finding", "Where"),
        rows=tuple(rows), wide=1, is_stacked=True, more=len(findings) - len(rows),
    )  # fmt: skip
    yield Section(
        anchor=anchor,
        title=title,
        lead=graded(finding.level for finding in findings),
        blocks=opened(table),
        count=len(findings),
    )


def opened(table: Table) -> tuple[Block, ...]:
    """A table whose first rows are shown at once, and all others behind a summary: a page has to open."""
    if len(table.rows) <= MOST_OPEN:
        return (table,)
    first = msgspec.structs.replace(table, rows=table.rows[:MOST_OPEN], more=0)
    others = msgspec.structs.replace(table, rows=table.rows[MOST_OPEN:], common=None)
    return first, Fold(summary=f"Show the other {len(others.rows):,}", blocks=(others,))


def _finding(finding: Finding, contents: Contents, remedy: str | None) -> Row:
    record: Record = msgspec.to_builtins(finding)
    line = Line(
        head=contents.leaf(finding.message),
        below=() if remedy is None else (Leaf(text=f"Remedy: {remedy}"),),
        level=finding.level.value,
    )
    where = None if finding.location is None else contents.block(record["location"])
    count = len(finding.evidence)
    return Row(
        cells=(contents.leaf(finding.id), line, where),
        rest=contents.entries(record, ("id", "level", "message", "location")),
        summary="more"
        if not count
        else "1 piece of evidence"
        if count == 1
        else f"{count} pieces of evidence",
    )


def environment_section(told: dict[str, object], title: str) -> Section | None:
    """The facts of an environment, which are taken out of what is to be told."""
    environment = told.pop("environment")
    facts = environment["facts"] if isinstance(environment, Mapping) else {}
    if not facts:
        return None
    contents = Contents()
    rows: list[Row] = []
    for name, fact in facts.items():
        if not contents.has_room:
            break
        cells = (
            contents.leaf(name),
            contents.block(fact["value"], name) or Leaf(text="none"),
            contents.leaf(fact["source"]),
            contents.leaf(fact.get("confidence", "certain")),
            Leaf(text=FACT_NAMES.get(name, "")),
        )
        rows.append(Row(cells=cells))
    table = Table(
        columns=("Fact", "Value", "Learned from", "Confidence", "Meaning"),
        rows=tuple(rows), wide=1, is_stacked=True, more=len(facts) - len(rows),
    )  # fmt: skip
    return Section(anchor="environment", title=title, blocks=(table,), count=len(facts), is_open=False)


def unknowns_section(told: dict[str, object]) -> Section | None:
    """What could not be read or decided."""
    unknowns = told.pop("unknowns")
    if not isinstance(unknowns, Sequence) or not unknowns:
        return None
    table = Contents().table(unknowns, ("what", "where", "reason"), wide="reason", is_stacked=True)
    assert table is not None
    lead = "What could not be read or decided, and may therefore be otherwise."
    return Section(
        anchor="unknowns", title="What is not known", lead=lead, blocks=(table,), count=len(unknowns),
        is_open=len(unknowns) <= 20,
    )  # fmt: skip


def run_section(told: dict[str, object], names: Iterable[str] = ()) -> Section:
    """How the report was made: its head, and the fields that are named."""
    fields = {name: told.pop(name) for name in (*names, *_HEAD)}
    entries = Contents().entries(fields)
    return Section(anchor="run", title="How this was made", blocks=() if entries is None else (entries,))


def made_by(report: Report) -> str:
    """The program that made a report, for the foot of its page."""
    return shown(f"{report.tool.name} {report.tool.version}")


def further_section(told: Mapping[str, object]) -> Section | None:
    """Every field that no other section told."""
    entries = Contents().entries(told)
    return (
        None
        if entries is None
        else Section(anchor="further", title="Further", blocks=(entries,), is_open=False)
    )


def list_section(
    told: dict[str, object],
    name: str,
    title: str,
    columns: Sequence[str] = (),
    *,
    lead: str = "",
    wide: str = "",
    is_open: bool = True,
    total: int | None = None,
) -> Section | None:
    """A field that holds records, as a table; None where it holds none."""
    records = told.pop(name)
    if not isinstance(records, Sequence) or not records:
        return None
    table = Contents().table(records, columns, wide=wide, total=total)
    assert table is not None
    count = len(records) if total is None else total
    return Section(anchor=name, title=title, lead=lead, blocks=(table,), count=count, is_open=is_open)
