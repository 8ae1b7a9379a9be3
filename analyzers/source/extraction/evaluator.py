"""What the parts of an evaluation ask of the whole: each kind of expression may hold every other kind."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from analyzers.evidence import Confidence
from analyzers.source.extraction.masking import Source
from analyzers.source.extraction.scopes import Binding, Scope
from analyzers.source.extraction.structure import Structure
from analyzers.source.records import UseKind

Values = tuple[str, ...]

Event = tuple[UseKind, Values, int, int, int, bool]
"""A use in a chain: its kind, targets, start and end of its last name, the offset of the bracket of a call
or -1, and whether it only asks whether the thing exists."""

Chain = tuple[Values, int, list[Event]]
"""What a primary expression may be; the offset behind it, -1 where it was not followed so far; its uses."""


class DynamicImport(NamedTuple):
    """An import by a call.

    Attributes:
        start: offset of what names the module.
        is_probe: whether it only asks for the module.
    """

    modules: tuple[str, ...]
    start: int
    end: int
    confidence: Confidence
    is_probe: bool
    scope: Scope


class Evaluator(Protocol):
    """Finds what names and expressions of one file may be; see `values.Evaluation`.

    Attributes:
        dynamic: modules that a call at an offset imports, with how sure that is.
    """

    structure: Structure
    source: Source
    dynamic: dict[int, DynamicImport]

    def named(self, name: str, scope: Scope, offset: int) -> Values:
        """What a name that is read at an offset may be."""

    def bound(self, binding: Binding) -> Values:
        """What a binding binds."""

    def evaluate(self, start: int, end: int, scope: Scope) -> Values:
        """What the expression in a range may be."""

    def generated(self, opening: int, scope: Scope) -> Values | None:
        """What the only argument of a call gives, a generator expression; None where there is none."""

    def scope_at(self, offset: int) -> tuple[Scope, int]:
        """The innermost scope at an offset, and where the next one starts."""

    def attributes(self, values: Values, name: str) -> Values:
        """What an attribute of the values may be."""

    def items(self, values: Values, index: int | None) -> Values:
        """What an item of the values may be."""

    def called(
        self, values: Values, opening: int = -1, scope: Scope | None = None, events: list[Event] | None = None
    ) -> Values:
        """What calling the values may give."""

    def call_targets(self, values: Values) -> Values:
        """What is used by calling the values."""

    def external(self, values: Values) -> Values:
        """Those that start at an import and end at a name."""
