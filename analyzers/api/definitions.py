"""Functions and classes as symbols, and the scopes that they are bound in."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from analyzers.api.bodies import Bodies
from analyzers.api.expressions import Place, instances, values
from analyzers.api.signatures import Decorators, parameters
from analyzers.api.spelling import spelled, spelled_signature
from analyzers.api.surface import ParameterKind, Symbol, SymbolKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT_ALTERNATIVES = 24
_CLASS_METHODS = frozenset({"__new__", "__init_subclass__", "__class_getitem__"})
_PLAIN_METACLASSES = frozenset({"type", "ABCMeta", "EnumMeta", "EnumType"})


class Scope:
    """The names of a module or of a class body."""

    def __init__(self, class_name: str | None = None) -> None:
        self.class_name = class_name
        self.names: dict[str, list[Symbol]] = {}
        self.overloaded: set[str] = set()

    def bind(self, name: str, symbol: Symbol, is_conditional: bool) -> None:
        """Add a meaning; without a condition it takes the place of those that there are."""
        known = self.names.get(name)
        if known is None or not is_conditional:
            self.names[name] = [symbol]
        elif len(known) < _LIMIT_ALTERNATIVES:
            known.append(symbol)

    def frozen(self) -> dict[str, tuple[Symbol, ...]]:
        """The names for good, of overloads the telling one first."""
        for name in self.overloaded & self.names.keys():
            self.names[name] = _ordered(self.names[name])
        return {name: tuple(symbols) for name, symbols in self.names.items()}


class Definitions:
    """Reads the functions of one file."""

    def __init__(self, bodies: Bodies, is_stub: bool) -> None:
        self._bodies, self._is_stub = bodies, is_stub

    def function(
        self, node: SgNode, decorated: Decorators, scope: Scope, conditional: bool, type_only: bool
    ) -> None:
        """Bind a function, and what it sets on its first parameter if it is a method."""
        name_node = node.field("name")
        if name_node is None or decorated.is_accessor:
            return
        name = name_node.text()
        head = node.field("parameters")
        given = parameters(head)
        is_class_method = decorated.is_class_method or (bool(scope.class_name) and name in _CLASS_METHODS)
        receiver = given[0].name if scope.class_name and given and not decorated.is_static else None
        place = Place(
            scope.class_name, scope.names, receiver, is_class_method, self_type=_self_type(head, receiver)
        )
        annotation = node.field("return_type")
        is_yielded = decorated.is_yielded
        found = instances(annotation, place, is_yielded=is_yielded) if annotation else ()
        if not self._is_stub and (receiver or annotation is None):
            body = self._bodies.read(
                node,
                place._replace(class_names=()),
                functools.partial(_parameter_values, head, place),
                wants_returns=annotation is None,
            )
            if annotation is None and body.is_generator is is_yielded:
                found = body.returns
            if receiver and not is_class_method:
                for attribute, line, is_what in body.attributes:
                    known = scope.names.get(attribute, ())
                    if not known or (is_what and not any(each.values for each in known)):
                        scope.bind(attribute, Symbol(SymbolKind.VALUE, line, is_what), True)
        symbol = Symbol(
            SymbolKind.PROPERTY if decorated.is_property else SymbolKind.FUNCTION,
            line_of(name_node),
            found,
            parameters=None if decorated.is_property else given,
            open=f"decorated with {decorated.unknown}" if decorated.unknown else None,
            is_type_only=type_only,
            is_static=decorated.is_static and name != "__new__",
            is_class_method=is_class_method,
            text=spelled_signature(head, annotation),
        )
        self._bind_function(scope, name, symbol, decorated.is_overload, conditional)

    def _bind_function(
        self, scope: Scope, name: str, symbol: Symbol, is_overload: bool, conditional: bool
    ) -> None:
        """Overloads are alternatives of each other; the implementation after them tells how it is called."""
        if is_overload:
            scope.bind(name, symbol, conditional or name in scope.overloaded)
            scope.overloaded.add(name)
            return
        if name in scope.overloaded:
            scope.overloaded.discard(name)
            symbol = replaced(symbol, values=_ordered(scope.names[name])[0].values)
        scope.bind(name, symbol, conditional)


def class_symbol(node: SgNode, decorated: Decorators, scope: Scope, inner: Scope, type_only: bool) -> Symbol:
    """A class, whose body has been read into `inner`."""
    bases, reason = _bases(node.field("superclasses"), Place(scope.class_name, scope.names))
    if decorated.unknown:
        reason = reason or f"decorated with {decorated.unknown}"
    if {"__getattr__", "__getattribute__"} & inner.names.keys():
        reason = reason or "__getattr__"
    return Symbol(
        SymbolKind.CLASS,
        line_of(node.field("name") or node),
        bases,
        members=inner.frozen(),
        open=reason,
        is_type_only=type_only,
        text=spelled(node.field("superclasses")),
    )


def _ordered(overloads: list[Symbol]) -> list[Symbol]:
    """The overload first that holds when no optional argument is given; it alone tells what is returned."""

    def required(symbol: Symbol) -> int:
        optional = (ParameterKind.VAR_POSITIONAL, ParameterKind.VAR_KEYWORD)
        return sum(not each.has_default and each.kind not in optional for each in symbol.parameters or ())

    first, *others = sorted(overloads, key=required)
    return [first, *(replaced(each, values=()) for each in others)]


def replaced(symbol: Symbol, **changes: object) -> Symbol:
    """The symbol with other attributes."""
    return msgspec.structs.replace(symbol, **changes)


def line_of(node: SgNode) -> int:
    """The line that a node starts in, counted from 1."""
    return node.range().start.line + 1


def _bases(arguments: SgNode | None, place: Place) -> tuple[tuple[str, ...], str | None]:
    """The bases of a class, and why its members are not all in sight."""
    found: list[str] = []
    reason = None
    for child in arguments.named_children() if arguments else ():
        if child.kind() == "comment":
            continue
        if child.kind() == "keyword_argument":
            key, value = child.field("name"), child.field("value")
            is_metaclass = key is not None and value is not None and key.text() == "metaclass"
            if is_metaclass and value and value.text().rpartition(".")[2] not in _PLAIN_METACLASSES:
                reason = f"metaclass {value.text()[:60]}"
            continue
        stated = values(child, place)
        if child.kind() == "subscript" and (head := child.field("value")) is not None:
            stated = values(head, place)
        found += stated
        if not stated:
            reason = reason or "a base is not known"
    return tuple(found), reason


def _self_type(head: SgNode | None, receiver: str | None) -> str | None:
    """The annotation of ``self``: a type variable that as a return annotation means the same class."""
    first = head.named_children()[:1] if head and receiver else []
    annotation = first[0].field("type") if first else None
    if annotation is None:
        return None
    text = annotation.text()
    return text.partition("[")[2].removesuffix("]") if text.startswith(("type[", "Type[")) else text


def _parameter_values(head: SgNode | None, place: Place) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for child in _named(head):
        name = child.field("name")
        annotation = child.field("type")
        if child.kind() == "identifier":
            found[child.text()] = ()
        elif child.kind() == "typed_parameter" and annotation is not None:
            first = child.named_children()[0]
            is_one = first.kind() == "identifier"
            found[first.text().lstrip("* ")] = instances(annotation, place) if is_one else ()
        elif name is not None:
            found[name.text()] = instances(annotation, place) if annotation is not None else ()
    return found


def _named(node: SgNode | None) -> Iterator[SgNode]:
    if node is not None:
        yield from node.named_children()


def add_members(symbols: list[Symbol], members: Mapping[str, Symbol], reason: str | None = None) -> None:
    """Give the classes among symbols further members, in place.

    Args:
        reason: why there may be others still.
    """
    for position, symbol in enumerate(symbols):
        if symbol.kind is SymbolKind.CLASS:
            added = {name: (*symbol.members.get(name, ()), member) for name, member in members.items()}
            symbols[position] = replaced(
                symbol, members={**symbol.members, **added}, open=symbol.open or reason
            )
