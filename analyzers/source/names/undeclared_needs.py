"""What projects need besides what their metadata name: a table written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def undeclared_needs() -> Mapping[str, tuple[str, ...]]:
    """Project to projects, all by normalised names."""
    text = files("analyzers.source.names").joinpath("undeclared_needs.txt").read_text("utf-8")
    rows = (line.split("|") for line in text.splitlines() if line and not line.startswith("#"))
    return {project: tuple(needs.split(", ")) for project, needs, _ in rows}
