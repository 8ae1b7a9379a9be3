"""Exceptions: raised, handled, and swallowed by context managers."""

from __future__ import annotations

import ast

from analyzers.importing.builtin_calls import Suppressing
from analyzers.importing.classes import exception_bases
from analyzers.importing.failures import FailureKind, SimulatedError, builtin_bases
from analyzers.importing.flows import Flow, Handlers
from analyzers.importing.frames import Frame, bound_names, forget
from analyzers.importing.machine import Machine
from analyzers.importing.values import UNKNOWN, Class, External, Instance, Sequence, Value


class ExceptionHandling:
    """Runs statements that raise and handle exceptions on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.by_type: Handlers = {
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Raise: self._raise,
        }

    def _raise(self, node: ast.Raise, frame: Frame) -> Flow:
        machine = self._machine
        value = UNKNOWN if node.exc is None else machine.evaluate(node.exc, frame)
        if not machine.certain:
            return Flow.ENDED
        if node.exc is None and machine.handling:
            raise machine.handling[-1]
        bases: tuple[str, ...] = ()
        if isinstance(value, External):
            bases = builtin_bases(value.name.removeprefix("builtins."))
        elif isinstance(value, Class):
            bases = exception_bases(value)
        elif isinstance(value, Instance):
            bases = exception_bases(value.of)
        machine.fail(
            FailureKind.RAISE,
            bases[0] if bases else "an exception",
            _said(node, machine, frame),
            provider=frame.module.file.distribution,
            where=f"{frame.module.name}:{node.lineno}",
            bases=bases or ("Exception", "BaseException"),
            value=value,
        )
        return Flow.ENDED

    def _with(self, node: ast.With | ast.AsyncWith, frame: Frame) -> Flow:
        managers = []
        for item in node.items:
            manager = self._machine.evaluate(item.context_expr, frame)
            managers.append(manager)
            if item.optional_vars is not None:
                self._machine.bind(item.optional_vars, UNKNOWN, frame)
        suppressed = [
            each for manager in managers if isinstance(manager, Suppressing) for each in manager.exceptions
        ]
        is_known = all(isinstance(manager, Suppressing | External) for manager in managers)
        try:
            return self._machine.execute(node.body, frame)
        except SimulatedError as error:
            answers = [self._catches(each, error) for each in suppressed]
            if is_known and not any(answer is not False for answer in answers):
                raise
            # A manager that is not known may swallow what its body raises.
            forget(bound_names(node.body), frame)
            return Flow.NEXT

    def _try(self, node: ast.Try | ast.TryStar, frame: Frame) -> Flow:
        machine = self._machine
        if not machine.certain:
            flow = self._machine.execute(node.body, frame)
            self._handlers_may_run(node, frame)
            if flow is Flow.NEXT:
                flow = self._machine.execute(node.orelse, frame)
            self._machine.execute(node.finalbody, frame)
            return Flow.NEXT if flow is Flow.ENDED else flow
        depth = len(machine.sites), len(machine.frames), len(machine.running), machine.depth
        before, machine.probing = machine.probing, frame if _asks_for_names(node) else None
        try:
            try:
                flow = self._machine.execute(node.body, frame)
            finally:
                machine.probing = before
        except SimulatedError as error:
            del machine.sites[depth[0] :], machine.frames[depth[1] :], machine.running[depth[2] :]
            machine.depth, machine.certain = depth[3], True
            flow = self._handled(node, error, frame)
        else:
            self._handlers_may_run(node, frame)
            if flow is Flow.NEXT and any(isinstance(each, ast.Raise) for each in node.orelse):
                # It raises where nothing was raised, as something may have been all the same.
                flow = self._machine.perhaps(node.orelse, frame)
            elif flow is Flow.NEXT:
                flow = self._machine.execute(node.orelse, frame)
        if node.finalbody:
            ended = self._machine.execute(node.finalbody, frame)
            flow = ended if ended is not Flow.NEXT else flow
        return flow

    def _handlers_may_run(self, node: ast.Try | ast.TryStar, frame: Frame) -> None:
        """The body went well as far as is known; what only handlers bind may be there all the same."""
        names = bound_names(statement for handler in node.handlers for statement in handler.body)
        for name in names - bound_names(node.body):
            frame.bind(name, UNKNOWN)

    def _handled(self, node: ast.Try | ast.TryStar, error: SimulatedError, frame: Frame) -> Flow:
        machine = self._machine
        for handler in node.handlers:
            answer = (
                True if handler.type is None else self._catches(machine.evaluate(handler.type, frame), error)
            )
            if answer is False:
                continue
            if handler.name:
                frame.bind(handler.name, error.value if isinstance(error.value, Instance) else UNKNOWN)
            if answer is None:
                forget(bound_names([node]), frame)
                self._machine.perhaps(handler.body, frame)
                return Flow.NEXT
            machine.handling.append(error)
            try:
                return self._machine.execute(handler.body, frame)
            finally:
                machine.handling.pop()
        if node.finalbody:
            self._machine.execute(node.finalbody, frame)
        raise error

    def _catches(self, caught: Value, error: SimulatedError) -> bool | None:
        """Whether an ``except`` clause takes an exception."""
        if isinstance(caught, Sequence):
            answers = [self._catches(each, error) for each in caught.items]
            if True in answers:
                return True
            return None if None in answers or caught.is_open else False
        if isinstance(caught, External) and caught.name.startswith("builtins."):
            name = caught.name.removeprefix("builtins.")
            if not builtin_bases(name):
                return None
            return name in error.bases
        if isinstance(caught, Class):
            return caught.name in error.bases if caught.lineage else None
        if isinstance(caught, External):
            name = caught.name.rpartition(".")[2]
            return True if name in error.bases else None if error.bases[:1] == ("Exception",) else False
        return None


def _said(node: ast.Raise, machine: Machine, frame: Frame) -> str:
    """The message of an exception, where it is spelled out."""
    if isinstance(node.exc, ast.Call) and node.exc.args:
        with machine.uncertain():
            value = machine.evaluate(node.exc.args[0], frame)
        if isinstance(value, str):
            return value[:500]
    return "it raises an exception" if node.exc is None else ast.unparse(node.exc)[:200]


def _asks_for_names(node: ast.Try | ast.TryStar) -> bool:
    """Whether a handler is for names that are not defined."""
    return any(
        isinstance(each, ast.Name) and each.id == "NameError"
        for handler in node.handlers
        if handler.type is not None
        for each in (handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type])
    )
