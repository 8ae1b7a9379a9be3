"""Functions that write computed names into their module, and those that walk over subclasses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from analyzers.api.expressions import Place, assigned, values
from analyzers.api.literals import string
from analyzers.api.rows import formatted_parts
from analyzers.api.surface import DIRECTLY_BELOW, Maker, Walker
from analyzers.api.syntax import arguments, parameters

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT_FUNCTIONS = 4_000
_LIMIT_MAKERS = 40
_LIMIT_NODES = 4_000
_LIMIT_TEXT = 200
_ROUNDS = 4
_DEPTH = 12
_OTHER_SCOPES = frozenset({"function_definition", "class_definition", "lambda"})
_WRITES = re.compile(r"\bglobals\(\)|\bsys\.modules\[__name__\]")
_OWN_NAMESPACES = frozenset({"globals()", "sys.modules[__name__].__dict__", "vars(sys.modules[__name__])"})


class _Given(NamedTuple):
    """What is made of a parameter: itself, or a class below it, or a text of either.

    Attributes:
        parameter: its position; -1 for none.
        below: see `Maker`.
        is_name: it is the name of the class.
        is_made: a class that has this as its name.
    """

    parameter: int = -1
    below: str = ""
    is_name: bool = False
    prefix: str = ""
    suffix: str = ""
    is_made: bool = False

    def __or__(self, other: _Given) -> _Given | None:
        """One text after the other."""
        if self.parameter < 0:
            return other._replace(prefix=self.prefix + self.suffix + other.prefix)
        if other.parameter < 0:
            return self._replace(suffix=self.suffix + other.prefix + other.suffix)
        return None


def walkers(text: str, root: SgNode) -> tuple[Walker, ...]:
    """Functions at module level that give the subclasses of their first parameter."""
    if "__subclasses__" not in text:
        return ()
    found: list[Walker] = []
    for function in root.find_all(kind="function_definition", has={"field": "name", "regex": "."})[
        :_LIMIT_FUNCTIONS
    ]:
        body, name, first = function.field("body"), function.field("name"), next(parameters(function), None)
        if body is None or name is None or first is None or "__subclasses__" not in (said := body.text()):
            continue
        if not re.search(r"\b(?:yield|return)\b", said) or _owner(function):
            continue
        is_deep = "while " in said or re.search(rf"\b{name.text()}\(", said) is not None
        root_is_in = rf"[\[{{(]\s*{first}\s*,?\s*[\]}})]|yield {first}\b"
        found.append(Walker(name.text(), is_deep, re.search(root_is_in, said) is not None))
    return tuple(found[:_LIMIT_MAKERS])


def makers(text: str, root: SgNode) -> tuple[Maker, ...]:
    """Functions whose calls write names into the module, directly or through each other."""
    if _WRITES.search(text) is None:
        return ()
    functions = [
        (_qualified(function), function)
        for function in root.find_all(kind="function_definition")[:_LIMIT_FUNCTIONS]
    ]
    found: dict[Maker, None] = {}
    for _ in range(_ROUNDS):
        before = len(found)
        known: dict[str, list[Maker]] = {}
        for maker in found:
            known.setdefault(maker.function, []).append(maker)
        called = "|".join(re.escape(name.rpartition(".")[2]) + r"\(" for name in known)
        words = re.compile(f"{_WRITES.pattern}|\\b(?:{called})" if called else _WRITES.pattern)
        for name, function in functions:
            if name is not None and words.search(function.text()):
                found |= dict.fromkeys(_Function(name, function, known).makers())
        if len(found) == before or len(found) > _LIMIT_MAKERS:
            break
    return tuple(found)[:_LIMIT_MAKERS]


class _Function:
    """One function, its statements read in their order."""

    def __init__(self, name: str, node: SgNode, known: dict[str, list[Maker]]) -> None:
        self._name, self._node, self._known = name, node, known
        self._parameters = list(parameters(node))
        self._values: dict[str, _Given | None] = {
            parameter: _Given(position) for position, parameter in enumerate(self._parameters)
        }
        self._but_not: dict[int, list[str]] = {}
        self._found: list[Maker] = []
        self._left = _LIMIT_NODES

    def makers(self) -> list[Maker]:
        body = self._node.field("body")
        if body is not None:
            self._read(body)
        return self._found

    def _read(self, node: SgNode) -> None:
        for child in node.named_children():
            self._left -= 1
            if self._left < 0 or child.kind() in _OTHER_SCOPES:
                continue
            match child.kind():
                case "for_statement":
                    self._loop(child)
                case "assignment":
                    self._assigned(child)
                case "call":
                    self._call(child)
                case "if_statement":
                    self._guard(child)
                case _:
                    pass
            self._read(child)

    def _loop(self, node: SgNode) -> None:
        left, right = node.field("left"), node.field("right")
        if left is None or right is None or left.kind() != "identifier":
            return
        self._values[left.text()] = self._walked(right) if right.kind() == "call" else None

    def _walked(self, call: SgNode) -> _Given | None:
        function, given = call.field("function"), arguments(call)
        if function is None:
            return None
        subject, method = function.field("object"), function.field("attribute")
        if method is not None and method.text() == "__subclasses__" and subject is not None and not given:
            over, below = self._value(subject), DIRECTLY_BELOW
        elif len(given) == 1 and (called := values(function, Place())):
            over, below = self._value(given[0]), called[0]
        else:
            return None
        return over._replace(below=below) if over == _Given(over.parameter if over else -1) and over else None

    def _assigned(self, node: SgNode) -> None:
        targets, _, right = assigned(node)
        value = self._value(right) if right is not None else None
        for target in targets:
            if target.kind() == "identifier":
                self._values[target.text()] = value
            elif target.kind() == "subscript":
                whole, key = target.field("value"), target.field("subscript")
                if whole is not None and key is not None and whole.text() in _OWN_NAMESPACES:
                    self._written(key)

    def _call(self, node: SgNode) -> None:
        function, given = node.field("function"), arguments(node)
        if function is None:
            return
        name = function.text()
        if name == "setattr" and len(given) == 3 and given[0].text() == "sys.modules[__name__]":
            self._written(given[1])
            return
        subject, method = function.field("object"), function.field("attribute")
        shift = 0
        if subject is not None and method is not None:
            if subject.text() in _OWN_NAMESPACES and given and method.text() in ("setdefault", "__setitem__"):
                self._written(given[0])
                return
            owner = self._name.rpartition(".")[0]
            if not owner or not self._parameters or subject.text() != self._parameters[0]:
                return
            name, shift = f"{owner}.{method.text()}", 1
        for maker in self._known.get(name, ()):
            at = maker.parameter - shift
            value = self._value(subject) if at == -1 and subject else None
            if 0 <= at < len(given):
                value = self._value(given[at])
            if value is not None and value.parameter >= 0:
                self._passed_on(maker, value)

    def _passed_on(self, maker: Maker, value: _Given) -> None:
        """A maker is given `value`."""
        is_text = bool(value.prefix or value.suffix) or value.is_name
        if value.is_made or (is_text and not maker.is_text) or (maker.below and (value.below or is_text)):
            return
        made = value._replace(
            prefix=maker.prefix + value.prefix,
            suffix=value.suffix + maker.suffix,
            is_name=value.is_name or not maker.is_text,
            below=value.below or maker.below,
        )
        self._add(made, maker.but_not)

    def _written(self, key: SgNode) -> None:
        value = self._value(key)
        if value is not None and value.parameter >= 0 and not value.is_made:
            self._add(value, ())

    def _add(self, value: _Given, but_not: tuple[str, ...]) -> None:
        if len(value.prefix) + len(value.suffix) > _LIMIT_TEXT:
            return
        excluded = (*but_not, *self._but_not.get(value.parameter, ()))
        self._found.append(
            Maker(
                self._name,
                value.parameter,
                value.prefix,
                value.suffix,
                not value.is_name,
                value.below,
                excluded[:_ROUNDS],
            )
        )

    def _guard(self, node: SgNode) -> None:
        """``if issubclass(parameter, Class): return``."""
        condition, body = node.field("condition"), node.field("consequence")
        function = condition.field("function") if condition is not None else None
        if condition is None or body is None or function is None or function.text() != "issubclass":
            return
        given = arguments(condition)
        leaves = any(child.kind() in ("return_statement", "continue_statement") for child in body.children())
        value = self._value(given[0]) if len(given) == 2 and leaves else None
        if value is not None and value.parameter >= 0:
            self._but_not.setdefault(value.parameter, []).extend(values(given[1], Place()))

    def _value(self, node: SgNode, depth: int = 0) -> _Given | None:
        if depth > _DEPTH:
            return None
        match node.kind():
            case "identifier":
                return self._values.get(node.text())
            case "string" | "concatenated_string":
                text = string(node)
                return self._pieces(node, depth) if text is None else _Given(prefix=text)
            case "parenthesized_expression":
                inner = node.named_children()
                return self._value(inner[0], depth + 1) if len(inner) == 1 else None
            case "attribute":
                return self._attribute(node, depth)
            case "binary_operator":
                return self._joined(node, depth)
            case "call":
                return self._called(node, depth)
            case _:
                return None

    def _attribute(self, node: SgNode, depth: int) -> _Given | None:
        subject, attribute = node.field("object"), node.field("attribute")
        if subject is None or attribute is None or attribute.text() not in ("__name__", "__qualname__"):
            return None
        value = self._value(subject, depth + 1)
        if value is None or value.is_made:
            return value._replace(is_made=False) if value is not None else None
        is_plain = value.parameter >= 0 and not (value.is_name or value.prefix or value.suffix)
        return value._replace(is_name=True) if is_plain else None

    def _joined(self, node: SgNode, depth: int) -> _Given | None:
        left, right, sign = node.field("left"), node.field("right"), node.field("operator")
        if left is None or right is None or sign is None:
            return None
        first = self._value(left, depth + 1)
        if sign.text() == "%" and right.kind() == "tuple" and len(right.named_children()) == 1:
            right = right.named_children()[0]
        second = self._value(right, depth + 1)
        if first is None or second is None or first.is_made or second.is_made:
            return None
        if sign.text() == "+":
            return first | second
        if sign.text() == "%" and first.parameter < 0:
            return _filled(first.prefix, "%s", second)
        return None

    def _called(self, node: SgNode, depth: int) -> _Given | None:
        function, given = node.field("function"), arguments(node)
        if function is None:
            return None
        name = function.text()
        if name.rpartition(".")[2] == "cast" and len(given) == 2:
            return self._value(given[1], depth + 1)
        if name == "type" and len(given) == 3:
            value = self._value(given[0], depth + 1)
            return value._replace(is_made=True) if value is not None and not value.is_made else None
        subject, method = function.field("object"), function.field("attribute")
        if method is not None and method.text() == "format" and subject is not None and len(given) == 1:
            text, value = string(subject), self._value(given[0], depth + 1)
            if text is not None and value is not None and not value.is_made:
                return _filled(text, "{}", value)
        return None

    def _pieces(self, node: SgNode, depth: int) -> _Given | None:
        whole: _Given | None = _Given()
        for part in formatted_parts(node):
            if isinstance(part, str):
                value: _Given | None = _Given(prefix=part)
            else:
                value = self._value(part, depth + 1) if part is not None else None
            if whole is None or value is None or value.is_made:
                return None
            whole = whole | value
        return whole


def _filled(text: str, gap: str, value: _Given) -> _Given | None:
    before, found, after = text.partition(gap)
    if not found or any(letter in before + after for letter in ("%" if gap == "%s" else "{}")):
        return None
    first = _Given(prefix=before) | value
    return first | _Given(prefix=after) if first is not None else None


def _owner(function: SgNode) -> str | None:
    """What a function is defined within: the name of a class, empty for another function."""
    for ancestor in function.ancestors():
        if ancestor.kind() in _OTHER_SCOPES:
            name = ancestor.field("name")
            return name.text() if ancestor.kind() == "class_definition" and name is not None else ""
    return None


def _qualified(function: SgNode) -> str | None:
    name, owner = function.field("name"), _owner(function)
    if name is None or owner == "":
        return None
    return name.text() if owner is None else f"{owner}.{name.text()}"
