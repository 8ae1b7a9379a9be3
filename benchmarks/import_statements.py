"""The import statements at module level of a source, with what guards them and nothing else."""

from __future__ import annotations

import ast
import warnings

_TESTED = frozenset({"sys", "os", "platform", "TYPE_CHECKING", "typing", "six", "version_info", "PY2", "PY3"})


def import_blocks(source: bytes) -> list[tuple[str, str]]:
    """Name of the first module and text of each statement, or of the guard around several."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source)
    return [block for node in tree.body for block in _blocks(node)]


def _blocks(node: ast.stmt) -> list[tuple[str, str]]:
    if isinstance(node, ast.Import):
        return [(alias.name, ast.unparse(ast.Import(names=[alias]))) for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        if node.module == "__future__":
            return []
        found = []
        for alias in node.names:
            name = "." * node.level + (node.module or "")
            one = ast.ImportFrom(module=node.module, names=[alias], level=node.level)
            found.append((name if alias.name == "*" else f"{name}.{alias.name}", ast.unparse(one)))
        return found
    reduced = _reduced(node)
    if reduced is None:
        return []
    ast.fix_missing_locations(reduced)
    first = next(one for one in ast.walk(reduced) if isinstance(one, ast.Import | ast.ImportFrom))
    module = first.names[0].name if isinstance(first, ast.Import) else first.module or "."
    return [(module, ast.unparse(reduced))]


def _reduced(node: ast.stmt) -> ast.stmt | None:
    """A guard with the imports in it alone; None where it has none, or tests what only the program knows."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return node
    if isinstance(node, ast.Try):
        body, final = _all(node.body), _all(node.finalbody)
        if not body and not final:
            return None
        handlers = [
            ast.ExceptHandler(
                type=handler.type, name=handler.name, body=_all(handler.body) or _raising(handler)
            )
            for handler in node.handlers
        ]
        return ast.Try(
            body=body or [ast.Pass()], handlers=handlers, orelse=_all(node.orelse), finalbody=final
        )
    if isinstance(node, ast.If):
        names = {one.id for one in ast.walk(node.test) if isinstance(one, ast.Name)}
        body, otherwise = _all(node.body), _all(node.orelse)
        if names <= _TESTED and names and (body or otherwise):
            return ast.If(test=node.test, body=body or [ast.Pass()], orelse=otherwise)
    if isinstance(node, ast.With) and (body := _all(node.body)):
        return body[0] if len(body) == 1 else ast.If(test=ast.Constant(True), body=body, orelse=[])
    return None


def _all(body: list[ast.stmt]) -> list[ast.stmt]:
    return [found for node in body if (found := _reduced(node)) is not None]


def _raising(handler: ast.ExceptHandler) -> list[ast.stmt]:
    """What is left of a handler without imports: that it ends the program, if it does."""
    for node in handler.body:
        for one in ast.walk(node):
            if isinstance(one, ast.Raise):
                return [ast.Raise()]
            if isinstance(one, ast.Call) and ast.unparse(one.func) in (
                "exit",
                "quit",
                "sys.exit",
                "os._exit",
            ):
                return [ast.Raise()]
    return [ast.Pass()]
