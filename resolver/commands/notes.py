"""What a command tells beside its result: lines on standard error that steer no terminal."""

from __future__ import annotations

import os
import sys
from typing import TextIO


def show_note(text: str) -> None:
    """Something the user should know that changes nothing."""
    sys.stderr.write(told(f"stackwright: {text}"))


def told(text: str, indent: str = "  ") -> str:
    """Lines for standard error: on a terminal they break between words, and steer nothing anywhere.

    Args:
        text: one line or several.
        indent: of what a line goes on with, beside its own.
    """
    if not sys.stderr.isatty():
        return f"{printable(text)}\n"
    from resolver.commands.options.screens import columns
    from resolver.outputs.texts.lines import NARROWEST, fitted

    width = max(columns(sys.stderr), NARROWEST)
    lines = (
        line
        for one in printable(text).split("\n")
        for line in fitted(one, width, " " * (len(one) - len(one.lstrip(" "))) + indent)
    )
    return "".join(f"{line}\n" for line in lines)


def show_wait(url: str) -> None:
    """Something that takes long; may come from any thread, and while a line of progress stands there."""
    over = "\r\x1b[K" if obeys(sys.stderr) else ""
    sys.stderr.write(f"{over}stackwright: waiting for {printable(url)}\n")
    sys.stderr.flush()


def obeys(stream: TextIO) -> bool:
    """Whether a stream is a terminal that can clear a line; one that calls itself dumb cannot."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def printable(text: str) -> str:
    """Text that steers no terminal, whoever wrote it; lines stay lines."""
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)
