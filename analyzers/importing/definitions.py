"""Definitions of functions and classes."""

from __future__ import annotations

import ast

from analyzers.importing.classes import PLAIN_METACLASSES, looked_up, made_by, made_lineage
from analyzers.importing.failures import FailureKind, builtin_bases
from analyzers.importing.flows import Flow, Handlers
from analyzers.importing.frames import Frame
from analyzers.importing.machine import Keywords, Machine
from analyzers.importing.values import UNKNOWN, Class, External, Function, Value

_OF_CLASSES = frozenset({"__init_subclass__", "__class_getitem__"})
"""Methods that are class methods without saying so."""


class Definitions:
    """Makes functions and classes on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.by_type: Handlers = {
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
        }

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> Flow:
        machine = self._machine
        spec = node.args
        defaults = [machine.evaluate(default, frame) for default in spec.defaults]
        keyword_defaults = {
            arg.arg: machine.evaluate(default, frame)
            for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
            if default is not None
        }
        if not defers_annotations(self._machine, frame):
            for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg):
                if arg is not None and arg.annotation is not None:
                    evaluate_annotation(self._machine, arg.annotation, frame)
            if node.returns is not None:
                evaluate_annotation(self._machine, node.returns, frame)
        made = Function(node, frame, defaults, keyword_defaults)
        if frame.is_class and node.name in _OF_CLASSES:
            made.kind = "classmethod"
        self._decorate(node, made, frame)
        return Flow.NEXT

    def _decorate(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, made: Value, frame: Frame
    ) -> None:
        machine = self._machine
        for decorator in reversed(node.decorator_list):
            function = machine.evaluate(decorator, frame)
            machine.at(decorator)
            made = machine.call(function, [made], [], False)
        frame.bind(node.name, made)

    def _class(self, node: ast.ClassDef, frame: Frame) -> Flow:
        machine = self._machine
        bases: list[Value] = []
        is_open = False
        for base in node.bases:
            value = machine.evaluate(base, frame)
            if isinstance(base, ast.Starred):
                is_open = True
            else:
                bases.append(value)
        keywords: Keywords = []
        metaclass: Value = None
        for keyword in node.keywords:
            value = machine.evaluate(keyword.value, frame)
            if keyword.arg != "metaclass":
                keywords.append((keyword.arg, value if keyword.arg is not None else UNKNOWN))
            elif not (isinstance(value, External) and value.name in PLAIN_METACLASSES):
                is_open, metaclass = True, value
        self._refuse_duplicates(bases)
        cell: list[Class] = []
        inner = Frame(frame.module, {}, frame, function=frame.function, is_class=True, owner=cell)
        machine.frames.append(inner)
        try:
            self._machine.execute(node.body, inner)
        finally:
            machine.frames.pop()
        cls = Class(node.name, frame.module, bases, inner.names)
        cls.is_open = is_open or inner.is_cut
        made_lineage(cls)
        if metaclass is not None:
            made_by(metaclass, cls)
        machine.step(1 + len(cls.lineage) ** 2 // 500)
        cell.append(cls)
        self._announce(cls, node, keywords)
        self._decorate(node, cls, frame)
        return Flow.NEXT

    def _announce(self, cls: Class, node: ast.ClassDef, keywords: Keywords) -> None:
        """Call what a base wants to be told of its subclasses."""
        hook = looked_up(cls.lineage[1:], "__init_subclass__", is_open=False)
        if not isinstance(hook, Function):
            return
        cls.is_open = True
        cls.namespace.setdefault("__init__", UNKNOWN)
        self._machine.at(node)
        self._machine.call(hook, [cls], keywords, False)

    def _refuse_duplicates(self, bases: list[Value]) -> None:
        """Python makes no class that has the same base twice, as happens when two exceptions become one."""
        seen: set[str] = set()
        for base in bases:
            if isinstance(base, External) and not base.is_made:
                builtin = builtin_bases(base.name.removeprefix("builtins."))
                name = builtin[0] if builtin and base.name.startswith("builtins.") else base.name
                if name in seen:
                    self._machine.fail(
                        FailureKind.STANDARD_LIBRARY,
                        "TypeError",
                        f"duplicate base class {name}",
                        where=base.name,
                    )
                seen.add(name)


def evaluate_annotation(machine: Machine, node: ast.expr, frame: Frame) -> None:
    """Evaluate an annotation where Python does."""
    if not isinstance(node, ast.Constant):
        machine.evaluate(node, frame)


def defers_annotations(machine: Machine, frame: Frame) -> bool:
    """Whether annotations are not evaluated when a function is defined."""
    return frame.module.defers_annotations or machine.target.python >= (3, 14, 0)
