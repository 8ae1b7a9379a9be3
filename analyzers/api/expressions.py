"""Expressions of where a value comes from, written from the nodes of code and of annotations.

See `analyzers.api.surface` for the notation.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, NamedTuple

from analyzers.api.literals import string
from analyzers.api.surface import SELF

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DEPTH = 12
_LIMIT_TARGETS = 100
_LIMIT_LENGTH = 400
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_INNER = frozenset(
    {"Optional", "Union", "Annotated", "ClassVar", "Final", "Required", "NotRequired", "ReadOnly"}
)
_CLASS_OF = frozenset({"type", "Type"})
_AWAITED = frozenset({"Awaitable", "Coroutine"})
_YIELDED = frozenset(
    {
        "Iterator",
        "Generator",
        "Iterable",
        "AsyncIterator",
        "AsyncGenerator",
        "AsyncIterable",
        "ContextManager",
    }
)
_SAYS_NOTHING = frozenset({"None", "Any", "object", "NoReturn", "Never", "Incomplete", "Literal", "Callable"})


class Place(NamedTuple):
    """Where an expression stands.

    Attributes:
        class_name: qualified name of the class whose body it is in or whose method it is in.
        class_names: what that body binds, where its names are seen (not from within methods).
        receiver: name of the first parameter of the method that it is in.
        is_class_receiver: that parameter is the class.
        values: what local names and parameters stand for; a name that maps to nothing is not known.
        self_type: text of the annotation of the receiver, which as a return annotation means itself.
    """

    class_name: str | None = None
    class_names: Collection[str] = ()
    receiver: str | None = None
    is_class_receiver: bool = False
    values: Mapping[str, tuple[str, ...]] = {}
    self_type: str | None = None


def values(node: SgNode, place: Place, depth: int = 0) -> tuple[str, ...]:
    """What an expression of code may be; empty where that is not known."""
    if depth > _DEPTH:
        return ()
    match node.kind():
        case "identifier":
            return _name(node.text(), place)
        case "attribute":
            subject, attribute = node.field("object"), node.field("attribute")
            if subject is None or attribute is None:
                return ()
            if attribute.text() == "__class__" and subject.text() == place.receiver:
                return (f"{SELF}.__class__",)
            return _with_step(values(subject, place, depth + 1), "." + attribute.text())
        case "call":
            return _called(node, place, depth)
        case "subscript":
            subject = node.field("value")
            return _with_step(values(subject, place, depth + 1), "[]") if subject else ()
        case "await" | "parenthesized_expression":
            inner = node.named_children()
            return values(inner[0], place, depth + 1) if len(inner) == 1 else ()
        case "conditional_expression":
            parts = node.named_children()
            if len(parts) != 3:
                return ()
            return _distinct(values(parts[0], place, depth + 1), values(parts[2], place, depth + 1))
        case "boolean_operator":
            left, right = node.field("left"), node.field("right")
            if left is None or right is None:
                return ()
            return _distinct(values(left, place, depth + 1), values(right, place, depth + 1))
        case _:
            return ()


def _name(text: str, place: Place) -> tuple[str, ...]:
    if text == place.receiver:
        return () if place.is_class_receiver else (SELF,)
    if text in place.values:
        return place.values[text]
    if place.class_name and text in place.class_names:
        return (f":{place.class_name}.{text}",)
    return (f":{text}",)


def _called(node: SgNode, place: Place, depth: int) -> tuple[str, ...]:
    function = node.field("function")
    if function is None:
        return ()
    text = function.text()
    receiver = place.receiver
    if receiver and (
        (place.is_class_receiver and text == receiver)
        or text in (f"type({receiver})", f"{receiver}.__class__")
    ):
        return (SELF,)
    if text == "super":
        return ()
    if text in ("cast", "typing.cast", "t.cast"):
        arguments = node.field("arguments")
        given = arguments.named_children() if arguments else []
        return instances(given[0], place) if given else ()
    return _with_step(values(function, place, depth + 1), "()")


def _with_step(found: tuple[str, ...], step: str) -> tuple[str, ...]:
    return tuple(value + step for value in found if len(value) < _LIMIT_LENGTH)


def _distinct(*found: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for group in found for value in group))


def assigned(node: SgNode) -> tuple[list[SgNode], SgNode | None, SgNode | None]:
    """Of ``a = b: T = value`` the targets, the annotation and the value."""
    targets: list[SgNode] = []
    annotation: SgNode | None = None
    right: SgNode | None = node
    while right is not None and right.kind() == "assignment" and len(targets) < _LIMIT_TARGETS:
        if (left := right.field("left")) is not None:
            targets.append(left)
        annotation = annotation or right.field("type")
        right = right.field("right")
    return targets, annotation, right


def instances(node: SgNode, place: Place, *, is_yielded: bool = False) -> tuple[str, ...]:
    """What a value of an annotated type is.

    Args:
        node: the annotation.
        place: where it stands.
        is_yielded: the caller gets what the annotated generator yields, as from a context manager.
    """
    return _Annotation(place, "()", is_yielded).values(node)


def types(node: SgNode, place: Place) -> tuple[str, ...]:
    """The classes that an annotation names."""
    return _Annotation(place, "").values(node)


class _Annotation(NamedTuple):
    """Reads annotations; `suffix` turns a class into what is wanted of it."""

    place: Place
    suffix: str
    is_yielded: bool = False

    def values(self, node: SgNode, depth: int = 0) -> tuple[str, ...]:
        if depth > _DEPTH:
            return ()
        match node.kind():
            case "type" | "parenthesized_expression":
                children = node.named_children()
                return self.values(children[0], depth + 1) if len(children) == 1 else ()
            case "identifier" | "attribute" | "member_type":
                return self._named(node.text())
            case "string" | "concatenated_string":
                text = string(node)
                return self._forward(text, depth) if text else ()
            case "union_type" | "binary_operator":
                return _distinct(*(self.values(child, depth + 1) for child in node.named_children()))
            case "generic_type" | "subscript":
                return self._generic(node, depth)
            case _:
                return ()

    def _named(self, text: str) -> tuple[str, ...]:
        if not _DOTTED.fullmatch(text):
            return ()
        last = text.rpartition(".")[2]
        if last == "Self" or text == self.place.self_type:
            return (SELF if self.suffix else f"{SELF}.__class__",)
        if last in _SAYS_NOTHING:
            return ()
        if self.place.class_name and text.partition(".")[0] in self.place.class_names:
            return (f":{self.place.class_name}.{text}{self.suffix}",)
        return (f":{text}{self.suffix}",)

    def _forward(self, text: str, depth: int) -> tuple[str, ...]:
        if _DOTTED.fullmatch(text):
            return self._named(text)
        if len(text) > _LIMIT_LENGTH:
            return ()
        from ast_grep_py import SgRoot

        root = SgRoot(text, "python").root()
        statements = root.named_children()
        if len(statements) != 1 or root.find(kind="ERROR") is not None:
            return ()
        inner = statements[0].named_children()
        return self.values(inner[0], depth + 1) if len(inner) == 1 else ()

    def _generic(self, node: SgNode, depth: int) -> tuple[str, ...]:
        children = node.named_children()
        if not children:
            return ()
        arguments = [
            argument
            for child in children[1:]
            for argument in (child.named_children() if child.kind() == "type_parameter" else [child])
        ]
        last = children[0].text().rpartition(".")[2]
        if last in _INNER:
            chosen = arguments if last in ("Union", "Optional") else arguments[:1]
            return _distinct(*(self.values(argument, depth + 1) for argument in chosen))
        if last in _AWAITED:
            return self.values(arguments[-1], depth + 1) if arguments else ()
        if last in _CLASS_OF:
            return self._replace(suffix="").values(arguments[0], depth + 1) if arguments else ()
        if last in _YIELDED and self.is_yielded:
            inner = self._replace(is_yielded=False)
            return inner.values(arguments[0], depth + 1) if arguments else ()
        return () if last in _SAYS_NOTHING else self.values(children[0], depth + 1)
