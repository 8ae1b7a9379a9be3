"""Lines of text as a terminal shows them."""

from __future__ import annotations

NARROWEST = 40
UNLIMITED = 1_000_000
"""Columns of what is no terminal: nothing is wrapped, nothing is cut."""


def shown(text: str) -> str:
    """What a terminal shows as it is; an index that states escape sequences steers nothing."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )


def cell(text: str, width: int, most: int | None = None) -> list[str]:
    """The lines of a text in a column, at least one; words that are wider are broken, paths behind a slash.

    Args:
        text: one line that a terminal shows as it is.
        width: of the column.
        most: lines; what is left out after them is marked, of a path what is left out before them.
    """
    if len(text) <= width:
        return [text]
    import textwrap

    width = max(width, 2)
    wrapper = textwrap.TextWrapper(width, break_on_hyphens=False, max_lines=most, placeholder="…")
    if text.startswith("/"):
        import re

        wrapper.wordsep_simple_re = re.compile(r"(\s+|(?<=/)(?=[^/\s]))")
        if most is not None and len(text) > most * width:
            text, wrapper.max_lines = f"…{text[-(most - 1) * width :]}", None
    return wrapper.wrap(text) or [""]


def fitted(text: str, width: int, indent: str = "  ") -> list[str]:
    """Lines that a terminal shows as they are.

    Args:
        text: one line.
        width: columns.
        indent: of the lines after the first.
    """
    line = shown(text)
    if len(line) <= width:
        return [line]
    import textwrap

    told = line.lstrip(" ")
    return textwrap.wrap(
        told,
        width,
        initial_indent=line[: len(line) - len(told)],
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
