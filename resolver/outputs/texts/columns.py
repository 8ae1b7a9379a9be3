"""Columns of text: tables of which a column wraps, and lists that flow over the width of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

from resolver.outputs.texts.lines import UNLIMITED, cell, shown

_USUAL = 100
_LEAST = 12
"""Columns that a text gets, however narrow a terminal is."""
_MOST_LINES = 3
"""Lines of a cell: a machine has a hundred flags."""
_GAP = "  "


def cut(text: str, width: int) -> str:
    """A text in a width; what is left out at its end is marked."""
    return text if len(text) <= width else f"{text[: max(width - 1, 0)]}…"


def table(
    rows: Sequence[Sequence[str]], width: int, give: int, indent: str = "  ", spare: int | None = None
) -> Iterator[str]:
    """Lines of rows under each other; empty columns are left out.

    Args:
        rows: all of one length, with the headings.
        width: of the terminal.
        give: index of the column whose cells take several lines where the others leave it too little room;
            those of others do so only where they need more than two fifths of a line.
        indent: before every line.
        spare: index of a column that is left out before that.
    """
    if len(rows) < 2:
        return
    most = max(width * 2 // 5, _LEAST)
    sizes = [min(max(map(len, column)), most) for column in zip(*rows, strict=True)]
    sizes[give] = max(len(row[give]) for row in rows)
    filled = [any(row[index] for row in rows[1:]) for index in range(len(sizes))]
    used = [size + len(_GAP) for index, size in enumerate(sizes) if filled[index] and index != give]
    if spare is not None and filled[spare] and sum(used) + sizes[give] + len(indent) > width:
        filled[spare] = False
        used = [size + len(_GAP) for index, size in enumerate(sizes) if filled[index] and index != give]
    sizes[give] = min(sizes[give], max(width - len(indent) - sum(used), _LEAST))
    for row in rows:
        cells = [(shown(text), size) for text, size in zip(row, sizes, strict=True)]
        kept = [one for one, is_kept in zip(cells, filled, strict=True) if is_kept]
        yield from lines_of_row(kept, indent, _MOST_LINES)


def lines_of_row(
    cells: Sequence[tuple[str, int]], indent: str = "  ", most: int | None = None
) -> Iterator[str]:
    """A row of a table.

    Args:
        cells: texts that a terminal shows as they are, with the widths of their columns.
        indent: before every line.
        most: lines.
    """
    for parts in zip_longest(*(cell(text, size, most) for text, size in cells), fillvalue=""):
        padded = (part.ljust(size) for part, (_, size) in zip(parts, cells, strict=True))
        yield f"{indent}{_GAP.join(padded)}".rstrip()


def flowed(items: Sequence[str], width: int, indent: str = "    ") -> Iterator[str]:
    """Lines of items in columns of one width, filled downwards as ``ls`` does."""
    if not items:
        return
    size = max(map(len, items)) + len(_GAP)
    width = _USUAL if width == UNLIMITED else width
    count = max((width - len(indent) + len(_GAP)) // size, 1)
    height = -(-len(items) // count)
    for row in range(height):
        cells = items[row::height]
        yield f"{indent}{''.join(cell.ljust(size) for cell in cells)}".rstrip()


def megabytes(size_bytes: int) -> str:
    """A size for people."""
    return f"{size_bytes / 1e6:,.1f} MB" if size_bytes >= 100_000 else f"{size_bytes / 1e3:,.1f} kB"


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """A number and its noun."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
