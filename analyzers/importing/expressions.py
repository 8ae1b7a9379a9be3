"""Expressions to values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from analyzers.importing.comparisons import Comparisons
from analyzers.importing.comprehensions import Comprehensions
from analyzers.importing.failures import FailureKind, builtin_bases
from analyzers.importing.frames import Frame
from analyzers.importing.iteration import LIMIT_HELD, iterated
from analyzers.importing.machine import Keywords, Machine
from analyzers.importing.values import (
    UNKNOWN,
    Class,
    External,
    Function,
    Instance,
    Mapping,
    Module,
    ModuleNames,
    Sequence,
    Value,
    escape,
    is_constant,
    truth,
)

_LONGEST = 100_000
_BUILTINS = frozenset(dir(__import__("builtins")))
_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mod: operator.mod, ast.FloorDiv: operator.floordiv,
    ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.BitXor: operator.xor, ast.Div: operator.truediv,
    ast.RShift: operator.rshift,
}  # fmt: skip


class Expressions:
    """Evaluates expressions on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        comprehensions = Comprehensions(machine)
        self._by_type: dict[type[ast.expr], Callable[[Any, Frame], Value]] = {
            ast.Constant: lambda node, _: node.value,
            ast.Name: self._name,
            ast.Attribute: self._attribute,
            ast.Call: self._call,
            ast.Subscript: self._subscript,
            ast.BinOp: self._binary,
            ast.BoolOp: self._connected,
            ast.UnaryOp: self._unary,
            ast.Compare: Comparisons(machine).compared,
            ast.IfExp: self._conditional,
            ast.JoinedStr: self._joined,
            ast.List: lambda node, frame: self._sequence("list", node.elts, frame),
            ast.Tuple: lambda node, frame: self._sequence("tuple", node.elts, frame),
            ast.Set: lambda node, frame: self._sequence("set", node.elts, frame),
            ast.Dict: self._mapping,
            ast.Lambda: self._lambda,
            ast.ListComp: lambda node, frame: comprehensions.sequence("list", node, frame),
            ast.SetComp: lambda node, frame: comprehensions.sequence("set", node, frame),
            ast.GeneratorExp: lambda node, frame: comprehensions.sequence("list", node, frame),
            ast.DictComp: comprehensions.mapping,
            ast.NamedExpr: self._named,
            ast.Await: lambda node, frame: self._unfollowed(node.value, frame),
            ast.YieldFrom: lambda node, frame: self._unfollowed(node.value, frame),
            ast.Yield: lambda node, frame: self._unfollowed(node.value, frame) if node.value else UNKNOWN,
            ast.Starred: lambda node, frame: self._unfollowed(node.value, frame),
        }

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        """The value of an expression."""
        found = self._by_type.get(type(node))
        return found(node, frame) if found is not None else UNKNOWN

    def _unfollowed(self, node: ast.expr, frame: Frame) -> Value:
        self.evaluate(node, frame)
        return UNKNOWN

    def _name(self, node: ast.Name, frame: Frame) -> Value:
        name = node.id
        current: Frame | None = frame
        if name not in frame.global_names:
            while current is not None:
                if name in current.names and (current is frame or not current.is_class):
                    return current.names[name]
                current = current.above
        namespace = frame.module.namespace
        if name in namespace:
            return namespace[name]
        if name not in _BUILTINS:
            if self._machine.probing is frame and not (frame.module.open_because or frame.module.stars):
                self._machine.fail(FailureKind.RAISE, "NameError", f"name '{name}' is not defined")
            return UNKNOWN
        # An extension whose names were all taken may have one of this name, though hardly an exception.
        stars = frame.module.stars
        if (
            stars
            and not builtin_bases(name)
            and any(self._machine.extension_may_define(each, name) for each in stars)
        ):
            return UNKNOWN
        return External(f"builtins.{name}")

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        if value is UNKNOWN:
            return UNKNOWN
        if isinstance(value, Module | External | Class):
            self._machine.at(node)
        return self._machine.attribute(value, node.attr)

    def _call(self, node: ast.Call, frame: Frame) -> Value:
        function = self.evaluate(node.func, frame)
        if function is UNKNOWN:
            self._changes(node.func, frame)
        args: list[Value] = []
        has_unknown = False
        for arg in node.args:
            if isinstance(arg, ast.Starred):
                items = iterated(self.evaluate(arg.value, frame))
                if items is None:
                    has_unknown = True
                else:
                    args += items
            elif has_unknown:
                escape(self.evaluate(arg, frame))  # its place is not known
            else:
                args.append(self.evaluate(arg, frame))
        keywords: Keywords = []
        for keyword in node.keywords:
            value = self.evaluate(keyword.value, frame)
            if keyword.arg is not None:
                keywords.append((keyword.arg, value))
            elif isinstance(value, Mapping):
                keywords += [(key, item) for key, item in value.items.items() if isinstance(key, str)]
                if value.is_open:
                    keywords.append((None, UNKNOWN))
            else:
                keywords.append((None, value))
        self._machine.at(node)
        return self._machine.call(function, args, keywords, has_unknown)

    def _changes(self, function: ast.expr, frame: Frame) -> None:
        """A method that is not known may change the object that it is a method of."""
        if not isinstance(function, ast.Attribute):
            return
        if isinstance(function.value, ast.Name) or function.attr == "__setattr__":
            subject = self.evaluate(function.value, frame)
            if isinstance(subject, Instance):
                escape(subject)
            elif isinstance(subject, Module) and function.attr == "__setattr__":
                subject.open("attributes of it are set in a way that is not followed")

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        if isinstance(node.slice, ast.Slice):
            return self._slice(value, node.slice, frame)
        key = self.evaluate(node.slice, frame)
        match value:
            case Sequence() if isinstance(key, int) and not value.is_open and value.kind in ("list", "tuple"):
                return value.items[key] if -len(value.items) <= key < len(value.items) else UNKNOWN
            case Mapping() if is_constant(key):
                if key in value.items:
                    return value.items[key]
                if not value.is_open and self._machine.asking:
                    self._machine.fail(FailureKind.RAISE, "KeyError", repr(key))
                return UNKNOWN
            case ModuleNames() if isinstance(key, str):
                return value.module.namespace.get(key, UNKNOWN)
            case str() if isinstance(key, int) and -len(value) <= key < len(value):
                return value[key]
            case Class():
                return value  # a parametrised generic
            case External(name="sys.modules") if isinstance(key, str):
                return self._machine.module_held(key)
            case External(name="sys.modules"):
                self._machine.open_callers("it reaches for a module that is not known")
        return UNKNOWN

    def _slice(self, value: Value, node: ast.Slice, frame: Frame) -> Value:
        parts = [
            None if part is None else self.evaluate(part, frame)
            for part in (node.lower, node.upper, node.step)
        ]
        if any(part is not None and not isinstance(part, int) for part in parts) or parts[2] == 0:
            return UNKNOWN
        cut = slice(*parts)
        if isinstance(value, Sequence) and not value.is_open:
            return Sequence(value.kind, value.items[cut])
        return value[cut] if isinstance(value, str | bytes) else UNKNOWN

    def _binary(self, node: ast.BinOp, frame: Frame) -> Value:
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        if isinstance(left, Sequence) and isinstance(node.op, ast.Add | ast.BitOr):
            more = iterated(right) if len(left.items) < LIMIT_HELD else None
            is_open = left.is_open or more is None
            self._machine.step(1 + len(left.items) // 50)
            return Sequence(left.kind, [*left.items, *(more or [])], is_open=is_open)
        if isinstance(left, Mapping) and isinstance(right, Mapping) and isinstance(node.op, ast.BitOr):
            self._machine.step(1 + (len(left.items) + len(right.items)) // 50)
            return Mapping({**left.items, **right.items}, is_open=left.is_open or right.is_open)
        if isinstance(left, str) and isinstance(node.op, ast.Mod):
            return self._formatted(left, right)
        compute = _ARITHMETIC.get(type(node.op))
        if compute is None or not (is_constant(left) and is_constant(right)):
            return UNKNOWN
        if any(isinstance(each, str | bytes) and len(each) > _LONGEST for each in (left, right)):
            return UNKNOWN
        try:
            return compute(left, right)
        except (TypeError, ValueError, ArithmeticError):
            return UNKNOWN

    def _formatted(self, text: str, value: Value) -> Value:
        given = tuple(value.items) if isinstance(value, Sequence) and value.kind == "tuple" else value
        plain = all(is_constant(item) for item in given) if isinstance(given, tuple) else is_constant(given)
        if not plain or len(text) > 1_000 or any(mark in text for mark in ("*", "(", ".")):
            return UNKNOWN
        if any(char.isdigit() for char in text.replace("%%", "")) and "%" in text and _has_width(text):
            return UNKNOWN
        try:
            return text % given
        except (TypeError, ValueError, OverflowError):
            return UNKNOWN

    def _connected(self, node: ast.BoolOp, frame: Frame) -> Value:
        decisive = isinstance(node.op, ast.Or)
        machine = self._machine
        unsure = False
        value: Value = UNKNOWN
        for part in node.values:
            if unsure:
                with machine.uncertain():
                    value = self.evaluate(part, frame)
            else:
                value = self.evaluate(part, frame)
            found = truth(value)
            if found is decisive:
                if not unsure:
                    return value
                # An earlier part may have decided; what is left of the value is its truth.
                return decisive if is_constant(value) and isinstance(value, bool) else UNKNOWN
            unsure = unsure or found is None
        return UNKNOWN if unsure else value

    def _unary(self, node: ast.UnaryOp, frame: Frame) -> Value:
        value = self.evaluate(node.operand, frame)
        if isinstance(node.op, ast.Not):
            found = truth(value)
            return UNKNOWN if found is None else not found
        if isinstance(value, int | float):
            if isinstance(node.op, ast.USub):
                return -value
            if isinstance(node.op, ast.UAdd):
                return +value
        return UNKNOWN

    def _conditional(self, node: ast.IfExp, frame: Frame) -> Value:
        found = truth(self.evaluate(node.test, frame))
        if found is not None:
            return self.evaluate(node.body if found else node.orelse, frame)
        with self._machine.uncertain():
            one, other = self.evaluate(node.body, frame), self.evaluate(node.orelse, frame)
        return one if one is other else UNKNOWN

    def _joined(self, node: ast.JoinedStr, frame: Frame) -> Value:
        parts: list[str] = []
        for part in node.values:
            if isinstance(part, ast.Constant):
                parts.append(str(part.value))
                continue
            value = self.evaluate(part.value, frame) if isinstance(part, ast.FormattedValue) else UNKNOWN
            if (
                not isinstance(part, ast.FormattedValue)
                or part.format_spec is not None
                or not is_constant(value)
            ):
                parts = ["\0"]
                break
            try:
                parts.append({114: repr, 97: ascii}.get(part.conversion, str)(value))
            except ValueError:  # an integer of more digits than Python writes
                return UNKNOWN
        text = "".join(parts)
        return UNKNOWN if text == "\0" or len(text) > _LONGEST else text

    def _sequence(self, kind: str, nodes: list[ast.expr], frame: Frame) -> Value:
        made = Sequence(kind)
        for node in nodes:
            if isinstance(node, ast.Starred):
                items = iterated(self.evaluate(node.value, frame))
                made.is_open = made.is_open or items is None
                made.items += items or []
            else:
                made.items.append(self.evaluate(node, frame))
        return made

    def _mapping(self, node: ast.Dict, frame: Frame) -> Value:
        made = Mapping()
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.evaluate(value_node, frame)
            if key_node is None:
                if isinstance(value, Mapping):
                    self._machine.step(1 + len(value.items) // 50)
                    made.items.update(value.items)
                    made.is_open = made.is_open or value.is_open
                else:
                    made.is_open = True
                continue
            key = self.evaluate(key_node, frame)
            if is_constant(key):
                made.items[key] = value
            else:
                made.is_open = True
        return made

    def _lambda(self, node: ast.Lambda, frame: Frame) -> Value:
        return Function(
            node,
            frame,
            [self.evaluate(default, frame) for default in node.args.defaults],
            {
                arg.arg: self.evaluate(default, frame)
                for arg, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
                if default is not None
            },
        )

    def _named(self, node: ast.NamedExpr, frame: Frame) -> Value:
        value = self.evaluate(node.value, frame)
        while frame.is_comprehension and frame.above is not None:
            frame = frame.above
        frame.bind(node.target.id, value if self._machine.certain else UNKNOWN)
        return value


def _has_width(text: str) -> bool:
    """Whether a format states a width, which could make a short text a huge one."""
    import re

    return re.search(r"%[-+ #0]*[0-9]", text) is not None
