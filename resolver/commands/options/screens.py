"""How wide the screen is that a stream goes to."""

from __future__ import annotations

import os
from typing import TextIO

from resolver.outputs.texts.lines import UNLIMITED

_USUAL = 100
"""Columns of a terminal that does not say."""


def columns(stream: TextIO) -> int:
    """The columns of its terminal, or what COLUMNS says; what goes to a file or a program is not wrapped."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and len(given) < 10 and int(given):
        return int(given)
    if not stream.isatty():
        return UNLIMITED
    try:
        return os.get_terminal_size(stream.fileno()).columns or _USUAL
    except (OSError, ValueError):  # a stream without a descriptor that calls itself a terminal
        return _USUAL
