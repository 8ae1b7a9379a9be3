"""Paragraphs of lines between empty ones, as the databases of dpkg and apk have them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from images.packages.listed import FullError

LARGEST_PARAGRAPH_BYTES = 1 << 20
_LIMIT_PARAGRAPHS = 200_000
_EMPTY_LINES = re.compile(rb"\n*")


def paragraphs(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each paragraph with the line it begins in, counted from 1.

    Raises:
        FullError: there are more than any database has.
    """
    line, counted, place = 1, 0, 0
    for _ in range(_LIMIT_PARAGRAPHS):
        empty = _EMPTY_LINES.match(content, place)
        start = empty.end() if empty is not None else place
        if start >= len(content):
            return
        line += content.count(b"\n", counted, start)
        counted = start
        place = content.find(b"\n\n", start)
        if place < 0:
            place = len(content)
        yield line, content[start:place]
    raise FullError(f"more than {_LIMIT_PARAGRAPHS:,} paragraphs: the others are left out")
