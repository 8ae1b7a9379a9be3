"""What differs between two locks, for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzers.evidence import Confidence
from resolver.comparing.records import AdvisoryChange, LockComparison, PinChange
from resolver.comparing.worse import gone_failures, new_failures, new_violations
from resolver.outputs.locks import lock_changes as words
from resolver.outputs.texts.columns import table
from resolver.outputs.texts.diff_text import SIGNS
from resolver.outputs.texts.lines import NARROWEST, fitted
from resolver.reports.check import Clash

_MOST = 40
_MOST_UNKNOWNS = 5
_INDENT = " " * 6


def lock_comparison_text(told: LockComparison, width: int, *, whole: bool = False) -> str:
    """The lines of a comparison, each at most so wide where words allow.

    Args:
        whole: shorten no list.
    """
    width = max(width, NARROWEST)
    most = None if whole else _MOST
    old, new = told.before, told.after
    fails = [each for each in new.failures if each.confidence is Confidence.CERTAIN]
    blocks = (
        _head(told),
        _pins("Releases", [pin for pin in told.pins if pin.is_live], width, most),
        _pins("Only elsewhere", [pin for pin in told.pins if not pin.is_live], width, most),
        _files(told, most),
        _markers(told, most),
        _apis(told, most),
        _failures("What fails now and did not before", new_failures(old, new), most),
        _failures("What fails no longer", gone_failures(old, new), most),
        [f"What fails in both: {len(fails) - len(new_failures(old, new))}"]
        if len(fails) > len(new_failures(old, new))
        else [],
        _violations(told, most),
        _advisories("New known vulnerabilities", told.new_advisories, most),
        _advisories("Known vulnerabilities that are gone", told.gone_advisories, most),
        _units(told, width),
        _unknowns(told, whole=whole),
        [f"Worse, by what --check asks for: {', '.join(told.failed)}"] if told.failed else [],
    )
    lines = [line for block in map(list, blocks) if block for line in (*block, "")]
    return "".join(f"{line}\n" for text in lines[:-1] for line in fitted(text, width, _INDENT))


def pins_table(pins: Sequence[PinChange], width: int) -> Iterator[str]:
    """The rows of changes of releases."""
    rows = [
        (words.SIGNS[pin.change], pin.name, pin.before or "", pin.after or "", words.growth(pin))
        for pin in pins
    ]
    yield from table([("", "name", "before", "after", "download"), *rows], width, give=3, spare=4)


def _head(told: LockComparison) -> Iterator[str]:
    yield f"{told.before.path} → {told.after.path}, for {told.target}"
    if told.is_same:
        yield "They pin the same."
    yield f"Releases   {words.releases(told)}"
    yield f"Download   {words.download(told)}"
    yield f"Score      {words.score(told.before)} → {words.score(told.after)}"
    if told.kept_advisories:
        yield f"Known vulnerabilities that both have: {told.kept_advisories}"


def _pins(title: str, pins: Sequence[PinChange], width: int, most: int | None) -> Iterator[str]:
    if pins:
        yield f"{title} ({words.counts(pins)}):"
        yield from pins_table(pins[:most], width)
        yield from _rest(len(pins), most)


def _files(told: LockComparison, most: int | None) -> Iterator[str]:
    if told.files:
        yield f"The same releases with other hashes ({len(told.files)}):"
        for one in told.files[:most]:
            shared = f"{one.kept} shared" if one.kept else "none is shared"
            yield f"  {one.name} {one.version}: {len(one.new)} new, {len(one.gone)} gone, {shared}"
        yield from _rest(len(told.files), most)


def _markers(told: LockComparison, most: int | None) -> Iterator[str]:
    if told.markers:
        yield f"Markers ({len(told.markers)}):"
        for one in told.markers[:most]:
            old, new = (" | ".join(side) or "everywhere" for side in (one.before, one.after))
            yield f"  {one.name}: {old} → {new}"
        yield from _rest(len(told.markers), most)


def _apis(told: LockComparison, most: int | None) -> Iterator[str]:
    if told.source is None:
        return
    if not told.apis:
        yield f"No release changes anything that {told.source} is known to use."
        return
    yield f"What releases change that {told.source} uses:"
    for api in told.apis:
        yield f"  {api.name} {api.before} → {api.after}:"
        for one in api.changes[:most]:
            yield f"    {SIGNS[one.weight]} {words.change(one)}"
            yield from (f"        {use}" for use in words.uses(one))
        yield from _rest(len(api.changes), most)


def _failures(title: str, failures: Sequence[Clash], most: int | None) -> Iterator[str]:
    if failures:
        yield f"{title} ({len(failures)}):"
        for one in failures[:most]:
            beside = f" with {one.provider}" if one.provider not in (None, one.consumer) else ""
            where = f" ({one.evidence[0].where})" if one.evidence else ""
            yield f"  {one.consumer or 'the code'}{beside}: {one.message}{where}"
        yield from _rest(len(failures), most)


def _violations(told: LockComparison, most: int | None) -> Iterator[str]:
    found = new_violations(told.before, told.after)
    if found:
        yield f"What stands against {told.after.path} ({len(found)}):"
        for one in found[:most]:
            yield f"  {one.name} {one.version or ''}: {one.reason.message}"
        yield from _rest(len(found), most)


def _advisories(title: str, advisories: Sequence[AdvisoryChange], most: int | None) -> Iterator[str]:
    if advisories:
        yield f"{title} ({len(advisories)}):"
        yield from (f"  {words.advisory(one)}" for one in advisories[:most])
        yield from _rest(len(advisories), most)


def _units(told: LockComparison, width: int) -> Iterator[str]:
    rows = list(words.units(told))
    if rows:
        yield "Score by unit, where it differs:"
        yield from table([("unit", "before", "after"), *rows], width, give=0)


def _unknowns(told: LockComparison, *, whole: bool) -> Iterator[str]:
    shown = told.unknowns if whole else told.unknowns[:_MOST_UNKNOWNS]
    for one in shown:
        yield f"unknown: {one.what} ({one.where}): {one.reason}"
    if len(shown) < len(told.unknowns):
        yield f"unknown: {len(told.unknowns) - len(shown)} more (--format json)"


def _rest(count: int, most: int | None) -> Iterator[str]:
    if most is not None and count > most:
        yield f"  and {count - most} more (--all or --format json has all)"
