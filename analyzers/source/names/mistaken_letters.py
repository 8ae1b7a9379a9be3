"""Letters that are taken for one another: keys beside each other, and shapes that look alike."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

_ROWS = ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm")


@cache
def neighbours() -> Mapping[str, str]:
    """The keys around each key of an American keyboard."""
    found: dict[str, str] = {}
    for number, row in enumerate(_ROWS):
        for column, key in enumerate(row):
            around = row[max(column - 1, 0) : column] + row[column + 1 : column + 2]
            for other in _ROWS[max(number - 1, 0) : number] + _ROWS[number + 1 : number + 2]:
                around += other[max(column - 1, 0) : column + 2]
            found[key] = around
    return found


def shape(name: str, lookalikes: Iterable[tuple[str, str]]) -> str:
    """The name without accents, and with letters that look alike made the same.

    Args:
        name: of a project, normalised.
        lookalikes: what is written, and what it is taken for, one replaced after the other.
    """
    text = unicodedata.normalize("NFKD", name)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    for written, meant in lookalikes:
        text = text.replace(written, meant)
    return text
