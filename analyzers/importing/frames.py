"""Where names are looked up: one frame for each body that is executed."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from analyzers.importing.values import UNKNOWN, Class, Module, Value

if TYPE_CHECKING:
    from analyzers.importing.values import Function


class Frame:
    """A module, class or function body under way.

    Attributes:
        names: of this body; for a module its namespace.
        above: the frame that the body is written in, as seen by closures.
        owner: a cell for the class whose body this is written in; empty until the class is made.
        global_names: declared ``global``.
        outer_names: declared ``nonlocal``.
        returned: every value that was returned so far, when it is not certain which one is.
        is_comprehension: a row of a comprehension, whose ``:=`` binds further out.
        is_cut: a return or a break may have ended it, so that what follows may not run.
    """

    __slots__ = (
        "above",
        "function",
        "global_names",
        "is_class",
        "is_comprehension",
        "is_cut",
        "module",
        "names",
        "outer_names",
        "owner",
        "returned",
    )

    def __init__(
        self,
        module: Module,
        names: dict[str, Value],
        above: Frame | None = None,
        *,
        function: Function | None = None,
        is_class: bool = False,
        is_comprehension: bool = False,
        owner: list[Class] | None = None,
    ) -> None:
        self.module, self.names, self.above = module, names, above
        self.function, self.is_class = function, is_class
        self.is_comprehension = is_comprehension
        self.owner: list[Class] = owner if owner is not None else []
        self.global_names: set[str] = set()
        self.outer_names: set[str] = set()
        self.returned: list[Value] = []
        self.is_cut = False

    @property
    def is_module(self) -> bool:
        """Whether this is the body of a module."""
        return self.names is self.module.namespace

    def bind(self, name: str, value: Value) -> None:
        """Bind a name where its declarations say that it belongs."""
        if name in self.global_names:
            self.module.namespace[name] = value
            return
        if name in self.outer_names:
            frame = self.above
            while frame is not None and not frame.is_module:
                if not frame.is_class and name in frame.names:
                    frame.names[name] = value
                    return
                frame = frame.above
            return
        self.names[name] = value


_NAMES = "_names_bound"


def bound_names(body: Iterable[ast.AST]) -> frozenset[str]:
    """Every name that nodes may bind in the frame they run in, not looking into functions and classes."""
    found: set[str] = set()
    for node in body:
        # A loop's or a branch's names are asked for each time that it runs; they stay with its tree.
        names: frozenset[str] | None = getattr(node, _NAMES, None)
        if names is None:
            names = frozenset(_names_of(node))
            setattr(node, _NAMES, names)
        found |= names
    return frozenset(found)


def _names_of(whole: ast.AST) -> set[str]:
    found: set[str] = set()
    pending = [whole]
    while pending:
        node = pending.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                continue
            case ast.Lambda():
                continue
            case ast.Name(ctx=ast.Store() | ast.Del()):
                found.add(node.id)
            case ast.Import():
                for alias in node.names:
                    found.add(alias.asname or alias.name.partition(".")[0])
                continue
            case ast.ImportFrom():
                found.update(alias.asname or alias.name for alias in node.names)
                continue
            case ast.ExceptHandler() if node.name:
                found.add(node.name)
            case ast.MatchAs() | ast.MatchStar() if node.name:
                found.add(node.name)
        pending.extend(ast.iter_child_nodes(node))
    found.discard("*")
    return found


def forget(names: Iterable[str], frame: Frame) -> None:
    """What names are bound to is not known from here on."""
    for name in names:
        frame.bind(name, UNKNOWN)
