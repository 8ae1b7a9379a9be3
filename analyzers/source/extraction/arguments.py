"""What a call passes: how many arguments, which keywords, which constants."""

from __future__ import annotations

import re

from analyzers.source.extraction.masking import STRING, Source
from analyzers.source.extraction.patterns import ASSIGNED, sought, word

_MARK = re.compile(sought(r"(\[{,", ASSIGNED, word("lambda")))
_CONSTANT = re.compile(
    rf"\s*([-0-9TFN{STRING}](?:(?<={STRING}){STRING}*|(?<=[-0-9])[\w.+]*|(?<=[TFN])(?:rue|alse|one)))\s*\Z"
)
_CONSTANT_SIGNS = frozenset(f"-0123456789TFN{STRING}")
_FIRST = re.compile(r"\s*(\S)")
_MAX_MARKS = 1000
_MAX_LITERAL = 120

Arguments = tuple[int, tuple[str, ...], bool, tuple[tuple[str, str], ...]]

_NONE: Arguments = (0, (), False, ())


def parsed(source: Source, opening: int) -> Arguments:
    """Number of positional arguments, keywords, whether there are stars, and the constants."""
    closings, code = source.closing, source.code
    closing = closings[opening]
    start = opening + 1
    if closing == start:
        return _NONE
    positional = 0
    keywords: list[str] = []
    has_stars = False
    literals: list[tuple[str, str]] = []
    search = _MARK.search
    position = value = start
    key: str | None = None
    for _ in range(_MAX_MARKS):
        mark = search(code, position, closing)
        if mark is not None:
            end = mark.start()
            found = code[end]
            position = mark.end()
            if found == "=":
                if key is None:
                    key = code[start:end].strip()
                    value = position
                continue
            if found == "l":
                position = source.colon(position, closing)
                continue
            if found != ",":
                position = closings.get(end, end) + 1
                continue
        else:
            end = closing
        if key is not None:
            keywords.append(key)
        elif first := _FIRST.match(code, start, end):
            sign = first[1]
            if sign == "*":
                has_stars = True
            else:
                if sign in _CONSTANT_SIGNS:
                    key = str(positional)
                positional += 1
        if key is not None:
            if end - value <= _MAX_LITERAL and (literal := _CONSTANT.match(code, value, end)):
                literals.append((key, source.text[literal.start(1) : literal.end(1)]))
            key = None
        if mark is None:
            break
        start = value = position
    return positional, tuple(keywords), has_stars, tuple(literals)
