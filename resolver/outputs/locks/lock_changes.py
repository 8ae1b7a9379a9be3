"""What differs between two locks in words, whatever it is written into."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from analyzers.api.changes import ApiChange
from images.reports.comparison import Change
from resolver.comparing.records import AdvisoryChange, LockComparison, LockSide, PinChange
from resolver.comparing.worse import rated
from resolver.outputs.texts.columns import counted, megabytes
from resolver.progress import points

SIGNS: Mapping[Change, str] = {
    Change.ADDED: "+",
    Change.REMOVED: "-",
    Change.UPGRADE: "↑",
    Change.DOWNGRADE: "↓",
    Change.CHANGED: "~",
}
_LEAST_BYTES = 50
"""What is less would be told as 0.0 kB."""
_WORDS: Mapping[Change, str] = {
    Change.ADDED: "added",
    Change.REMOVED: "removed",
    Change.UPGRADE: "upgraded",
    Change.DOWNGRADE: "downgraded",
    Change.CHANGED: "changed",
}


def counts(pins: Sequence[PinChange]) -> str:
    """Such as ``1 added, 2 upgraded``."""
    found = Counter(pin.change for pin in pins)
    return ", ".join(f"{found[change]} {word}" for change, word in _WORDS.items() if found[change])


def releases(told: LockComparison) -> str:
    """How many there are on the target, and what happened to them."""
    live = counts([pin for pin in told.pins if pin.is_live]) or "none changed"
    return f"{told.before.releases} → {told.after.releases}: {live}"


def download(told: LockComparison) -> str:
    """How much has to be downloaded, and how much more or less that is."""
    old, new = told.before.download_bytes, told.after.download_bytes
    text = f"{megabytes(old)} → {megabytes(new)} ({signed(new - old)})"
    unsized = {*told.before.unsized, *told.after.unsized}
    return f"{text}, without {counted(len(unsized), 'release')} of unknown size" if unsized else text


def signed(size_bytes: int) -> str:
    """A difference of sizes."""
    if abs(size_bytes) < _LEAST_BYTES:
        return "±0 kB"
    return f"{'+' if size_bytes >= 0 else '-'}{megabytes(abs(size_bytes))}"


def growth(pin: PinChange) -> str:
    """What a change costs to download; empty where that is not known."""
    before = 0 if pin.before is None else pin.before_bytes
    after = 0 if pin.after is None else pin.after_bytes
    return "" if before is None or after is None else signed(after - before)


def score(side: LockSide) -> str:
    """The score of one side."""
    return "not known" if side.score is None else points(side.score)


def units(told: LockComparison) -> Iterator[tuple[str, str, str]]:
    """What each unit takes off the two, where that differs and both are known."""
    if told.before.score is None or told.after.score is None:
        return
    for unit in sorted({*told.before.units, *told.after.units}):
        old, new = told.before.units.get(unit, 0), told.after.units.get(unit, 0)
        if old != new:
            yield unit, points(old), points(new)


def change(one: ApiChange) -> str:
    """What becomes of a thing that the code uses."""
    call = "()" if one.what in ("function", "method") else ""
    return f"{one.path}{call} {one.told}" + (f"; {one.doubt}" if one.doubt else "")


def uses(one: ApiChange) -> Iterator[str]:
    """Where the code uses it."""
    for use in one.used:
        more = f" and {use.count - 1} more" if use.count > 1 else ""
        yield f"{use.where}{more}{', which does without if it must' if use.is_guarded else ''}"


def advisory(one: AdvisoryChange) -> str:
    """A vulnerability, the release that has it, and what helps."""
    fixed = f"; fixed in {one.fixed_in}" if one.fixed_in else ""
    summary = f" {one.summary}" if one.summary else ""
    return f"{one.name} {one.version}: {one.id} ({rated(one)}){summary}{fixed}"
