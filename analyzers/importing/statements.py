"""Statements: runs bodies on paper."""

from __future__ import annotations

import ast
import enum
from collections.abc import Callable, Iterable
from typing import Any

from analyzers.importing.builtin_calls import LIMIT_HELD, Suppressing, grow, iterated
from analyzers.importing.classes import exception_bases, made_lineage
from analyzers.importing.failures import FailureKind, SimulatedError, builtin_bases
from analyzers.importing.frames import Frame, bound_names
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
    escape,
    is_constant,
    truth,
)


class Flow(enum.Enum):
    """How a statement ends."""

    NEXT = "next"
    RETURN = "return"
    BREAK = "break"
    CONTINUE = "continue"
    ENDED = "ended"
    """It raises, but whether it runs at all is not certain."""


class Statements:
    """Executes statements on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._by_type: dict[type[ast.stmt], Callable[[Any, Frame], Flow]] = {
            ast.Expr: self._expression,
            ast.Assign: self._assign,
            ast.AnnAssign: self._annotated,
            ast.AugAssign: self._augmented,
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.If: self._if,
            ast.For: self._for,
            ast.AsyncFor: self._for,
            ast.While: self._while,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.With: self._with,
            ast.AsyncWith: self._with,
            ast.Return: self._return,
            ast.Raise: self._raise,
            ast.Delete: self._delete,
            ast.Global: self._global,
            ast.Nonlocal: self._nonlocal,
            ast.Assert: self._assert,
            ast.Break: lambda _, __: Flow.BREAK,
            ast.Continue: lambda _, __: Flow.CONTINUE,
            ast.Match: self._match,
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

    # Blocks of which it is not known whether they run.

    def _maybe(self, body: list[ast.stmt], frame: Frame) -> Flow:
        with self._machine.uncertain():
            flow = self.execute(body, frame)
        if flow in (Flow.RETURN, Flow.BREAK, Flow.CONTINUE):
            frame.is_cut = True
        return flow

    def _either(self, bodies: list[list[ast.stmt]], frame: Frame) -> Flow:
        """One of several blocks runs: names keep a value only where all blocks give it."""
        names = bound_names(statement for body in bodies for statement in body)
        before = {name: frame.names[name] for name in names if name in frame.names}
        was_cut = frame.is_cut
        outcomes: list[dict[str, Value]] = []
        flows: list[Flow] = []
        for body in bodies:
            for name in names:
                frame.names.pop(name, None)
            frame.names.update(before)
            flow = self._maybe(body, frame)
            flows.append(flow)
            if flow is not Flow.ENDED:
                outcomes.append({name: frame.names[name] for name in names if name in frame.names})
        for name in names:
            values = [outcome.get(name, UNKNOWN) for outcome in outcomes]
            if not values:
                continue
            first = values[0]
            same = all(value is first or (is_constant(value) and value == first) for value in values)
            if same and all(name in outcome for outcome in outcomes):
                frame.names[name] = first
            elif any(name in outcome for outcome in outcomes):
                frame.names[name] = UNKNOWN
            else:
                frame.names.pop(name, None)
        if all(flow is Flow.RETURN for flow in flows):
            frame.is_cut = was_cut or len({id(value) for value in frame.returned}) > 1
            return Flow.RETURN
        return Flow.ENDED if all(flow is Flow.ENDED for flow in flows) else Flow.NEXT

    def _forget(self, names: Iterable[str], frame: Frame) -> None:
        for name in names:
            frame.bind(name, UNKNOWN)

    # Simple statements.

    def _expression(self, node: ast.Expr, frame: Frame) -> Flow:
        if not isinstance(node.value, ast.Constant):
            self._machine.evaluate(node.value, frame)
        return Flow.NEXT

    def _assign(self, node: ast.Assign, frame: Frame) -> Flow:
        value = self._machine.evaluate(node.value, frame)
        for target in node.targets:
            self._bind(target, value, frame)
        return Flow.NEXT

    def _annotated(self, node: ast.AnnAssign, frame: Frame) -> Flow:
        if not self._defers_annotations(frame) and (frame.is_module or frame.is_class):
            self._annotation(node.annotation, frame)
        if node.value is not None:
            self._bind(node.target, self._machine.evaluate(node.value, frame), frame)
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

    def _bind(self, target: ast.expr, value: Value, frame: Frame) -> None:
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
                    self._bind(inner, items[index] if fits and items is not None else UNKNOWN, frame)
            case ast.Starred():
                self._bind(target.value, UNKNOWN, frame)

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
        if key == frame.module.name or not isinstance(key, str):
            frame.module.open("it puts another object in its own place")
        elif isinstance(value, Module) and machine.certain:
            machine.modules[key] = value
        else:
            machine.replaced.add(key)

    def _delete(self, node: ast.Delete, frame: Frame) -> Flow:
        for target in node.targets:
            if isinstance(target, ast.Name):
                if self._machine.certain and target.id not in frame.global_names | frame.outer_names:
                    frame.names.pop(target.id, None)
                else:
                    frame.bind(target.id, UNKNOWN)
            elif isinstance(target, ast.Subscript | ast.Attribute):
                escape(self._machine.evaluate(target.value, frame))
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

    # Imports.

    def _import(self, node: ast.Import, frame: Frame) -> Flow:
        machine = self._machine
        for alias in node.names:
            found = machine.import_module(alias.name)
            if alias.asname is None:
                root = alias.name.partition(".")[0]
                found = machine.modules.get(root) or machine.external_module(root)
            frame.bind(alias.asname or alias.name.partition(".")[0], found)
        return Flow.NEXT

    def _import_from(self, node: ast.ImportFrom, frame: Frame) -> Flow:
        machine = self._machine
        if node.module == "__future__":
            if any(alias.name == "annotations" for alias in node.names):
                frame.module.namespace["annotations"] = UNKNOWN
            return Flow.NEXT
        name = absolute_name(node, frame.module)
        module = UNKNOWN if name is None else machine.import_module(name)
        for alias in node.names:
            if alias.name == "*":
                self._import_all(module, frame)
            else:
                machine.at(node)
                found = UNKNOWN if module is UNKNOWN else machine.import_name(module, alias.name)
                frame.bind(alias.asname or alias.name, found)
        return Flow.NEXT

    def _import_all(self, module: Value, frame: Frame) -> None:
        own = frame.module
        if isinstance(module, External):
            own.open(f"star:{module.name}")
            return
        if not isinstance(module, Module):
            own.open("star import of what is not known")
            return
        listed = module.namespace.get("__all__")
        if isinstance(listed, Sequence):
            names = [name for name in listed.items if isinstance(name, str)]
            for name in names:
                frame.bind(name, self._machine.import_name(module, name))
            if len(names) == len(listed.items) and not listed.is_open:
                return
        for name, value in list(module.namespace.items()):
            if not name.startswith("_"):
                frame.bind(name, value)
        own.stars += module.stars
        if module.file.is_extension and module.file.source is None:
            own.stars.append(module.file)
        elif module.open_because or module.state.value == "running" or listed is not None:
            own.open(f"star:{module.name}")

    # Definitions.

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> Flow:
        machine = self._machine
        spec = node.args
        defaults = [machine.evaluate(default, frame) for default in spec.defaults]
        keyword_defaults = {
            arg.arg: machine.evaluate(default, frame)
            for arg, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True)
            if default is not None
        }
        if not self._defers_annotations(frame):
            for arg in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg):
                if arg is not None and arg.annotation is not None:
                    self._annotation(arg.annotation, frame)
            if node.returns is not None:
                self._annotation(node.returns, frame)
        self._decorate(node, Function(node, frame, defaults, keyword_defaults), frame)
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

    def _annotation(self, node: ast.expr, frame: Frame) -> None:
        if not isinstance(node, ast.Constant):
            self._machine.evaluate(node, frame)

    def _defers_annotations(self, frame: Frame) -> bool:
        return "annotations" in frame.module.namespace or self._machine.target.python >= (3, 14, 0)

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
        for keyword in node.keywords:
            value = machine.evaluate(keyword.value, frame)
            is_open = is_open or not (isinstance(value, External) and value.name == "abc.ABCMeta")
        self._refuse_duplicates(bases)
        cell: list[Class] = []
        inner = Frame(frame.module, {}, frame, function=frame.function, is_class=True, owner=cell)
        machine.frames.append(inner)
        try:
            self.execute(node.body, inner)
        finally:
            machine.frames.pop()
        cls = Class(node.name, frame.module, bases, inner.names)
        cls.is_open = is_open or inner.is_cut
        made_lineage(cls)
        cell.append(cls)
        self._decorate(node, cls, frame)
        return Flow.NEXT

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

    # Compound statements.

    def _if(self, node: ast.If, frame: Frame) -> Flow:
        found = truth(self._machine.evaluate(node.test, frame))
        if found is not None:
            return self.execute(node.body if found else node.orelse, frame)
        return self._either([node.body, node.orelse], frame)

    def _match(self, node: ast.Match, frame: Frame) -> Flow:
        self._machine.evaluate(node.subject, frame)
        names = bound_names([node])
        flow = self._either([*(case.body for case in node.cases), []], frame)
        self._forget(names, frame)
        return flow

    def _for(self, node: ast.For | ast.AsyncFor, frame: Frame) -> Flow:
        items = iterated(self._machine.evaluate(node.iter, frame))
        was_cut = frame.is_cut
        if items is None or isinstance(node, ast.AsyncFor) or (not self._machine.certain and len(items) > 20):
            self._bind(node.target, UNKNOWN, frame)
            return self._maybe_loop(node, frame, was_cut)
        for item in items:
            self._bind(node.target, item, frame)
            flow = self.execute(node.body, frame)
            if flow in (Flow.RETURN, Flow.ENDED):
                return flow
            if flow is Flow.BREAK:
                return Flow.NEXT
            if frame.is_cut and not was_cut:
                # Which of the rounds still happen is not known.
                self._forget(bound_names(node.body), frame)
                if not frame.returned:
                    frame.is_cut = was_cut
                return self._maybe_loop(node, frame, frame.is_cut)
        return self.execute(node.orelse, frame)

    def _while(self, node: ast.While, frame: Frame) -> Flow:
        if truth(self._machine.evaluate(node.test, frame)) is False:
            return self.execute(node.orelse, frame)
        return self._maybe_loop(node, frame, frame.is_cut)

    def _maybe_loop(self, node: ast.For | ast.AsyncFor | ast.While, frame: Frame, was_cut: bool) -> Flow:
        names = bound_names([*node.body, *node.orelse])
        self._forget(names, frame)
        before = len(frame.returned)
        self._maybe(node.body, frame)
        if len(frame.returned) == before:
            frame.is_cut = was_cut
        self._forget(names, frame)
        self._maybe(node.orelse, frame)
        return Flow.NEXT

    def _with(self, node: ast.With | ast.AsyncWith, frame: Frame) -> Flow:
        managers = []
        for item in node.items:
            manager = self._machine.evaluate(item.context_expr, frame)
            managers.append(manager)
            if item.optional_vars is not None:
                self._bind(item.optional_vars, UNKNOWN, frame)
        suppressed = [
            each for manager in managers if isinstance(manager, Suppressing) for each in manager.exceptions
        ]
        is_known = all(isinstance(manager, Suppressing | External) for manager in managers)
        try:
            return self.execute(node.body, frame)
        except SimulatedError as error:
            answers = [self._catches(each, error) for each in suppressed]
            if is_known and not any(answer is not False for answer in answers):
                raise
            # A manager that is not known may swallow what its body raises.
            self._forget(bound_names(node.body), frame)
            return Flow.NEXT

    def _try(self, node: ast.Try | ast.TryStar, frame: Frame) -> Flow:
        machine = self._machine
        if not machine.certain:
            flow = self.execute(node.body, frame)
            self._handlers_may_run(node, frame)
            if flow is Flow.NEXT:
                flow = self.execute(node.orelse, frame)
            self.execute(node.finalbody, frame)
            return Flow.NEXT if flow is Flow.ENDED else flow
        depth = len(machine.sites), len(machine.frames), len(machine.running), machine.depth
        before, machine.probing = machine.probing, frame if _asks_for_names(node) else None
        try:
            try:
                flow = self.execute(node.body, frame)
            finally:
                machine.probing = before
        except SimulatedError as error:
            del machine.sites[depth[0] :], machine.frames[depth[1] :], machine.running[depth[2] :]
            machine.depth, machine.certain = depth[3], True
            flow = self._handled(node, error, frame)
        else:
            self._handlers_may_run(node, frame)
            if flow is Flow.NEXT:
                flow = self.execute(node.orelse, frame)
        if node.finalbody:
            ended = self.execute(node.finalbody, frame)
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
                self._forget(bound_names([node]), frame)
                self._maybe(handler.body, frame)
                return Flow.NEXT
            machine.handling.append(error)
            try:
                return self.execute(handler.body, frame)
            finally:
                machine.handling.pop()
        if node.finalbody:
            self.execute(node.finalbody, frame)
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


def absolute_name(node: ast.ImportFrom, module: Module) -> str | None:
    """The module that a ``from`` statement names; None where it leads out of the package."""
    if not node.level:
        return node.module
    parts = module.name.split(".")
    if not module.file.is_package:
        parts = parts[:-1]
    up = node.level - 1
    if up > len(parts) or (up and up >= len(parts)):
        return None
    base = parts[: len(parts) - up]
    return ".".join([*base, node.module] if node.module else base) or None


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
