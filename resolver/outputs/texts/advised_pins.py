"""The pins of an advice as a table: who asks for each, and why it is not newer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from analyzers.evidence import Level
from resolver.outputs.texts.columns import lines_of_row
from resolver.outputs.texts.lines import UNLIMITED, cell, shown
from resolver.reports.advice import Pin

_HEADINGS = ("package", "version", "asked for by", "why not newer")
_NEWEST = "it is the newest"
_GAP = 2
_REASON = 26
"""Columns that a reason needs beside the others; with fewer it stands beneath them."""
_LEAST = 8
"""Columns that who asks needs even then."""
_MOST_ASKING = 3
_WIDEST = 40
"""What who asks is filled up to where nothing ends a line: some are asked for by dozens."""


def advised_pins(pins: Sequence[Pin], width: int) -> Iterator[str]:
    """The lines of the table; what does not fit its column goes on in the next line.

    Args:
        width: of the terminal; without an end every pin is one line, and tells all who ask for it.
    """
    is_whole = width == UNLIMITED
    rows = [(_name(pin), pin.version, _asked(pin, is_whole=is_whole), _newer(pin)) for pin in pins]
    rows = [(shown(name), shown(version), shown(asked), shown(why)) for name, version, asked, why in rows]
    package, version, asked, why = (max(map(len, column)) for column in zip(_HEADINGS, *rows, strict=True))
    if is_whole:
        yield from _beside([_HEADINGS, *rows], (package, version, min(asked, _WIDEST), why), UNLIMITED)
        return
    room = width - 4 * _GAP
    asked_least = min(asked, max(room // 4, len(_HEADINGS[2])))
    left = room - package - version - asked_least
    if left < min(why, _REASON):
        yield from _beneath(rows, (package, version, asked), width)
        return
    asked = asked_least + max(0, min(asked - asked_least, left - why))
    yield from _beside([_HEADINGS, *rows], (package, version, asked, room - package - version - asked), width)


def _beside(rows: Sequence[tuple[str, ...]], widths: tuple[int, ...], width: int) -> Iterator[str]:
    if width == UNLIMITED:
        for row in rows:
            cells = (text.ljust(size) for text, size in zip(row, widths, strict=True))
            yield f"  {'  '.join(cells)}".rstrip()
        return
    for row in rows:
        yield from lines_of_row(list(zip(row, widths, strict=True)))


def _beneath(rows: Sequence[tuple[str, ...]], widths: tuple[int, int, int], width: int) -> Iterator[str]:
    """Each reason in lines of its own, which only those have that are not the newest."""
    package, version, asked = widths
    room = width - 3 * _GAP
    version = min(version, room // 4)
    package = min(package, room - version - _LEAST)
    asked = room - package - version
    for row in ((*_HEADINGS[:3], ""), *rows):
        yield from lines_of_row(list(zip(row, (package, version, asked), strict=False)))
        if row[3] not in ("", _NEWEST):
            yield from (f"      {line}" for line in cell(f"{_HEADINGS[3]}: {row[3]}", width - 6))


def _name(pin: Pin) -> str:
    return f"{pin.name}[{','.join(pin.extras)}]" if pin.extras else pin.name


def _asked(pin: Pin, *, is_whole: bool) -> str:
    who = [*(["you"] if pin.direct else []), *pin.dependents]
    if is_whole or len(who) <= _MOST_ASKING + 1:
        return ", ".join(who)
    return f"{', '.join(who[:_MOST_ASKING])} and {len(who) - _MOST_ASKING} more"


def _newer(pin: Pin) -> str:
    if not pin.rejected:
        return _NEWEST
    # What code lacks is worth more words than what the target cannot use anyway.
    warned = (each for each in pin.rejected if each.reason.level is not Level.INFO)
    rejection = next(warned, pin.rejected[0])
    return f"{rejection.version} {rejection.reason.message}"
