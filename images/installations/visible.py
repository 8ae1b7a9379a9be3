"""What each interpreter sees of the installed distributions, in the order in which it searches."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from images.catalogers.catalog import Catalog
from images.reports.records import Interpreter, PythonDistribution

_LIMIT_SIGHTS = 500_000
"""How many distributions are looked at for all interpreters together."""


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """An interpreter and what it finds.

    Attributes:
        distributions: by normalised name; the first of several is imported.
    """

    interpreter: Interpreter
    distributions: dict[str, list[PythonDistribution]]

    def own(self) -> Iterator[PythonDistribution]:
        """Those that are imported and count for this interpreter, not for another one that shares them."""
        for several in self.distributions.values():
            if several[0].interpreter == self.interpreter.path:
                yield several[0]


def sights(known: Catalog) -> Iterator[Sight]:
    """What every interpreter and environment finds in its search path."""
    by_location: dict[str, list[PythonDistribution]] = {}
    for one in known.distributions:
        by_location.setdefault(one.location, []).append(one)
    seen = 0
    for interpreter in known.interpreters:
        found: dict[str, list[PythonDistribution]] = {}
        for directory in interpreter.search_path:
            here = by_location.get(directory, ())
            seen += len(here)
            for one in here:
                found.setdefault(one.name, []).append(one)
        yield Sight(interpreter=interpreter, distributions=found)
        if seen > _LIMIT_SIGHTS:
            return
