"""Which uses of symbols a benchmark stands for."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable


def matches(symbol: str, patterns: Iterable[str]) -> bool:
    """Whether a symbol, as a scan names it, is one of those; ``*`` stands for any text."""
    return any(fnmatch.fnmatchcase(symbol, pattern.replace("[", "[[]")) for pattern in patterns)
