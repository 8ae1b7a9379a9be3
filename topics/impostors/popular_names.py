"""How popular a name is: its place among the most downloaded projects of the public index."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def popular_names() -> tuple[str, ...]:
    """Normalised names, the most downloaded first."""
    text = files("topics.impostors").joinpath("popular_names.txt").read_text("utf-8")
    return tuple(name for line in text.splitlines() if not line.startswith("#") for name in line.split())


@cache
def ranks() -> Mapping[str, int]:
    """Normalised name to its place, from 1."""
    return {name: number for number, name in enumerate(popular_names(), 1)}
