"""Assignments: binds names, attributes and items to values."""

from __future__ import annotations

import ast

from analyzers.importing.definitions import defers_annotations, evaluate_annotation
from analyzers.importing.flows import Flow, Handlers
from analyzers.importing.frames import Frame
from analyzers.importing.iteration import LIMIT_HELD, grow, iterated
from analyzers.importing.lazy_modules import is_lazy_module
from analyzers.importing.machine import Machine
from analyzers.importing.values import (
    UNKNOWN,
    Class,
    External,
    Instance,
    Mapping,
    Module,
    ModuleNames,
    Sequence,
    Value,
    escape,
    is_constant,
)


class Bindings:
    """Assigns on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.by_type: Handlers = {
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Delete: self._delete,
        }

    def _assign(self, node: ast.Assign, frame: Frame) -> Flow:
        value = self._machine.evaluate(node.value, frame)
        for target in node.targets:
            self._machine.bind(target, value, frame)
        return Flow.NEXT

    def _annotated(self, node: ast.AnnAssign, frame: Frame) -> Flow:
        if not defers_annotations(self._machine, frame) and (frame.is_module or frame.is_class):
            evaluate_annotation(self._machine, node.annotation, frame)
        if node.value is not None:
            self._machine.bind(node.target, self._machine.evaluate(node.value, frame), frame)
        return Flow.NEXT

    def _augmented(self, node: ast.AugAssign, frame: Frame) -> Flow:
        machine = self._machine
        value = machine.evaluate(node.value, frame)
        if isinstance(node.target, ast.Name):
            old = machine.evaluate(ast.copy_location(ast.Name(node.target.id, ast.Load()), node), frame)
            more = iterated(value)
            if isinstance(old, Sequence) and isinstance(node.op, ast.Add | ast.BitOr):
                if more is None or not machine.certain:
                    old.is_open = True
                    escape(value)
                if more is not None and machine.certain:
                    grow(old, more)
            elif isinstance(old, str) and isinstance(value, str) and isinstance(node.op, ast.Add):
                frame.bind(node.target.id, old + value if len(old) < 100_000 else UNKNOWN)
            else:
                escape(old)
                frame.bind(node.target.id, UNKNOWN)
        elif isinstance(node.target, ast.Attribute):
            owner = machine.evaluate(node.target.value, frame)
            if isinstance(owner, Module | Class | Instance):
                held = getattr(owner, "namespace", None) or getattr(owner, "attributes", {})
                old, more = held.get(node.target.attr), iterated(value)
                if isinstance(old, Sequence) and more is not None and machine.certain:
                    grow(old, more)
                elif isinstance(old, Sequence):
                    old.is_open = True
                else:
                    machine.assign_attribute(owner, node.target.attr, UNKNOWN)
        elif isinstance(node.target, ast.Subscript):
            escape(machine.evaluate(node.target.value, frame))
        return Flow.NEXT

    def bind(self, target: ast.expr, value: Value, frame: Frame) -> None:
        """Bind a target of an assignment."""
        machine = self._machine
        match target:
            case ast.Name():
                is_outer = target.id in frame.global_names or target.id in frame.outer_names
                frame.bind(target.id, UNKNOWN if is_outer and not machine.certain else value)
            case ast.Attribute():
                machine.assign_attribute(machine.evaluate(target.value, frame), target.attr, value)
            case ast.Subscript():
                self._bind_item(target, value, frame)
            case ast.Tuple() | ast.List():
                items = iterated(value)
                fits = items is not None and len(items) == len(target.elts)
                for index, inner in enumerate(target.elts):
                    if isinstance(inner, ast.Starred):
                        fits = False
                        inner = inner.value
                    self._machine.bind(inner, items[index] if fits and items is not None else UNKNOWN, frame)
            case ast.Starred():
                self._machine.bind(target.value, UNKNOWN, frame)

    def _bind_item(self, target: ast.Subscript, value: Value, frame: Frame) -> None:
        machine = self._machine
        holder = machine.evaluate(target.value, frame)
        key = UNKNOWN if isinstance(target.slice, ast.Slice) else machine.evaluate(target.slice, frame)
        kept = value if machine.certain else UNKNOWN
        match holder:
            case Mapping() if is_constant(key) and len(holder.items) < LIMIT_HELD:
                if machine.certain:
                    holder.items[key] = value
                else:
                    holder.items[key] = UNKNOWN
                    holder.is_open = True
            case Sequence() if isinstance(key, int) and -len(holder.items) <= key < len(holder.items):
                holder.items[key] = kept
            case Mapping() | Sequence():
                holder.is_open = True
            case ModuleNames():
                if machine.is_answering():
                    pass  # a module that answers requests for names keeps the answers: that makes no new ones
                elif isinstance(key, str):
                    holder.module.namespace[key] = kept
                else:
                    holder.module.open("names that are not known are written into its namespace")
            case External(name="sys.modules"):
                self._replace_module(key, value, frame)
            case Instance():
                escape(value)

    def _replace_module(self, key: Value, value: Value, frame: Frame) -> None:
        """``sys.modules[key] = value``: another object takes the place of a module."""
        machine = self._machine
        frame.module.open_below.append("it writes to sys.modules")
        if not isinstance(key, str):
            machine.open_callers("it puts another object in the place of a module")
        elif isinstance(value, Module) and machine.certain and key != frame.module.name:
            machine.modules[key] = value
        elif is_lazy_module(value) and machine.certain and key not in machine.modules:
            machine.placed[key] = value
        else:
            machine.replaced.add(key)
            machine.placed.pop(key, None)
            replaced = machine.modules.get(key)
            if replaced is not None:
                replaced.open("another object is put in its place")
                replaced.open_below.append("another object is put in its place")

    def _delete(self, node: ast.Delete, frame: Frame) -> Flow:
        for target in node.targets:
            if isinstance(target, ast.Name):
                if self._machine.certain and target.id not in frame.global_names | frame.outer_names:
                    frame.names.pop(target.id, None)
                else:
                    frame.bind(target.id, UNKNOWN)
            elif isinstance(target, ast.Subscript | ast.Attribute):
                holder = self._machine.evaluate(target.value, frame)
                match target, holder:
                    case ast.Subscript(slice=key), External(name="sys.modules"):
                        self._remove_module(self._machine.evaluate(key, frame))
                    case _:
                        escape(holder)
        return Flow.NEXT

    def _remove_module(self, key: Value) -> None:
        """``del sys.modules[key]``: whoever asks for the module next gets what is put in its place."""
        machine = self._machine
        if not isinstance(key, str):
            machine.open_callers("it takes a module out of sys.modules")
            machine.replaced.update(frame.module.name for frame in machine.frames)
            return
        machine.replaced.add(key)
        machine.placed.pop(key, None)
        module = machine.modules.get(key)
        if module is None:
            return
        module.open("it is taken out of sys.modules")
        module.open_below.append("it is taken out of sys.modules")
        if machine.certain:
            del machine.modules[key]
