"""What the analysis of source asks of stored or installed knowledge; the caller injects who answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from analyzers.source.records import DistributionMatch


class DistributionNames(Protocol):
    """Which distributions provide an import name."""

    def providers(self, module: str) -> Sequence[DistributionMatch]:
        """Those that provide a dotted module or its longest known prefix, the likeliest first."""


class Surfaces(Protocol):
    """What the releases at hand export; None is "not known", never "nothing"."""

    def star_names(self, module: str) -> Collection[str] | None:
        """The names that ``from module import *`` binds."""

    def returned(self, symbol: str) -> str | None:
        """The class, as a dotted name, of what calling the symbol gives; a class gives its instance."""

    def canonical(self, symbol: str) -> str | None:
        """Where the symbol is defined: ``pandas.read_csv`` is ``pandas.io.parsers.readers.read_csv``."""


class NoSurfaces:
    """Knows nothing."""

    def star_names(self, module: str) -> Collection[str] | None:
        """See `Surfaces.star_names`."""
        return None

    def returned(self, symbol: str) -> str | None:
        """See `Surfaces.returned`."""
        return None

    def canonical(self, symbol: str) -> str | None:
        """See `Surfaces.canonical`."""
        return None
