"""What classes inherit from: `Lineage`, and how the lines of parents become one."""

from __future__ import annotations

from typing import NamedTuple

from analyzers.api.modules import Modules
from analyzers.api.surface import SymbolKind
from analyzers.api.things import Definition

LIMIT_LINEAGE = 60
"""Classes of a lineage that are looked at."""
OPEN_FOR_NOTHING = frozenset(
    {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
    | {"typing_extensions.Generic"}
)
"""Bases that lie outside and yet have no members that matter."""


class Lineage(NamedTuple):
    """A class and what it inherits from, in the order of look-up.

    Attributes:
        open: why it may have members that are not in sight.
    """

    classes: tuple[Definition, ...]
    open: str | None


def same_class(of: Definition, modules: Modules) -> tuple[Definition, ...]:
    """The class in the source and in the stub, the one in the stub first where types are asked for."""
    module = modules.get(of.module)
    if module is None or "." in of.name:
        return (of,)
    found = [
        Definition(of.module, of.name, symbol)
        for surface in module.surfaces
        for symbol in surface.symbols.get(of.name, ())
        if symbol.kind is SymbolKind.CLASS
    ]
    # Types are stated in the stub, where there is one.
    return tuple(reversed(found)) or (of,)


def merged(lineages: list[list[Definition]]) -> list[Definition]:
    """The parents' lines of descent as one, by C3; where they contradict each other, in their order."""
    merged: list[Definition] = []
    pending = [line for line in lineages if line]
    while pending and len(merged) < LIMIT_LINEAGE:
        head = next(
            (line[0] for line in pending if not any(line[0] in other[1:] for other in pending)), pending[0][0]
        )
        merged.append(head)
        pending = [rest for line in pending if (rest := [each for each in line if each != head])]
    return merged
