"""Names that a module may get after its body has run, by code of its own that the simulation did not run.

Asked only where a name was not found. Such code is called by compiled modules, or on first use; what a module
lists or declares without binding it is bound by somebody else.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from analyzers.importing.values import Module, Sequence

_GLOBAL = re.compile(r"\bglobal[ \t]+([^\n#;]+)")
_WRITES = re.compile(r"\bsetattr[ \t]*\(|\b(?:globals|vars)[ \t]*\(|\b__dict__\b")
_DECLARES = re.compile(r"^[ \t]*\w+[ \t]*:[^=\n]+$", re.MULTILINE)
_ON_REQUEST = ("__getattr__", "__dir__")
_METHODS = frozenset({"update", "setdefault", "__setitem__", "__ior__"})
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Callable = _Function | ast.Lambda


class LateNames:
    """What the text of one module says of them.

    Attributes:
        names: that functions bind at module level, or that are annotated there without a value.
        writers: lines of functions that write names into the module which they compute.
    """

    def __init__(self, text: str, name: str) -> None:
        self.names = {each.strip() for found in _GLOBAL.finditer(text) for each in found[1].split(",")}
        self.writers: set[int] = set()
        if _WRITES.search(text) is None and _DECLARES.search(text) is None:
            return
        try:
            tree = ast.parse(text)
            self.names.update(_declared(tree))
            self._read(tree, name)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return

    def may_bind(self, module: Module, name: str) -> bool:
        """Whether the module may have a name all the same."""
        listed = module.namespace.get("__all__")
        is_listed = isinstance(listed, Sequence) and any(
            name is each or name == each for each in listed.items
        )
        return is_listed or name in self.names or not self.writers <= module.called

    def _read(self, tree: ast.Module, name: str) -> None:
        functions = [node for node in ast.walk(tree) if isinstance(node, _Callable)]
        on_request = _reached([node for node in functions if isinstance(node, _Function)])
        own = _Own(tree, name)
        for function in functions:
            if isinstance(function, _Function) and function.name in on_request:
                continue  # what answers requests for names keeps the answers: that makes no new ones
            for key in own.written(function):
                if isinstance(key, ast.Constant):
                    self.names.add(str(key.value))
                else:
                    self.writers.add(function.lineno)


def is_set_in(text: str, name: str) -> bool:
    """Whether code sets an attribute of this name by ``setattr``, on whatever object."""
    if name not in text or "setattr" not in text:
        return False
    return re.search(rf"\bsetattr\([^(),\n]+,\s*['\"]{re.escape(name)}['\"]", text) is not None


def _declared(tree: ast.Module) -> Iterator[str]:
    """Names that the body of a module annotates without a value."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.AnnAssign):
            if node.value is None and isinstance(node.target, ast.Name):
                yield node.target.id
        elif not isinstance(node, _Function | ast.ClassDef | ast.expr):
            pending.extend(ast.iter_child_nodes(node))


def _reached(functions: list[_Function]) -> set[str]:
    """The names of a module's ``__getattr__``, and of functions that it may call."""
    by_name: dict[str, list[_Function]] = {}
    for function in functions:
        by_name.setdefault(function.name, []).append(function)
    reached, pending = set(_ON_REQUEST), list(_ON_REQUEST)
    while pending:
        for function in by_name.get(pending.pop(), ()):
            for node in ast.walk(function):
                name = node.id if isinstance(node, ast.Name) else getattr(node, "attr", None)
                if name in by_name and name not in reached:
                    reached.add(name)
                    pending.append(name)
    return reached


class _Own:
    """Recognises expressions that stand for a module itself, or for its namespace."""

    def __init__(self, tree: ast.Module, name: str) -> None:
        self._name, last = name, name.rpartition(".")[2]
        self._modules: set[str] = set()
        self._namespaces: set[str] = set()
        for node in ast.walk(tree):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)]) if self._is_module(node.value):
                    self._modules.add(target)
                case ast.Assign(targets=[ast.Name(id=target)]) if self._is_namespace(node.value):
                    self._namespaces.add(target)
                case ast.ImportFrom():
                    self._modules.update(each.asname or last for each in node.names if each.name == last)
                case ast.Import():
                    found = [each.asname or name for each in node.names if each.name == name]
                    self._modules.update(each for each in found if "." not in each)

    def written(self, function: _Callable) -> Iterator[ast.expr]:
        """The keys under which a function writes into the module; for many at once, what gives them."""
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Name(id="setattr"), args=[subject, key, _]) if self._is_module(
                    subject
                ):
                    yield key
                case ast.Call(func=ast.Attribute(value=subject, attr=method)) if (
                    method in _METHODS and self._is_namespace(subject)
                ):
                    yield node.args[0] if method in ("setdefault", "__setitem__") and node.args else node
                case ast.Subscript(value=subject, ctx=ast.Store()) if self._is_namespace(subject):
                    yield node.slice

    def _is_module(self, node: ast.expr) -> bool:
        match node:
            case ast.Name():
                return node.id in self._modules
            case ast.Subscript(value=ast.Attribute(attr="modules"), slice=ast.Name(id="__name__")):
                return True
            case ast.Attribute():
                return ast.unparse(node) == self._name
        return False

    def _is_namespace(self, node: ast.expr) -> bool:
        match node:
            case ast.Name():
                return node.id in self._namespaces
            case ast.Call(func=ast.Name(id="globals")):
                return True
            case ast.Call(func=ast.Name(id="vars"), args=[subject]):
                return self._is_module(subject)
            case ast.Attribute(value=subject, attr="__dict__"):
                return self._is_module(subject)
        return False
