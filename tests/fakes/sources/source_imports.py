"""Imports of Python files by the standard library's parser alone: the tests of findings need no more."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from analyzers.source.records import Guard, Import, ImportKind, Role


def imports_of(text: str, file: str = "main.py", role: Role = Role.MAIN) -> list[Import]:
    """Absolute imports, each name for itself, with guards and groups of alternatives."""
    reading = _Imports(file, role)
    reading.visit(ast.parse(text))
    return reading.found


def notebook_imports(text: str, file: str) -> Iterator[Import]:
    """Those of the code cells, cells counted from 0; lines that are no Python count and say nothing."""
    for number, cell in enumerate(json.loads(text)["cells"]):
        if cell["cell_type"] != "code":
            continue
        lines = "".join(cell["source"]).splitlines()
        plain = "\n".join("" if line.startswith(("!", "%")) else line for line in lines)
        reading = _Imports(file, Role.MAIN, number)
        reading.visit(ast.parse(plain))
        yield from reading.found


class _Imports(ast.NodeVisitor):
    def __init__(self, file: str, role: Role, cell: int | None = None) -> None:
        self._file, self._role, self._cell = file, role, cell
        self._guards: tuple[Guard, ...] = ()
        self._alternative: int | None = None
        self._groups = 0
        self._is_top_level = True
        self.found: list[Import] = []

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(node, alias, alias.name, None)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names if node.level == 0 else ():
            self._add(node, alias, node.module or "", alias.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        outer, self._is_top_level = self._is_top_level, False
        self.generic_visit(node)
        self._is_top_level = outer

    def visit_If(self, node: ast.If) -> None:
        test = ast.unparse(node.test)
        if "TYPE_CHECKING" in test:
            self._under(Guard.TYPE_CHECKING, node.body)
        elif "version_info" in test:
            self._under(Guard.VERSION, node.body)
            self._under(Guard.VERSION, node.orelse)
            return
        else:
            self._under(None, node.body)
        self._under(None, node.orelse)

    def visit_Try(self, node: ast.Try) -> None:
        handled = " ".join(ast.unparse(handler.type) for handler in node.handlers if handler.type)
        if "ImportError" not in handled and "ModuleNotFoundError" not in handled:
            self.generic_visit(node)
            return
        outer = self._alternative
        self._groups += 1
        self._alternative = self._groups
        self._under(Guard.IMPORT_ERROR, node.body)
        for handler in node.handlers:
            self._under(Guard.IMPORT_ERROR, handler.body)
        self._alternative = outer
        self._under(None, [*node.orelse, *node.finalbody])

    def _under(self, guard: Guard | None, statements: list[ast.stmt]) -> None:
        outer = self._guards
        if guard is not None:
            self._guards = (*outer, guard)
        for statement in statements:
            self.visit(statement)
        self._guards = outer

    def _add(
        self, node: ast.Import | ast.ImportFrom, alias: ast.alias, module: str, name: str | None
    ) -> None:
        self.found.append(
            Import(
                file=self._file,
                cell=self._cell,
                line=alias.lineno,
                column=alias.col_offset + 1,
                end_line=alias.end_lineno or alias.lineno,
                end_column=(alias.end_col_offset or 0) + 1,
                module=module,
                name=name,
                asname=alias.asname,
                kind=ImportKind.STAR if name == "*" else ImportKind.STATIC,
                guard=self._guards,
                role=self._role,
                alternative=self._alternative,
                is_top_level=self._is_top_level,
            )
        )
