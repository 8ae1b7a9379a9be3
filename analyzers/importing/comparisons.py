"""Comparisons of values."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from packaging.version import Version

from analyzers.importing.frames import Frame
from analyzers.importing.machine import Machine
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
    is_constant,
)

_ORDER: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


class Comparisons:
    """Compares on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def compared(self, node: ast.Compare, frame: Frame) -> Value:
        """A chain of comparisons."""
        left = self._machine.evaluate(node.left, frame)
        result: bool | None = True
        for sign, other in zip(node.ops, node.comparators, strict=True):
            right = self._machine.evaluate(other, frame)
            found = self._comparison(sign, left, right)
            if found is False:
                return False if result is not None else UNKNOWN
            if found is None:
                result = None
            left = right
        return UNKNOWN if result is None else True

    def _comparison(self, sign: ast.cmpop, left: Value, right: Value) -> bool | None:
        match sign:
            case ast.Is() | ast.Eq():
                return _equal(left, right, is_identity=isinstance(sign, ast.Is))
            case ast.IsNot() | ast.NotEq():
                found = _equal(left, right, is_identity=isinstance(sign, ast.IsNot))
                return None if found is None else not found
            case ast.In() | ast.NotIn():
                found = self._contained(left, right)
                return None if found is None else found is isinstance(sign, ast.In)
        one, other = _plain(left), _plain(right)
        if one is None or other is None:
            return None
        try:
            return bool(_ORDER[type(sign)](one, other))
        except TypeError:
            return None

    def _contained(self, item: Value, container: Value) -> bool | None:
        if isinstance(item, Sequence):
            item = _plain(item)
        if not is_constant(item) and not isinstance(item, tuple):
            return None
        match container:
            case Sequence() | Mapping():
                if any(is_constant(each) and each == item for each in container.items):
                    return True
                if container.is_open or not all(is_constant(each) for each in container.items):
                    return None
                return False
            case str() if isinstance(item, str):
                return item in container
            case ModuleNames() if isinstance(item, str):
                return True if item in container.module.namespace else None
            case External(name="sys.modules") if isinstance(item, str):
                machine = self._machine
                return True if item in machine.modules and item not in machine.replaced else None
        return None


def _plain(value: Value) -> Any:
    """A constant, or a tuple of them, for an ordering; None for all else."""
    if isinstance(value, Sequence) and not value.is_open and all(is_constant(item) for item in value.items):
        match value.kind:
            case "tuple":
                return tuple(value.items)
            case "set" | "frozenset":
                return frozenset(value.items)
        return list(value.items)
    return value if is_constant(value) or isinstance(value, Version) else None


def _equal(left: Value, right: Value, *, is_identity: bool) -> bool | None:
    if left is UNKNOWN or right is UNKNOWN:
        return None
    if left is None or right is None:
        other = right if left is None else left
        if other is None:
            return True
        known = Module | Function | Class | Sequence | Mapping | ModuleNames
        return False if is_constant(other) or isinstance(other, known | Instance) else None
    if isinstance(left, External) and isinstance(right, External):
        return True if left.name == right.name and not left.is_made and not right.is_made else None
    if isinstance(left, Module | Class | Function) or isinstance(right, Module | Class | Function):
        return True if left is right else None
    if is_identity and not isinstance(left, bool):
        return None
    one, other = _plain(left), _plain(right)
    return None if one is None or other is None else bool(one == other)
