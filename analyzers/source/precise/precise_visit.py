"""Walks libcst's tree for `precise`. Importing this module imports libcst."""

from __future__ import annotations

import libcst as cst
from libcst.metadata import ExpressionContext, ImportAssignment, MetadataWrapper, PositionProvider

from analyzers.source.precise.bound_names import Binding, BoundNames, chain_root, imported_name
from analyzers.source.precise.precise_facts import PreciseFacts, PreciseUse


def visited(module: cst.Module, names: BoundNames) -> PreciseFacts:
    """Every chain of a tree whose root is an import, and the names that are bound to something else."""
    visitor = _Visitor(names, MetadataWrapper(module, unsafe_skip_copy=True))
    module.visit(visitor)
    return PreciseFacts(uses=tuple(sorted(visitor.uses)), others=frozenset(visitor.others))


class _Visitor(cst.CSTVisitor):
    def __init__(self, names: BoundNames, wrapper: MetadataWrapper) -> None:
        self._names = names
        self._positions = wrapper.resolve(PositionProvider)
        self.uses: set[PreciseUse] = set()
        self.others: set[tuple[int, int]] = set()
        self._parts: set[cst.CSTNode] = set()

    def visit_Import(self, node: cst.Import) -> bool:  # noqa: N802 - libcst's name
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:  # noqa: N802
        return False

    def visit_Name(self, node: cst.Name) -> None:  # noqa: N802
        self._chain(node, node)

    def visit_Attribute(self, node: cst.Attribute) -> None:  # noqa: N802
        self._parts.add(node.value)
        self._chain(node, node.attr)

    def _chain(self, node: cst.Name | cst.Attribute, last: cst.Name) -> None:
        root = chain_root(node)
        if root is None or (scope := self._names.scope(root)) is None:
            return
        if isinstance(node, cst.Name) and self._names.context(node) is not ExpressionContext.LOAD:
            return
        start = self._positions[last].start
        place = start.line, start.column + 1
        is_whole = node not in self._parts
        origin = self._names.origin(root)
        if origin.binding is Binding.IMPORT:
            qualified = self._names.qualified(node)
            if qualified is not None:
                self.uses.add(PreciseUse(*place, qualified, is_whole=is_whole))
        elif origin.binding is Binding.OTHER:
            # Names that nothing binds may come from a star import.
            if root.value in self._names.matched or any(
                not isinstance(assignment, ImportAssignment) for assignment in scope[root.value]
            ):
                self.others.add(place)
        else:
            below = _names_below(node)
            for assignment in origin.imports:
                if imported := imported_name(assignment):
                    name = ".".join((imported, *below))
                    self.uses.add(PreciseUse(*place, name, is_certain=False, is_whole=is_whole))


def _names_below(node: cst.Name | cst.Attribute) -> list[str]:
    parts: list[str] = []
    value: cst.BaseExpression = node
    while isinstance(value, cst.Attribute):
        parts.append(value.attr.value)
        value = value.value
    return parts[::-1]
