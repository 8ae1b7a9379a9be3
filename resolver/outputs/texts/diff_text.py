"""What differs between what two releases offer, for the terminal: what the code uses, then what breaks."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from analyzers.api.changes import ApiChange, ChangeKind, UsedAt, Weight
from analyzers.api.comparison import by_weight
from resolver.outputs.texts.columns import counted
from resolver.outputs.texts.lines import NARROWEST, fitted
from resolver.reports.api_reports import ApiDiff, ReadRelease

_MOST = 40
_MOST_ALSO = 3
SIGNS = {Weight.BREAKING: "-", Weight.NOTABLE: "~", Weight.NEW: "+"}
_TITLES = {
    Weight.BREAKING: "breaks code that uses it",
    Weight.NOTABLE: "may matter",
    Weight.NEW: "is new",
}
_ALONE = frozenset({ChangeKind.GONE, ChangeKind.NEW, ChangeKind.PATH_GONE})


def diff_text(told: ApiDiff, width: int, *, whole: bool = False) -> str:
    """The lines of a diff, each at most so wide where words allow."""
    width = max(width, NARROWEST)
    blocks = [list(_head(told))]
    if told.source is not None:
        blocks.append(list(_used(told)))
    found = by_weight(told.changes)
    if told.source is None or whole:
        for weight in Weight if whole else (Weight.BREAKING,):
            blocks += [list(_block(_TITLES[weight], found[weight], whole=whole))]
    lines = [line for block in blocks if block for line in (*block, "")]
    return "".join(f"{line}\n" for text in lines[:-1] for line in fitted(text, width, " " * 6))


def _head(told: ApiDiff) -> Iterator[str]:
    found = by_weight(told.changes)
    yield f"{told.before.name} {told.before.version} → {told.after.version}"
    if told.changes:
        breaking = counted(len(found[Weight.BREAKING]), "breaking change")
        yield f"{breaking}, {len(found[Weight.NOTABLE]):,} that may matter, {len(found[Weight.NEW]):,} new"
    else:
        yield "What they offer does not differ."
    yield from _foreign(told.before, told.target)
    yield from _foreign(told.after, told.target)
    if told.unknowns:
        yield f"{counted(len(told.unknowns), 'file')} could not be read, such as {told.unknowns[0].where}"


def _foreign(release: ReadRelease, target: str) -> Iterator[str]:
    if not release.is_for_target:
        yield f"{release.version} is read from {release.filename}, which is not for {target}"


def _used(told: ApiDiff) -> Iterator[str]:
    used = [change for change in told.changes if change.used]
    if not used:
        yield f"{told.source} uses nothing that changes."
        return
    yield f"Used in {told.source} ({len(used)}):"
    for group in _by_path(used):
        yield from _lines(group)
        for use in dict.fromkeys(use for change in group for use in change.used):
            yield f"      {_use(use)}"


def _use(use: UsedAt) -> str:
    more = f" and {use.count - 1} more" if use.count > 1 else ""
    guarded = ", which does without if it must" if use.is_guarded else ""
    return f"{use.where}{more}{guarded}"


def _block(title: str, changes: Sequence[ApiChange], *, whole: bool) -> Iterator[str]:
    if not changes:
        return
    yield f"What {title} ({len(changes)}):"
    shown = changes if whole else changes[:_MOST]
    for group in _by_path(shown):
        yield from _lines(group)
    if len(shown) < len(changes):
        yield f"  and {len(changes) - len(shown)} more (--all or --format json has all)"


def _by_path(changes: Sequence[ApiChange]) -> list[list[ApiChange]]:
    """Changes of one thing that stand beside each other, together."""
    return [list(group) for _, group in itertools.groupby(changes, lambda change: change.path)]


def _lines(changes: Sequence[ApiChange]) -> Iterator[str]:
    """One line, or one for the thing and one for each of its changes."""
    first, *others = changes
    name = first.path
    if first.what in ("function", "method"):
        name = f"{first.path}()"
    elif first.what in ("class", "module", "value"):
        name = f"{first.what} {first.path}"
    if not others:
        yield f"  {SIGNS[first.weight]} {name} {_told(first)}"
        return
    yield f"  {SIGNS[first.weight]} {name}"
    for change in changes:
        yield f"      {_told(change)}"


def _told(change: ApiChange) -> str:
    also = ""
    if change.also and change.kind in _ALONE:
        shown = ", ".join(change.also[:_MOST_ALSO])
        more = f" and {len(change.also) - _MOST_ALSO} more" if len(change.also) > _MOST_ALSO else ""
        also = f", also as {shown}{more}"
    doubt = f"; {change.doubt}" if change.doubt else ""
    return f"{change.told}{also}{doubt}"
