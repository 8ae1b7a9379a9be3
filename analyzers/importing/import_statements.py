"""Import statements."""

from __future__ import annotations

import ast

from analyzers.importing.flows import Flow, Handlers
from analyzers.importing.frames import Frame
from analyzers.importing.machine import Machine
from analyzers.importing.values import UNKNOWN, External, Module, Sequence, Value


class ImportStatements:
    """Runs import statements on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self.by_type: Handlers = {
            ast.Import: self._import,
            ast.ImportFrom: self._import_from,
        }

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
            for alias in node.names:
                frame.bind(alias.asname or alias.name, UNKNOWN)
                frame.module.defers_annotations |= alias.name == "annotations"
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
        if module.file.is_extension:
            # What is compiled has names beside those of the source that it was compiled from.
            own.stars.append(module.file)
        if module.file.is_extension and module.file.source is None:
            return
        if module.open_because or module.state.value == "running" or listed is not None:
            own.open(f"star:{module.name}")


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


def one_by_one(statement: ast.stmt) -> list[ast.stmt]:
    """A statement; one that imports several things as a statement for each."""
    match statement:
        case ast.Import(names=names):
            return [ast.copy_location(ast.Import(names=[alias]), statement) for alias in names]
        case ast.ImportFrom(module=module, names=names, level=level):
            return [
                ast.copy_location(ast.ImportFrom(module=module, names=[alias], level=level), statement)
                for alias in names
            ]
    return [statement]
