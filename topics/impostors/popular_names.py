"""How popular a name is: its place among the most downloaded projects of the public index."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def popular_names() -> tuple[str, ...]:
    """Normalised names, the most downloaded first."""
    # Every run asks: importlib.resources takes longer to import than the table to read.
    text = Path(__file__).with_name("popular_names.txt").read_text("utf-8")
    return tuple(name for line in text.splitlines() if not line.startswith("#") for name in line.split())


@cache
def ranks() -> Mapping[str, int]:
    """Normalised name to its place, from 1."""
    return {name: number for number, name in enumerate(popular_names(), 1)}
