"""What a command tells beside its result: lines on standard error that steer no terminal."""

from __future__ import annotations

import sys


def show_note(text: str) -> None:
    """Something the user should know that changes nothing."""
    sys.stderr.write(f"stackwright: {printable(text)}\n")


def printable(text: str) -> str:
    """Text that steers no terminal, whoever wrote it; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
