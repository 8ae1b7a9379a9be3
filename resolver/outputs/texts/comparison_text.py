"""What differs between two images, for the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from analyzers.evidence import Finding
from images.facts.environment import FactValue
from images.reports.comparison import (
    Change,
    DistributionChange,
    ImageComparison,
    InterpreterChange,
    PackageChange,
    ValueChange,
)
from images.reports.records import Interpreter
from resolver.outputs.texts.columns import counted, megabytes, table
from resolver.outputs.texts.lines import NARROWEST, fitted

_MOST_ROWS = 40
_SIGNS = {
    Change.ADDED: "+",
    Change.REMOVED: "-",
    Change.UPGRADE: "↑",
    Change.DOWNGRADE: "↓",
    Change.CHANGED: "~",
}
_WORDS = {
    Change.ADDED: "added",
    Change.REMOVED: "removed",
    Change.UPGRADE: "upgraded",
    Change.DOWNGRADE: "downgraded",
    Change.CHANGED: "changed",
}


def comparison_text(told: ImageComparison, width: int, *, whole: bool = False) -> str:
    """The lines of a comparison, each at most so wide where words allow."""
    width = max(width, NARROWEST)
    blocks = (
        _head(told),
        _interpreters(told.interpreters, width),
        _distributions(told.distributions, width, whole=whole),
        _packages(told.packages, width, whole=whole),
        _values("Facts", told.facts, width),
        _values("Configuration", told.configuration, width),
        _findings("New findings", told.new_findings, whole=whole),
        _findings("Findings that are gone", told.gone_findings, whole=whole),
    )
    lines = [line for block in map(list, blocks) if block for line in (*block, "")]
    return "".join(f"{line}\n" for text in lines[:-1] for line in fitted(text, width, " " * 6))


def _head(told: ImageComparison) -> Iterator[str]:
    before, after = told.before, told.after
    yield f"{before.origin.reference} → {after.origin.reference}"
    if before.platform != after.platform:
        yield f"Platform   {before.platform or 'not known'} → {after.platform or 'not known'}"
    if before.layers or after.layers:
        yield (
            f"Layers     {before.layers} → {after.layers}, the lowest {told.shared_layers} shared; "
            f"{megabytes(before.size_bytes)} → {megabytes(after.size_bytes)} "
            f"({'+' if after.size_bytes >= before.size_bytes else '-'}"
            f"{megabytes(abs(after.size_bytes - before.size_bytes))})"
        )
    if told.is_same:
        same = "the same layers" if before.digest == after.digest else "other layers or files"
        yield f"Nothing that is compared differs ({same})."


def _interpreters(changes: Sequence[InterpreterChange], width: int) -> Iterator[str]:
    if not changes:
        return
    yield f"Python ({_counts(changes)}):"
    for each in changes:
        sides = [_interpreter(one) for one in (each.before, each.after) if one is not None]
        yield f"  {_SIGNS[each.change]} {' → '.join(sides)}"


def _interpreter(one: Interpreter) -> str:
    default = ", the default" if one.is_default else ""
    return f"{one.version or 'unknown'} {one.path} ({one.kind}{default})"


def _distributions(changes: Sequence[DistributionChange], width: int, *, whole: bool) -> Iterator[str]:
    by_interpreter: dict[str | None, list[DistributionChange]] = {}
    for each in changes:
        by_interpreter.setdefault(each.interpreter, []).append(each)
    for path, found in by_interpreter.items():
        yield f"Installed for {path or 'no interpreter'} ({_counts(found)}):"
        rows = [(_SIGNS[each.change], each.name, each.before or "", each.after or "") for each in found]
        yield from _rows(rows, width, whole=whole)


def _packages(changes: Sequence[PackageChange], width: int, *, whole: bool) -> Iterator[str]:
    by_kind: dict[str, list[PackageChange]] = {}
    for each in changes:
        by_kind.setdefault(each.type, []).append(each)
    for kind, found in by_kind.items():
        yield f"Packages of {kind} ({_counts(found)}):"
        rows = [(_SIGNS[each.change], each.name, each.before or "", each.after or "") for each in found]
        yield from _rows(rows, width, whole=whole)


def _rows(rows: Sequence[tuple[str, ...]], width: int, *, whole: bool) -> Iterator[str]:
    shown = rows if whole else rows[:_MOST_ROWS]
    yield from table([("", "name", "before", "after"), *shown], width, give=3)
    if len(shown) < len(rows):
        yield f"  and {len(rows) - len(shown)} more (--all or --format json has all)"


def _values(title: str, changes: Sequence[ValueChange], width: int) -> Iterator[str]:
    if not changes:
        return
    yield f"{title} ({counted(len(changes), 'change')}):"
    for each in changes:
        yield f"  {each.name}: {_value(each.before)} → {_value(each.after)}"


def _value(value: FactValue | None) -> str:
    match value:
        case None:
            return "not there"
        case bool():
            return "yes" if value else "no"
        case tuple():
            return " ".join(value)
        case _:
            return str(value) or "(empty)"


def _findings(title: str, findings: Sequence[Finding], *, whole: bool) -> Iterator[str]:
    if not findings:
        return
    yield f"{title} ({len(findings)}):"
    shown = findings if whole else findings[:_MOST_ROWS]
    for one in shown:
        yield f"  {one.level.value:<7}  {one.message} [{one.id}]"
    if len(shown) < len(findings):
        yield f"  and {len(findings) - len(shown)} more (--all or --format json has all)"


def _counts(changes: Iterable[InterpreterChange | DistributionChange | PackageChange]) -> str:
    counts = Counter(each.change for each in changes)
    return ", ".join(f"{counts[change]} {word}" for change, word in _WORDS.items() if counts[change])
