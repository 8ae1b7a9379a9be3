"""Statements: runs bodies on paper."""

from __future__ import annotations

import ast

from analyzers.importing.bindings import Bindings
from analyzers.importing.branches import Branches
from analyzers.importing.definitions import Definitions
from analyzers.importing.flows import Flow, Handlers
from analyzers.importing.frames import Frame
from analyzers.importing.handlers import ExceptionHandling
from analyzers.importing.import_statements import ImportStatements
from analyzers.importing.machine import Machine


class Statements:
    """Executes statements on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        bindings, branches = Bindings(machine), Branches(machine)
        machine.bind, machine.perhaps = bindings.bind, branches.perhaps
        self._by_type: Handlers = {
            ast.Expr: self._expression,
            ast.Return: self._return,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.Assert: self._assert,
            ast.Break: lambda _, __: Flow.BREAK,
            ast.Continue: lambda _, __: Flow.CONTINUE,
            **bindings.by_type,
            **branches.by_type,
            **Definitions(machine).by_type,
            **ExceptionHandling(machine).by_type,
            **ImportStatements(machine).by_type,
        }

    def execute(self, body: list[ast.stmt], frame: Frame) -> Flow:
        """Run statements one after the other."""
        machine = self._machine
        certain = machine.certain
        try:
            for statement in body:
                machine.step()
                machine.at(statement)
                run = self._by_type.get(type(statement))
                flow = run(statement, frame) if run is not None else Flow.NEXT
                if flow is not Flow.NEXT:
                    return flow
                if frame.is_cut:
                    machine.certain = False
        finally:
            if not (frame.is_cut and frame.function is not None):
                machine.certain = certain
        return Flow.NEXT

    def _expression(self, node: ast.Expr, frame: Frame) -> Flow:
        if not isinstance(node.value, ast.Constant):
            self._machine.evaluate(node.value, frame)
        return Flow.NEXT

    def _global(self, node: ast.Global, frame: Frame) -> Flow:
        if not frame.is_module:
            frame.global_names.update(node.names)
        return Flow.NEXT

    def _nonlocal(self, node: ast.Nonlocal, frame: Frame) -> Flow:
        frame.outer_names.update(node.names)
        return Flow.NEXT

    def _assert(self, node: ast.Assert, frame: Frame) -> Flow:
        self._machine.evaluate(node.test, frame)
        return Flow.NEXT

    def _return(self, node: ast.Return, frame: Frame) -> Flow:
        frame.returned.append(None if node.value is None else self._machine.evaluate(node.value, frame))
        return Flow.RETURN
