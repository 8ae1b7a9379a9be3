"""Values of constants as they stand in source; nothing is run."""

from __future__ import annotations

import ast
import re

_LONGEST = 10_000
_PLAIN = re.compile(r"""("[^"\\\n\r\0\ud800-\udfff]*"|'[^'\\\n\r\0\ud800-\udfff]*')""")
"""A string that stands for what is between its quotes."""


def value(text: str) -> object:
    """The value of a constant; None for ``None``, for what is no constant, and for what is too long."""
    if len(text) > _LONGEST:
        return None
    try:
        found: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None
    return found


def strings(text: str) -> list[str]:
    """The strings of a constant: itself, or the items of a list or tuple."""
    if '"' not in text and "'" not in text:
        return []
    if len(text) <= _LONGEST and _PLAIN.fullmatch(text):
        return [text[1:-1]]
    found = value(text)
    items = found if isinstance(found, list | tuple) else [found]
    return [item for item in items if isinstance(item, str)]
