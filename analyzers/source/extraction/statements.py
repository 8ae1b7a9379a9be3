"""From the nodes of the tree to the structure of a file: which statement binds what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analyzers.source.extraction import binding_statements, definition_statements, import_statements
from analyzers.source.extraction.masking import Source
from analyzers.source.extraction.patterns import NAME
from analyzers.source.extraction.scopes import Binding, BindingKind, position_of
from analyzers.source.extraction.structure import Structure

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_IMPORT_BINDING = BindingKind.IMPORT
_UNKNOWN_BINDING = BindingKind.UNKNOWN

_PLAIN = re.compile(rf"({NAME})(?:\s*\.\s*({NAME}))?\Z")
_NAME = re.compile(NAME)
_FROM = re.compile(r"yield\s+from\b|yield\b")
_MAX_ERRORS = 20


def structured(source: Source, nodes: Sequence[SgNode], kinds: Sequence[str]) -> Structure:
    """Take in the nodes of `KINDS`, in the order of the text; those of other kinds are passed over."""
    handlers = _HANDLERS
    structure = Structure(source)
    stack = structure.stack
    for node, kind in zip(nodes, kinds, strict=True):
        handler = handlers.get(kind)
        if handler is None:
            continue
        extent = node.range()
        start = extent.start.index
        while start >= stack[-1].end and len(stack) > 1:
            stack.pop()
        handler(structure, start, extent.end.index, node)
    for scope in structure.scopes:
        for bindings in scope.names.values():
            if len(bindings) > 1:
                bindings.sort(key=position_of)
    structure.unquote()
    return structure


def _import(structure: Structure, start: int, end: int, node: SgNode) -> None:
    scope = structure.stack[-1]
    structure.blanks.append((start, end))
    is_top_level = not scope.is_deferred
    for fact, offset, bound, expression in import_statements.parsed(
        structure.source, start, end, is_top_level=is_top_level
    ):
        structure.imports.append(fact)
        structure.import_offsets.append(offset)
        if bound is not None:
            binding = Binding(_IMPORT_BINDING, end, scope)
            binding.start = start
            binding.expression = expression
            binding.stars = fact.name is not None
            structure.imported.add(bound)
            scope.bind(bound, binding)


def _return(structure: Structure, start: int, end: int, node: SgNode) -> None:
    function = structure.stack[-1].function
    if function is not None and end - start > 6:
        function.returns.append((structure.source.trimmed(start + 6, end), structure.stack[-1]))


def _yield(structure: Structure, start: int, end: int, node: SgNode) -> None:
    scope = structure.stack[-1]
    if scope.function is not None and (match := _FROM.match(structure.source.code, start, end)):
        value = structure.source.trimmed(match.end(), end)
        if "from" not in match[0] and value[0] < value[1]:
            scope.function.yields.append((value, scope))


def _outer(structure: Structure, start: int, end: int, node: SgNode) -> None:
    scope = structure.stack[-1]
    structure.blanks.append((start, end))
    names = _NAME.findall(structure.source.code, start, end)
    for name in names[1:]:
        scope.outer[name] = names[0] == "global"


def _delete(structure: Structure, start: int, end: int, node: SgNode) -> None:
    for first, last in structure.source.parts(start + 3, end):
        if (plain := _PLAIN.match(structure.source.code, first, last)) and plain[2] is None:
            scope = structure.stack[-1]
            binding = Binding(_UNKNOWN_BINDING, end, scope)
            binding.start = start
            structure.store(first, plain[1], binding, scope)


def _decorator(structure: Structure, start: int, end: int, node: SgNode) -> None:
    value = structure.source.trimmed(start + 1, end)
    structure.pending.append(value)
    structure.decorators.add(value[0])


def _condition(structure: Structure, start: int, end: int, node: SgNode) -> None:
    structure.conditions.append((start, end, node))


def _error(structure: Structure, start: int, end: int, node: SgNode) -> None:
    snippet = " ".join(structure.source.text[start : min(end, start + 60)].split())
    if snippet != "lazy" and len(structure.errors) < _MAX_ERRORS:
        structure.errors.append((structure.source.line(start), f"not understood: {snippet}"))


_HANDLERS = {
    "import_statement": _import,
    "import_from_statement": _import,
    "future_import_statement": _import,
    "function_definition": definition_statements.function,
    "class_definition": definition_statements.class_statement,
    "lambda": definition_statements.lambda_expression,
    "list_comprehension": definition_statements.comprehension,
    "set_comprehension": definition_statements.comprehension,
    "dictionary_comprehension": definition_statements.comprehension,
    "generator_expression": definition_statements.comprehension,
    "for_in_clause": binding_statements.for_clause,
    "assignment": binding_statements.assignment,
    "named_expression": binding_statements.walrus,
    "for_statement": binding_statements.for_statement,
    "as_pattern": binding_statements.as_pattern,
    "except_clause": binding_statements.except_clause,
    "return_statement": _return,
    "yield": _yield,
    "global_statement": _outer,
    "nonlocal_statement": _outer,
    "delete_statement": _delete,
    "decorator": _decorator,
    "if_statement": _condition,
    "conditional_expression": _condition,
    "case_clause": binding_statements.case_clause,
    "type_alias_statement": binding_statements.type_alias,
    "ERROR": _error,
}

KINDS = tuple(_HANDLERS)
"""Of the nodes that structure a file."""
