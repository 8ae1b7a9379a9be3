"""Calls: binds arguments, runs bodies on paper, makes instances."""

from __future__ import annotations

import ast
import re

from analyzers.importing.arguments import bound_arguments
from analyzers.importing.builtin_calls import BuiltinCalls
from analyzers.importing.classes import ABSENT, is_module_type, looked_up
from analyzers.importing.failures import BudgetSpentError, FailureKind
from analyzers.importing.frames import Frame
from analyzers.importing.machine import Keywords, Machine
from analyzers.importing.methods import Methods
from analyzers.importing.values import (
    UNKNOWN,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Method,
    Value,
    escape,
)
from analyzers.importing.versions import made_version, makes_version

_LIMIT_RECURSION = 2
_CODE = re.compile(r"^[ \t]*(?:def|class|import|from)[ \t]+\w|^[ \t]*\w+[ \t]*=[ \t]*\S", re.MULTILINE)


class Calls:
    """Calls values on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._builtins = BuiltinCalls(machine)
        self._methods = Methods(machine)

    def call(self, function: Value, args: list[Value], keywords: Keywords, has_unknown: bool) -> Value:
        """``function(*args, **keywords)``; `has_unknown` where ``*`` of what is not known is among them."""
        if makes_version(function) and not keywords and not has_unknown:
            return made_version(args)
        match function:
            case Function():
                return self._function(function, args, keywords, has_unknown)
            case Bound():
                return self.call(function.function, [function.subject, *args], keywords, has_unknown)
            case Class():
                return self._instance(function, args, keywords, has_unknown)
            case External() if not has_unknown:
                return self._builtins.call(function, args, keywords)
            case Method() if not has_unknown:
                return self._methods.call(function, args, keywords)
            case Method():
                escape(function.subject)
        self._escaped(args, keywords)
        self._machine.open_given(args)
        if isinstance(function, Instance):
            escape(function)
        if function is UNKNOWN and any(isinstance(arg, str) and _CODE.search(arg) for arg in args):
            self._machine.frames[-1].module.open("it hands text of code to what is not known")
        return UNKNOWN

    def _escaped(self, args: list[Value], keywords: Keywords) -> None:
        for value in args:
            escape(value)
        for _, value in keywords:
            escape(value)

    def _function(
        self, function: Function, args: list[Value], keywords: Keywords, has_unknown: bool
    ) -> Value:
        machine = self._machine
        binding = bound_arguments(function, args, keywords, has_unknown)
        if binding.error is not None:
            machine.fail(
                FailureKind.ARGUMENTS,
                "TypeError",
                binding.error,
                provider=function.module.file.distribution,
                where=f"{function.module.name}:{function.node.lineno}",
            )
            self._escaped(args, keywords)
            return UNKNOWN
        is_followed = not machine.is_too_deep and machine.running.count(function.node) < _LIMIT_RECURSION
        body = followed_body(function) if is_followed else None
        if body is None:
            self._escaped(args, keywords)
            return UNKNOWN
        above = function.frame
        assert isinstance(above, Frame)  # what executes bodies makes functions of nothing else
        frame = Frame(function.module, binding.names, above, function=function, owner=function.owner)
        return self._run(function, body, frame)

    def _run(self, function: Function, body: ast.expr | list[ast.stmt], frame: Frame) -> Value:
        machine = self._machine
        node = function.node
        machine.depth += 1
        machine.running.append(node)
        function.module.called.add(node.lineno)
        machine.frames.append(frame)
        machine.sites.append((function.module, node.lineno))
        certain = machine.certain
        try:
            with machine.budget_of_call():
                if isinstance(body, ast.expr):
                    return machine.evaluate(body, frame)
                machine.execute(body, frame)
        except BudgetSpentError:
            if machine.is_spent or machine.depth > 1:
                raise
            self._forget(frame)
            return UNKNOWN
        except RecursionError:
            self._forget(frame)
            return UNKNOWN
        finally:
            machine.certain = certain
            machine.depth -= 1
            machine.running.pop()
            machine.frames.pop()
            machine.sites.pop()
        if not frame.returned:
            return UNKNOWN if frame.is_cut else None
        first = frame.returned[0]
        return first if not frame.is_cut and all(value is first for value in frame.returned) else UNKNOWN

    def _forget(self, frame: Frame) -> None:
        """What a call that was broken off may have done is not known."""
        for value in frame.names.values():
            escape(value)
        frame.module.is_broken_off = True
        frame.module.open("a call that it makes was too long to be followed")

    def _instance(self, cls: Class, args: list[Value], keywords: Keywords, has_unknown: bool) -> Value:
        if cls.is_called_otherwise:
            self._escaped(args, keywords)
            return UNKNOWN
        instance = Instance(cls)
        made = looked_up(cls.lineage, "__new__", is_open=False)
        if made is not ABSENT and made is not UNKNOWN:
            self._escaped(args, keywords)
            return UNKNOWN
        starting = looked_up(cls.lineage, "__init__", is_open=cls.is_open)
        if isinstance(starting, Function) and starting.kind == "function":
            try:
                self._function(starting, [instance, *args], keywords, has_unknown)
            except BudgetSpentError:
                instance.is_open = True
                raise
        else:
            known = [base for base in cls.lineage if not is_module_type(base)]
            instance.is_open = looked_up(known, "__init__", is_open=cls.is_open) is not ABSENT
            self._escaped(args, keywords)
        return instance


def followed_body(function: Function) -> ast.expr | list[ast.stmt] | None:
    """What a call runs; None where it runs nothing yet (generators, coroutines) or cannot be told."""
    node = function.node
    if isinstance(node, ast.Lambda):
        return node.body
    outline = function.module.outline
    return outline.body(node) if isinstance(node, ast.FunctionDef) and outline is not None else None
