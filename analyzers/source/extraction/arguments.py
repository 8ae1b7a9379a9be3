"""What a call passes: how many arguments, which keywords, which constants."""

from __future__ import annotations

import re

from analyzers.source.extraction.masking import STRING, Source

_MARK = re.compile(r"[(\[{,]|(?<![=!<>:])=(?!=)|\blambda\b")
_CONSTANT = re.compile(rf"\s*(-?\d[\w.+]*|True|False|None|{STRING}+)\s*\Z")
_FIRST = re.compile(r"\s*(\S)")
_MAX_ARGUMENTS = 255
_MAX_LITERAL = 120

Arguments = tuple[int, tuple[str, ...], bool, tuple[tuple[str, str], ...]]


def parsed(source: Source, opening: int) -> Arguments:
    """Number of positional arguments, keywords, whether there are stars, and the constants."""
    closings, code = source.closing, source.code
    closing = closings[opening]
    start = opening + 1
    if closing == start:
        return 0, (), False, ()
    positional = 0
    keywords: list[str] = []
    has_stars = False
    literals: list[tuple[str, str]] = []
    search, constant = _MARK.search, _CONSTANT.match
    position = start
    keyword: str | None = None
    for _ in range(_MAX_ARGUMENTS):
        end = closing
        value = start
        while mark := search(code, position, closing):
            found = code[mark.start()]
            position = mark.end()
            if found == ",":
                end = mark.start()
                break
            if found == "=":
                if keyword is None:
                    keyword = code[start : mark.start()].strip()
                    value = position
            elif found == "l":
                position = source.colon(position, closing)
            else:
                position = closings.get(mark.start(), mark.start()) + 1
        else:
            position = closing
        key: str | None = None
        if keyword is not None:
            keywords.append(keyword)
            key, keyword = keyword, None
        elif first := _FIRST.match(code, start, end):
            if first[1] == "*":
                has_stars = True
            else:
                key = str(positional)
                positional += 1
        if key is not None and end - value <= _MAX_LITERAL and (literal := constant(code, value, end)):
            literals.append((key, source.text[literal.start(1) : literal.end(1)]))
        if end == closing:
            break
        start = position
    return positional, tuple(keywords), has_stars, tuple(literals)
