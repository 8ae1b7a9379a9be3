"""Names of a module that no statement at its left margin binds: ``global`` in functions, and ``:=``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_LIMIT = 20_000
_OWN_SCOPE = frozenset({"function_definition", "class_definition", "lambda"})


def global_names(text: str, root: SgNode) -> Iterator[SgNode]:
    """The names that functions bind at module level."""
    if "global " in text:
        for statement in root.find_all(kind="global_statement")[:_LIMIT]:
            yield from statement.named_children()


def walrus_names(text: str, root: SgNode) -> Iterator[SgNode]:
    """The names that expressions outside of functions and classes bind. Source: PEP 572."""
    if ":=" in text:
        for node in root.find_all(kind="named_expression")[:_LIMIT]:
            name = node.field("name")
            if name is not None and not any(around.kind() in _OWN_SCOPE for around in node.ancestors()):
                yield name
