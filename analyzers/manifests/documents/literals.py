"""Literal values in Python source, found without running it: the constants a file gives to names.

An expression is evaluated where it consists of strings, lists, tuples, sets, dictionaries, their sums, and
names that the file binds exactly once at module level to such an expression.
"""

from __future__ import annotations

import ast
import re
import warnings

from analyzers.manifests.documents.decoding import decoded_source
from analyzers.manifests.errors import UnreadableManifestError

_LIMIT_BYTES = 1 << 20
_DEPTH_LIMIT = 50
_STEPS_LIMIT = 100_000
_SURROGATE = re.compile("[\ud800-\udfff]")  # no text that could be written to a file


class NotLiteralError(ValueError):
    """An expression has no value that can be told without running the file."""

    def __init__(self, expression: ast.expr) -> None:
        super().__init__("it is computed when the file runs")
        self.line, self.column = expression.lineno, expression.col_offset + 1


def syntax_tree(data: bytes, path: str) -> ast.Module:
    """The module's tree.

    Raises:
        UnreadableManifestError: it cannot be decoded, or is no Python of this interpreter's version.
    """
    text = decoded_source(data, path, _LIMIT_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd escapes and the like are the file's business
            return ast.parse(text)
    except SyntaxError as error:
        reason = f"is no Python that can be parsed: {error.msg}"[:200]
        raise UnreadableManifestError(path, reason, "correct the file", line=error.lineno) from error
    except (ValueError, RecursionError, MemoryError) as error:
        reason = f"is no Python that can be parsed: {error}"[:200]
        raise UnreadableManifestError(path, reason, "correct the file") from error


class Constants:
    """The names that a module binds once, at its top level."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, ast.expr | None] = {}
        self._steps = 0  # names can double what they stand for, so depth alone bounds nothing
        for node in tree.body:
            if isinstance(node, ast.Assign) and len(node.targets) == 1:
                self._bind(node.targets[0], node.value)
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                self._bind(node.target, node.value)
        self._forget_changed(tree)

    def _forget_changed(self, tree: ast.Module) -> None:
        """What is bound again, or may be changed in place, is no constant."""
        for node in ast.walk(tree):
            if isinstance(node, ast.AugAssign | ast.For | ast.NamedExpr) and isinstance(
                node.target, ast.Name
            ):
                self._bound[node.target.id] = None
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                    self._bound[name] = None
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                    self._bound[name] = None

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self._bound[target.id] = None if target.id in self._bound else value

    def strings(self, expression: ast.expr, depth: int = 0) -> list[tuple[str, ast.expr]]:
        """The strings of a list, each with the expression it stands in.

        Raises:
            NotLiteralError: parts of it are not literal.
        """
        expression = self._resolved(expression)
        self._steps += 1
        if depth > _DEPTH_LIMIT or self._steps > _STEPS_LIMIT:
            raise NotLiteralError(expression)
        if isinstance(expression, ast.List | ast.Tuple | ast.Set):
            found: list[tuple[str, ast.expr]] = []
            for item in expression.elts:
                if isinstance(item, ast.Starred):
                    found += self.strings(item.value, depth + 1)
                else:
                    found.append((self.text(item), item))
            return found
        if isinstance(expression, ast.BinOp) and isinstance(expression.op, ast.Add):
            return self.strings(expression.left, depth + 1) + self.strings(expression.right, depth + 1)
        text = self.text(expression)
        return [(line, expression) for line in text.splitlines() if line.strip()]

    def text(self, expression: ast.expr) -> str:
        """The string that an expression is.

        Raises:
            NotLiteralError: it is none, or computed.
        """
        expression = self._resolved(expression)
        value = expression.value if isinstance(expression, ast.Constant) else None
        if isinstance(value, str) and not _SURROGATE.search(value):
            return value
        raise NotLiteralError(expression)

    def entries(self, expression: ast.expr) -> list[tuple[str, ast.expr]]:
        """The keys of a dictionary and the expressions behind them.

        Raises:
            NotLiteralError: it is no dictionary, or a key is computed.
        """
        expression = self._resolved(expression)
        if not isinstance(expression, ast.Dict):
            raise NotLiteralError(expression)
        found: list[tuple[str, ast.expr]] = []
        for key, value in zip(expression.keys, expression.values, strict=True):
            if key is None:
                raise NotLiteralError(value)
            found.append((self.text(key), value))
        return found

    def _resolved(self, expression: ast.expr) -> ast.expr:
        for _ in range(_DEPTH_LIMIT):
            if not isinstance(expression, ast.Name):
                return expression
            bound = self._bound.get(expression.id)
            if bound is None:
                raise NotLiteralError(expression)
            expression = bound
        raise NotLiteralError(expression)
