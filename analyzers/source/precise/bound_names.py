"""Which import a name in libcst's tree is bound to, proven by its scopes.

libcst's own qualified names give ``pandas.read_csv.head`` for ``pd.read_csv().head`` and do not see what
match patterns bind; here a chain ends at a call, and such a name is never proven. Importing this module
imports libcst; do so where it is needed.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

import libcst as cst
import msgspec
from libcst.helpers import get_full_name_for_node
from libcst.metadata import (
    Assignment,
    BuiltinScope,
    ExpressionContext,
    ExpressionContextProvider,
    ImportAssignment,
    MetadataWrapper,
    ScopeProvider,
)
from libcst.metadata.scope_provider import BaseAssignment, Scope

_DEPTH_LIMIT = 400


class Binding(enum.Enum):
    """What is known of a name.

    ``IMPORT``: every assignment is the same import, or None where the import failed; ``MIXED``: an import
    and something else; ``OTHER``: no import.
    """

    IMPORT = "import"
    MIXED = "mixed"
    OTHER = "other"


class Origin(msgspec.Struct, frozen=True):
    """Where a name comes from.

    Attributes:
        qualified: what the name stands for, dotted; with leading dots for a relative import.
        imports: the assignments that bind it.
    """

    binding: Binding
    qualified: str = ""
    imports: tuple[ImportAssignment, ...] = ()


class BoundNames:
    """The names of one module."""

    def __init__(self, module: cst.Module) -> None:
        """Resolves the scopes of a tree that was just parsed; costs about 7 s for each MB.

        Raises:
            RecursionError: the tree is too deep.
        """
        wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
        self._scopes = wrapper.resolve(ScopeProvider)
        self._contexts = wrapper.resolve(ExpressionContextProvider)
        self.all_scopes = tuple(
            {id(scope): scope for scope in self._scopes.values() if scope is not None}.values()
        )
        collector = _Collector()
        module.visit(collector)
        self.matched: frozenset[str] = frozenset(collector.matched)
        self.values = collector.values
        self._origins: dict[tuple[int, str], Origin] = {}
        self.accessed: dict[str, int] = {}
        for scope in self.all_scopes:
            for access in scope.accesses:
                if (name := root_text(access.node)) is not None:
                    self.accessed[name] = self.accessed.get(name, 0) + 1

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """The scope that a node stands in."""
        return self._scopes.get(node)

    def context(self, node: cst.CSTNode) -> ExpressionContext | None:
        """Whether a name or an attribute is read, bound or deleted."""
        return self._contexts.get(node)

    def assignments(self, name: str) -> list[BaseAssignment]:
        """Those of a name in any scope of the module, builtins excepted."""
        return [
            assignment
            for scope in self.all_scopes
            if not isinstance(scope, BuiltinScope)
            for assignment in scope.assignments[name]
        ]

    def is_bound(self, name: str) -> bool:
        """Whether anything in the module binds a name."""
        return name in self.matched or bool(self.assignments(name))

    def origin(self, name: cst.Name) -> Origin:
        """What the name at this place is bound to."""
        scope = self.scope(name)
        return Origin(Binding.OTHER) if scope is None else self.origin_in(scope, name.value)

    def origin_in(self, scope: Scope, name: str) -> Origin:
        """What a name would be bound to in a scope."""
        key = id(scope), name
        if key not in self._origins:
            self._origins[key] = self._origin(scope, name)
        return self._origins[key]

    def _origin(self, scope: Scope, name: str) -> Origin:
        assignments = scope[name]
        imports = tuple(a for a in assignments if isinstance(a, ImportAssignment))
        if not imports:
            return Origin(Binding.OTHER)
        qualified = {imported_name(assignment) for assignment in imports}
        others = [a for a in assignments if not isinstance(a, ImportAssignment) and not self._is_none(a)]
        if others or len(qualified) > 1 or name in self.matched:
            return Origin(Binding.MIXED, imports=imports)
        (only,) = qualified
        return Origin(Binding.IMPORT, only, imports) if only else Origin(Binding.OTHER)

    def _is_none(self, assignment: BaseAssignment) -> bool:
        value = self.values.get(assignment.node) if isinstance(assignment, Assignment) else None
        return isinstance(value, cst.Name) and value.value == "None"

    def qualified(self, node: cst.BaseExpression) -> str | None:
        """The dotted name that a chain of attributes stands for, where its root is a proven import."""
        parts: list[str] = []
        while isinstance(node, cst.Attribute) and len(parts) < _DEPTH_LIMIT:
            parts.append(node.attr.value)
            node = node.value
        if not isinstance(node, cst.Name):
            return None
        origin = self.origin(node)
        if origin.binding is not Binding.IMPORT:
            return None
        return ".".join((origin.qualified, *reversed(parts)))


def chain_root(node: cst.BaseExpression) -> cst.Name | None:
    """The name that a chain of attributes starts with."""
    while isinstance(node, cst.Attribute):
        node = node.value
    return node if isinstance(node, cst.Name) else None


def root_text(node: cst.CSTNode) -> str | None:
    """The first name of what a scope calls the place of an access."""
    name = get_full_name_for_node(node)
    return name.partition(".")[0] if name else None


def aliases(node: cst.Import | cst.ImportFrom) -> Iterator[tuple[cst.ImportAlias, str, str]]:
    """Each imported name: its node, the name that it binds, and the dotted name which that stands for."""
    if isinstance(node.names, cst.ImportStar):
        return
    module = module_of(node) if isinstance(node, cst.ImportFrom) else ""
    for alias in node.names:
        name = alias.evaluated_name
        bound = alias.evaluated_alias
        if isinstance(node, cst.ImportFrom):
            yield alias, bound or name, f"{module}{name}" if module.endswith(".") else f"{module}.{name}"
        elif bound:
            yield alias, bound, name
        else:
            root = name.partition(".")[0]
            yield alias, root, root


def module_of(node: cst.ImportFrom) -> str:
    """The dotted module of ``from module import``, with the dots of a relative one."""
    name = (get_full_name_for_node(node.module) or "") if node.module else ""
    return "." * len(node.relative) + name


def imported_name(assignment: ImportAssignment) -> str | None:
    """The dotted name that an import binds its name to."""
    node = assignment.node
    if not isinstance(node, cst.Import | cst.ImportFrom):
        return None
    return next((qualified for _, bound, qualified in aliases(node) if bound == assignment.name), None)


class _Collector(cst.CSTVisitor):
    """Gathers what is assigned to plain names, and the names that match patterns bind."""

    def __init__(self) -> None:
        self.matched: set[str] = set()
        self.values: dict[cst.CSTNode, cst.BaseExpression] = {}

    def visit_Assign(self, node: cst.Assign) -> None:  # noqa: N802 - libcst's name
        for target in node.targets:
            if isinstance(target.target, cst.Name):
                self.values[target.target] = node.value

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:  # noqa: N802
        if isinstance(node.target, cst.Name):
            self.values[node.target] = node.value

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:  # noqa: N802
        if isinstance(node.target, cst.Name) and node.value is not None:
            self.values[node.target] = node.value

    def visit_MatchAs(self, node: cst.MatchAs) -> None:  # noqa: N802
        if node.name is not None:
            self.matched.add(node.name.value)

    def visit_MatchStar(self, node: cst.MatchStar) -> None:  # noqa: N802
        if node.name is not None:
            self.matched.add(node.name.value)

    def visit_MatchMapping(self, node: cst.MatchMapping) -> None:  # noqa: N802
        if node.rest is not None:
            self.matched.add(node.rest.value)
