"""What an expression may turn out to be."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

import msgspec

from analyzers.api.surface import Symbol, SymbolKind


class ModuleThing(NamedTuple):
    """A module."""

    name: str


class Definition(msgspec.Struct, frozen=True, eq=False):
    """Something that a module's text defines; the same if it is the same text reached in the same way.

    Attributes:
        module: where it is defined.
        name: qualified, within the module.
        owner: the object, or class, through which it was reached; None at module level.
    """

    module: str
    name: str
    symbol: Symbol
    owner: Definition | Instance | None = None

    @property
    def path(self) -> str:
        """Dotted name of the place of definition."""
        return f"{self.module}.{self.name}"

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return self.symbol.kind is SymbolKind.CLASS

    def of(self, owner: Definition | Instance | None) -> Definition:
        """The same, reached through `owner`."""
        return Definition(self.module, self.name, self.symbol, owner)

    def __repr__(self) -> str:
        return f"<{self.symbol.kind.value} {self.path}>"

    def _identity(self) -> tuple[str, str, int, Definition | Instance | None]:
        return self.module, self.name, id(self.symbol), self.owner

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Definition) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())


class Instance(NamedTuple):
    """An object of a class."""

    of: Definition


class Outside(NamedTuple):
    """Something of a module that is not at hand, such as one of the standard library."""

    path: str


class OutsideInstance(NamedTuple):
    """An object of what seems to be a class that is not at hand."""

    path: str


Thing: TypeAlias = ModuleThing | Definition | Instance | Outside | OutsideInstance
