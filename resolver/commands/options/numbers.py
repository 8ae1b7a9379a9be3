"""Numbers as options give them: one parser for each kind, so that every command takes them alike."""

from __future__ import annotations

import argparse
from collections.abc import Callable

LONGEST_S = 1_000_000
_MOST_DIGITS = 9
_MOST_SHOWN = 100


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """A parser of whole numbers from one to another; it raises ArgumentTypeError for anything else."""

    def parsed(text: str) -> int:
        is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
        if not is_number or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text[:_MOST_SHOWN]!r} is no number from {least} to {most}")
        return int(text)

    return parsed


def above_zero(most: float, unit: str) -> Callable[[str], float]:
    """A parser of numbers above 0 and up to one; it raises ArgumentTypeError for anything else."""

    def parsed(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = 0.0
        if not 0 < value <= most:
            shown = text[:_MOST_SHOWN]
            raise argparse.ArgumentTypeError(f"{shown!r} is no number of {unit} from above 0 to {most:.0f}")
        return value

    return parsed


seconds = above_zero(LONGEST_S, "seconds")
count = whole_number(0, 10**_MOST_DIGITS - 1)


def size(text: str) -> int:
    """A size such as ``500MB``, in bytes.

    Raises:
        ArgumentTypeError: it is none.
    """
    from resolver.search.memory import size_bytes

    try:
        return size_bytes(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
