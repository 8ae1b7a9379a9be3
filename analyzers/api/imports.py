"""What import statements bind in a module, and whether a stub passes it on: `Imports`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.api.definitions import Scope, line_of
from analyzers.api.lazy import imported_names
from analyzers.api.surface import Symbol, SymbolKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode


class Imports:
    """The import statements of one module.

    Args:
        is_stub: names that a stub imports for itself alone are not part of it.

    Attributes:
        stars: modules of which everything is imported, as they are written.
    """

    def __init__(self, is_stub: bool) -> None:
        self._is_stub = is_stub
        self.stars: dict[str, None] = {}

    def whole(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool) -> None:
        """``import module``."""
        for child in node.named_children():
            if child.kind() == "aliased_import":
                module, alias = child.field("name"), child.field("alias")
                if module is not None and alias is not None:
                    is_own = type_only or self._is_own(module.text(), alias.text(), child.text())
                    symbol = Symbol(SymbolKind.ALIAS, line_of(alias), (module.text(),), is_type_only=is_own)
                    scope.bind(alias.text(), symbol, conditional)
            elif child.kind() == "dotted_name":
                root = child.text().partition(".")[0]
                is_own = type_only or self._is_stub
                symbol = Symbol(SymbolKind.ALIAS, line_of(child), (root,), is_type_only=is_own)
                scope.bind(root, symbol, conditional)

    def names(self, node: SgNode, scope: Scope, conditional: bool, type_only: bool) -> None:
        """``from module import name``."""
        text = node.text()
        for name, target in imported_names(node).items():
            is_own = type_only or self._is_own(target, name, text)
            symbol = Symbol(SymbolKind.ALIAS, line_of(node), (target,), is_type_only=is_own)
            scope.bind(name, symbol, conditional)
        module = node.field("module_name")
        if module is not None and not type_only and text.rstrip(") ").endswith("*"):
            self.stars["".join(module.text().split())] = None

    def _is_own(self, target: str, name: str, statement: str) -> bool:
        """Whether a stub imports something for itself alone: not relative, not ``x as x`` (PEP 484)."""
        if not self._is_stub or target.startswith("."):
            return False
        return name != target.rpartition(".")[2] or re.search(rf"\bas\s+{name}\b", statement) is None
