"""Which modules the wheels of well-known projects hold, and which names are nobody's, from a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec
from packaging.utils import canonicalize_name


class KnownNames(msgspec.Struct, frozen=True, kw_only=True):
    """The table.

    Attributes:
        projects: top-level module to the normalised name of the project.
        nobodys: modules that so many projects hold that they say nothing.
    """

    projects: Mapping[str, str]
    nobodys: frozenset[str]


@cache
def known_names() -> KnownNames:
    """The table, read when it is first asked for."""
    projects: dict[str, str] = {}
    nobodys: set[str] = set()
    text = files("analyzers.source.names").joinpath("known_names.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("! "):
            nobodys.add(line[2:])
        elif ":" in line:
            module, _, project = line.partition(": ")
            projects[module] = project
        else:
            projects.update((module, canonicalize_name(module)) for module in line.split())
    return KnownNames(projects=projects, nobodys=frozenset(nobodys))
