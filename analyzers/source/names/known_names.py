"""Which modules the wheels of well-known projects hold, and which names are nobody's, from a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec


class KnownNames(msgspec.Struct, frozen=True, kw_only=True):
    """The table.

    Attributes:
        projects: top-level module to the normalised name of the project.
        sole: the same for projects that are not well-known, but alone on the index in holding the module.
        well_known: the projects of these.
        nobodys: modules that so many projects hold that they say nothing.
    """

    projects: Mapping[str, str]
    well_known: frozenset[str]
    sole: Mapping[str, str]
    nobodys: frozenset[str]


@cache
def known_names() -> KnownNames:
    """The table, read when it is first asked for."""
    projects: dict[str, str] = {}
    sole: dict[str, str] = {}
    nobodys: set[str] = set()
    text = files("analyzers.source.names").joinpath("known_names.txt").read_text("utf-8")
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("! "):
            nobodys.add(line[2:])
        elif " = " in line:
            affix, _, modules = line.partition(" = ")
            names = _normalized(modules).split()
            before, after = affix.split("*")
            sole.update(zip(modules.split(), [f"{before}{name}{after}" for name in names], strict=True))
        elif ":" in line:
            module, _, project = line.partition(": ")
            projects[module] = project
        else:
            projects.update(zip(line.split(), _normalized(line).split(), strict=True))
    well_known = frozenset(projects.values())
    return KnownNames(projects=projects, well_known=well_known, sole=sole, nobodys=frozenset(nobodys))


def _normalized(modules: str) -> str:
    """Names as PEP 503 has them; of what an identifier may hold, only underscores are written otherwise."""
    names = modules.lower().replace("_", "-")
    while "--" in names:
        names = names.replace("--", "-")
    return names
