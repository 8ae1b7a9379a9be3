"""Scopes and what binds names in them, as ranges of the masked code; values are found later, on demand."""

from __future__ import annotations

import bisect
import enum
from collections.abc import Sequence

Range = tuple[int, int]
Step = int | None
"""The item with an index, or any item."""


class ScopeKind(enum.Enum):
    """Kinds of scope, which differ in what may look into them."""

    MODULE = enum.auto()
    CLASS = enum.auto()
    FUNCTION = enum.auto()
    COMPREHENSION = enum.auto()


class BindingKind(enum.Enum):
    """How a name comes to its value."""

    IMPORT = enum.auto()
    VALUE = enum.auto()
    PARAMETER = enum.auto()
    EXCEPTION = enum.auto()
    FUNCTION = enum.auto()
    CLASS = enum.auto()
    UNKNOWN = enum.auto()


_CLASS_SCOPE = ScopeKind.CLASS
_FUNCTION_SCOPE = ScopeKind.FUNCTION


class Binding:
    """One binding of one name.

    Attributes:
        position: offset from which it holds.
        start: where its statement starts.
        end: offset from which it holds no more; -1 where it stays.
        scope: in which its expressions are evaluated.
        value: range of the expression; of a parameter, its default.
        annotation: range of the annotation.
        steps: items to take of the value.
        expression: of an import, the value itself; ``stars`` says that it is taken from a module.
        function: of a definition or a parameter.
        place: which parameter it is.
        values: the values once known; None before.
    """

    # Most bindings have few of these, and what is not written costs nothing.
    end = -1
    value: Range | None = None
    annotation: Range | None = None
    steps: tuple[Step, ...] = ()
    expression = ""
    function: Function | None = None
    class_: Class | None = None
    place = 0
    stars = 0
    values: tuple[str, ...] | None = None

    def __init__(self, kind: BindingKind, position: int, scope: Scope) -> None:
        self.kind = kind
        self.position = position
        self.start = position
        self.scope = scope


class Scope:
    """A stretch of code with names of its own.

    Attributes:
        hole: range within it that is evaluated outside: the first iterable of a comprehension.
        is_deferred: whether its code runs later than the module's, in a function.
        known: values of names as far as nothing in between may change them.
        outer: names that ``global`` or ``nonlocal`` take from further out, by whether they are global.
    """

    __slots__ = (
        "end", "function", "hole", "is_deferred", "kind", "known", "names", "outer", "parent", "prefix",
        "settled", "start",
    )  # fmt: skip

    def __init__(self, kind: ScopeKind, start: int, end: int, parent: Scope | None, prefix: str) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.parent = parent
        self.prefix = prefix
        self.names: dict[str, list[Binding]] = {}
        self.outer: dict[str, bool] = {}
        self.hole: Range | None = None
        self.function: Function | None = None
        self.is_deferred: bool = kind is _FUNCTION_SCOPE or (parent is not None and parent.is_deferred)
        self.settled: dict[str, tuple[str, ...]] = {}
        self.known: dict[str, tuple[str, ...]] = {}

    def bind(self, name: str, binding: Binding) -> None:
        """Bind a name here, or further out where it was declared so."""
        scope = self
        if name in self.outer:
            scope = self.outer_scope(name)
        bindings = scope.names.get(name)
        if bindings is None:
            scope.names[name] = [binding]
        else:
            bindings.append(binding)

    def outer_scope(self, name: str) -> Scope:
        """Where a name declared ``global`` or ``nonlocal`` is bound."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
            if not self.outer[name] and scope.kind is _FUNCTION_SCOPE and name in scope.names:
                return scope
        return scope

    def find(self, name: str) -> tuple[Scope, Sequence[Binding]] | None:
        """Where a name that is read here is bound; scopes within a class do not see those of the class."""
        scope: Scope | None = self
        is_first = True
        while scope is not None:
            if is_first or scope.kind is not _CLASS_SCOPE:
                if name in scope.outer:
                    scope = scope.outer_scope(name)
                if (bindings := scope.names.get(name)) is not None:
                    return scope, bindings
            is_first = False
            scope = scope.parent
        return None


class Function:
    """A function, lambda or method.

    Attributes:
        class_: in whose body it stands.
        earlier: another of the same qualified name, as in the arms of an ``if``.
        decorators: ranges of their expressions.
    """

    __slots__ = (
        "annotation", "class_", "decorators", "earlier", "effect", "key", "line_offset", "name",
        "outside", "rank", "results", "returns", "scope", "self_name", "yields",
    )  # fmt: skip

    def __init__(self, name: str, key: str, scope: Scope, outside: Scope, class_: Class | None) -> None:
        self.name = name
        self.key = key
        self.scope = scope
        self.outside = outside
        self.class_ = class_
        self.line_offset = 0
        self.annotation: Range | None = None
        self.decorators: tuple[Range, ...] = ()
        self.returns: list[tuple[Range, Scope]] = []
        self.yields: list[tuple[Range, Scope]] = []
        self.self_name: str | None = None
        self.earlier: Function | None = None
        self.rank = 0
        self.results: tuple[str, ...] | None = None
        self.effect: Effect | None = None


class Effect:
    """What decorators make of a function.

    Attributes:
        replaced: values that stand for the function instead of it.
    """

    __slots__ = ("gives_first", "is_class_method", "is_property", "is_static", "replaced")

    def __init__(self) -> None:
        self.is_property = False
        self.is_static = False
        self.is_class_method = False
        self.gives_first = False
        self.replaced: tuple[str, ...] = ()


class Class:
    """A class.

    Attributes:
        attributes: bindings of what methods set on ``self``.
    """

    __slots__ = ("attributes", "base_values", "bases", "key", "line_offset", "name", "outside", "scope")

    def __init__(self, name: str, key: str, scope: Scope, outside: Scope) -> None:
        self.name = name
        self.key = key
        self.scope = scope
        self.outside = outside
        self.line_offset = 0
        self.bases: tuple[Range, ...] = ()
        self.attributes: dict[str, list[Binding]] = {}
        self.base_values: tuple[str, ...] | None = None


MAX_BINDINGS = 24
"""How many bindings of one name are looked at."""


def position_of(binding: Binding) -> int:
    """For sorting and bisecting."""
    return binding.position


def before(bindings: Sequence[Binding], position: int) -> Sequence[Binding]:
    """The last bindings at or before a position, the latest last."""
    index = bisect.bisect_right(bindings, position, key=position_of)
    return bindings[max(0, index - MAX_BINDINGS) : index]
