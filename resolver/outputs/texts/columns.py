"""Columns of text: tables whose widest column gives way, and lists that flow over the width of a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_GAP = "  "


def cut(text: str, width: int) -> str:
    """A text in a width; what is left out at its end is marked."""
    return text if len(text) <= width else f"{text[: max(width - 1, 0)]}…"


def _cut(cell: str, width: int) -> str:
    """Of a path the end says more than its beginning."""
    if len(cell) <= width or not cell.startswith("/"):
        return cut(cell, width)
    return f"…{cell[len(cell) - max(width - 1, 0) :]}"


def table(
    rows: Sequence[Sequence[str]], width: int, give: int, indent: str = "  ", spare: int | None = None
) -> Iterator[str]:
    """Lines of rows under each other; empty columns are left out.

    Args:
        rows: all of one length, with the headings.
        width: of the terminal.
        give: index of the column that is cut where the others leave it too little room.
        indent: before every line.
        spare: index of a column that is left out before that.
    """
    if len(rows) < 2:
        return
    sizes = [max(map(len, column)) for column in zip(*rows, strict=True)]
    filled = [any(row[index] for row in rows[1:]) for index in range(len(sizes))]
    used = [size + len(_GAP) for index, size in enumerate(sizes) if filled[index] and index != give]
    if spare is not None and filled[spare] and sum(used) + sizes[give] + len(indent) > width:
        filled[spare] = False
        used = [size + len(_GAP) for index, size in enumerate(sizes) if filled[index] and index != give]
    sizes[give] = min(sizes[give], max(width - len(indent) - sum(used), 12))
    for row in rows:
        cells = (
            _cut(cell, size).ljust(size)
            for cell, size, shown in zip(row, sizes, filled, strict=True)
            if shown
        )
        yield f"{indent}{_GAP.join(cells)}".rstrip()


def flowed(items: Sequence[str], width: int, indent: str = "    ") -> Iterator[str]:
    """Lines of items in columns of one width, filled downwards as ``ls`` does."""
    if not items:
        return
    size = max(map(len, items)) + len(_GAP)
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
