"""Names of projects that many people use: they vouch for a name, and others may be misspellings of them."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from analyzers.source.names.curated_names import curated_names
from analyzers.source.names.unimported import known_tools


@cache
def popular_projects() -> frozenset[str]:
    """The list, normalised, read when it is first asked for."""
    text = files("analyzers.source.names").joinpath("popular_projects.txt").read_text("utf-8")
    listed = {name for line in text.splitlines() if not line.startswith("#") for name in line.split()}
    return frozenset(listed | curated_names().imports.keys() | known_tools())
