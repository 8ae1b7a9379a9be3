"""Lines of text as a terminal shows them."""

from __future__ import annotations

NARROWEST = 40


def fitted(text: str, width: int, indent: str = "  ") -> list[str]:
    """Lines that a terminal shows as they are; an index that states escape sequences steers nothing.

    Args:
        text: one line.
        width: columns.
        indent: of the lines after the first.
    """
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text
    )
    if len(shown) <= width:
        return [shown]
    import textwrap

    told = shown.lstrip(" ")
    return textwrap.wrap(
        told,
        width,
        initial_indent=shown[: len(shown) - len(told)],
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
