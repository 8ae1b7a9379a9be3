"""Levels of findings in words, the gravest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from analyzers.evidence import Level
from resolver.outputs.texts.columns import counted

NOUNS: Mapping[Level, str] = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "note"}
"""What one finding of a level is called."""


def graded(levels: Iterable[Level]) -> str:
    """Counts by level, such as ``1 error, 2 notes``; empty where there are none."""
    counts = Counter(levels)
    return ", ".join(counted(counts[level], noun) for level, noun in NOUNS.items() if counts[level])
