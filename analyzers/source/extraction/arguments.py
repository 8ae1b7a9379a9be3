"""What a call passes: how many arguments, which keywords, which constants."""

from __future__ import annotations

import re

from analyzers.source.extraction.masking import STRING, Source

_MARK = re.compile(r"[(\[{,]|(?<![=!<>:])=(?!=)|\blambda\b")
_KEYWORD = re.compile(r"([^\W\d]\w*)\s*=(?!=)\s*")
_CONSTANT = re.compile(rf"-?\d[\w.+]*\Z|True\Z|False\Z|None\Z|{STRING}+\Z")
_MAX_ARGUMENTS = 255
_MAX_LITERAL = 100

Arguments = tuple[int, tuple[str, ...], bool, tuple[tuple[str, str], ...]]


def parsed(source: Source, opening: int) -> Arguments:
    """Number of positional arguments, keywords, whether there are stars, and the constants."""
    closing = source.closing[opening]
    code = source.code
    if closing == opening + 1:
        return 0, (), False, ()
    positional = 0
    keywords: list[str] = []
    has_stars = False
    literals: list[tuple[str, str]] = []
    for start, end in source.parts(opening + 1, closing)[:_MAX_ARGUMENTS]:
        first = code[start]
        if first == "*":
            has_stars = True
            continue
        key = str(positional)
        if match := _KEYWORD.match(code, start, end):
            key = match[1]
            keywords.append(key)
            start = match.end()
        else:
            positional += 1
        if end - start <= _MAX_LITERAL and _CONSTANT.match(code, start, end):
            literals.append((key, source.text[start:end]))
    return positional, tuple(keywords), has_stars, tuple(literals)
