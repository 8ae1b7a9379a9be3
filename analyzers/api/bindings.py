"""How statements bind names in a scope, and take them away again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyzers.api.definitions import Scope, line_of
from analyzers.api.expressions import Place, types
from analyzers.api.spelling import spelled
from analyzers.api.surface import Symbol, SymbolKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_PATTERNS = frozenset(
    {"pattern_list", "tuple_pattern", "list_pattern", "tuple", "list", "list_splat_pattern"}
)


def bind_targets(node: SgNode, scope: Scope, conditional: bool, type_only: bool) -> None:
    """Every name of a target, however nested, as a value of which nothing is known."""
    pending = [node]
    while pending:
        target = pending.pop()
        if target.kind() == "identifier":
            bind_value(scope, target, (), conditional, type_only)
        elif target.kind() in _PATTERNS:
            pending += target.named_children()


def bind_value(
    scope: Scope,
    name: SgNode,
    found: tuple[str, ...],
    conditional: bool,
    type_only: bool,
    right: SgNode | None = None,
) -> None:
    """A name as a value, of what may be one of some expressions."""
    symbol = Symbol(SymbolKind.VALUE, line_of(name), found, is_type_only=type_only, text=spelled(right))
    scope.bind(name.text(), symbol, conditional)


def unbind(node: SgNode, scope: Scope, conditional: bool) -> None:
    """What ``del`` takes away for certain."""
    for child in node.named_children():
        names = child.named_children() if child.kind() in ("expression_list", "tuple") else [child]
        for name in names:
            if not conditional:
                scope.names.pop(name.text(), None)


def bind_type_alias(node: SgNode, scope: Scope, conditional: bool, type_only: bool) -> None:
    """The name of a ``type`` statement."""
    parts = node.named_children()
    if len(parts) < 2:
        return
    head = parts[0].find(kind="identifier")
    if head is not None:
        found = types(parts[-1], Place(scope.class_name, scope.names))
        symbol = Symbol(SymbolKind.ALIAS, line_of(head), found, is_type_only=type_only)
        scope.bind(head.text(), symbol, conditional)
