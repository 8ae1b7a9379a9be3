"""A change of one file as a unified diff.

Source: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator


def unified(path: str, before: str, after: str) -> Iterator[str]:
    """The lines of a diff, each with its end; files are named so that ``patch -p1`` applies it."""
    old, new = _lines(before), _lines(after)
    for line in difflib.unified_diff(old, new, f"a/{path}", f"b/{path}"):
        yield line
        if not line.endswith("\n"):
            yield "\n\\ No newline at end of file\n"


def _lines(text: str) -> list[str]:
    """Lines with their ends; only a line feed ends one, as ``patch`` sees it."""
    lines = text.split("\n")
    last = lines.pop()
    return [f"{line}\n" for line in lines] + ([last] if last else [])
