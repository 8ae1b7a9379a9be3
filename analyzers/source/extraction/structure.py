"""From the nodes of the tree to scopes, bindings and the ranges in which a name means something special."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analyzers.source.extraction import binding_statements, definition_statements, import_statements
from analyzers.source.extraction.masking import STRING, Source
from analyzers.source.extraction.patterns import NAME
from analyzers.source.extraction.scopes import (
    Binding,
    BindingKind,
    Class,
    Function,
    Range,
    Scope,
    ScopeKind,
    position_of,
)
from analyzers.source.module_facts import ImportFact
from analyzers.source.records import UseKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_IMPORT_BINDING = BindingKind.IMPORT
_UNKNOWN_BINDING = BindingKind.UNKNOWN
_COMPREHENSION_SCOPE = ScopeKind.COMPREHENSION
_MODULE_SCOPE = ScopeKind.MODULE
_ANNOTATION = UseKind.ANNOTATION

_PLAIN = re.compile(rf"({NAME})(?:\s*\.\s*({NAME}))?\Z")
_NAME = re.compile(NAME)
_FROM = re.compile(r"yield\s+from\b|yield\b")
_STRINGS = re.compile(f"{STRING}+")
_QUOTED = re.compile(r"""(?P<quote>"|')(?P<inner>[^"'\\\n]+)(?P=quote)\Z""")
_LITERAL_HEAD = re.compile(r"\bLiteral\s*\Z")

KINDS = [
    "import_statement",
    "import_from_statement",
    "future_import_statement",
    "function_definition",
    "class_definition",
    "lambda",
    "list_comprehension",
    "set_comprehension",
    "dictionary_comprehension",
    "generator_expression",
    "for_in_clause",
    "assignment",
    "named_expression",
    "for_statement",
    "as_pattern",
    "except_clause",
    "return_statement",
    "yield",
    "global_statement",
    "nonlocal_statement",
    "delete_statement",
    "decorator",
    "if_statement",
    "conditional_expression",
    "case_clause",
    "type_alias_statement",
    "ERROR",
]


class Structure:
    """Scopes, bindings and imports of one file.

    Attributes:
        scopes: in the order in which they start.
        imported: names that import statements bind.
        stores: offsets of names that are bound there, not read.
        stack: the open scopes, the innermost last.
        pending: decorators whose function or class follows.
        chain: end, start of the value and bindings of the last assignment.
        open_except: start, colon and end of the last handler.
        open_case: start and end of the last pattern.
        kinds: ranges in which names are annotations, bases or exceptions; None where calls are patterns.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.module = Scope(_MODULE_SCOPE, 0, len(source.text), None, "")
        self.scopes: list[Scope] = [self.module]
        self.functions: dict[str, Function] = {}
        self.classes: dict[str, Class] = {}
        self.imports: list[ImportFact] = []
        self.import_offsets: list[int] = []
        self.imported: set[str] = set()
        self.stores: set[int] = set()
        self.decorators: set[int] = set()
        self.kinds: list[tuple[int, int, UseKind | None]] = []
        self.blanks: list[Range] = []
        self.conditions: list[tuple[int, int, SgNode]] = []
        self.handlers: list[SgNode] = []
        self.errors: list[tuple[int, str]] = []
        self.stack: list[Scope] = [self.module]
        self.pending: list[Range] = []
        self.class_of: dict[Scope, Class] = {}
        self.chain: tuple[int, int, list[Binding]] = (-1, -1, [])
        self.open_except = (-1, -1, -1)
        self.open_case = (-1, -1)
        self._quoted: list[tuple[int, int, str]] = []

    def build(self, nodes: Sequence[SgNode], kinds: Sequence[str]) -> None:
        """Take in the nodes of `KINDS`, in the order of the text; those of other kinds are passed over."""
        handlers = _HANDLERS
        stack = self.stack
        for node, kind in zip(nodes, kinds, strict=True):
            handler = handlers.get(kind)
            if handler is None:
                continue
            extent = node.range()
            start = extent.start.index
            while start >= stack[-1].end and len(stack) > 1:
                stack.pop()
            handler(self, start, extent.end.index, node)
        for scope in self.scopes:
            for bindings in scope.names.values():
                if len(bindings) > 1:
                    bindings.sort(key=position_of)
        self._unquote()

    def scope_for(self, position: int) -> Scope:
        """The innermost open scope, were it not for the hole of a comprehension."""
        scope = self.stack[-1]
        while (
            scope.hole is not None and scope.hole[0] <= position < scope.hole[1] and scope.parent is not None
        ):
            scope = scope.parent
        return scope

    def release(self) -> None:
        """Break the cycles between scopes and what is bound in them: nothing waits to be collected."""
        for scope in self.scopes:
            scope.names.clear()
            scope.function = None
        for class_ in self.classes.values():
            class_.attributes.clear()
        self.class_of.clear()

    # Statements

    def _import(self, start: int, end: int, node: SgNode) -> None:
        scope = self.stack[-1]
        self.blanks.append((start, end))
        is_top_level = not scope.is_deferred
        for fact, offset, bound, expression in import_statements.parsed(
            self.source, start, end, is_top_level=is_top_level
        ):
            self.imports.append(fact)
            self.import_offsets.append(offset)
            if bound is not None:
                binding = Binding(_IMPORT_BINDING, end, scope)
                binding.start = start
                binding.expression = expression
                binding.stars = fact.name is not None
                self.imported.add(bound)
                scope.bind(bound, binding)

    def _return(self, start: int, end: int, node: SgNode) -> None:
        function = self.stack[-1].function
        if function is not None and end - start > 6:
            function.returns.append((self.source.trimmed(start + 6, end), self.stack[-1]))

    def _yield(self, start: int, end: int, node: SgNode) -> None:
        scope = self.stack[-1]
        if scope.function is not None and (match := _FROM.match(self.source.code, start, end)):
            value = self.source.trimmed(match.end(), end)
            if "from" not in match[0] and value[0] < value[1]:
                scope.function.yields.append((value, scope))

    def _outer(self, start: int, end: int, node: SgNode) -> None:
        scope = self.stack[-1]
        self.blanks.append((start, end))
        names = _NAME.findall(self.source.code, start, end)
        for name in names[1:]:
            scope.outer[name] = names[0] == "global"

    def _delete(self, start: int, end: int, node: SgNode) -> None:
        for first, last in self.source.parts(start + 3, end):
            if (plain := _PLAIN.match(self.source.code, first, last)) and plain[2] is None:
                scope = self.stack[-1]
                binding = Binding(_UNKNOWN_BINDING, end, scope)
                binding.start = start
                self.store(first, plain[1], binding, scope)

    def _decorator(self, start: int, end: int, node: SgNode) -> None:
        value = self.source.trimmed(start + 1, end)
        self.pending.append(value)
        self.decorators.add(value[0])

    def _condition(self, start: int, end: int, node: SgNode) -> None:
        self.conditions.append((start, end, node))

    def _error(self, start: int, end: int, node: SgNode) -> None:
        snippet = " ".join(self.source.text[start : min(end, start + 60)].split())
        if snippet != "lazy" and len(self.errors) < _MAX_ERRORS:
            self.errors.append((self.source.line(start), f"not understood: {snippet}"))

    # Parts

    def open(self, scope: Scope) -> None:
        """Enter a scope; it is left where its range ends."""
        if scope.function is None and scope.parent is not None and scope.kind is _COMPREHENSION_SCOPE:
            scope.function = scope.parent.function
        self.scopes.append(scope)
        self.stack.append(scope)

    def store(self, offset: int, name: str, binding: Binding, scope: Scope) -> None:
        """Bind a name that stands at an offset."""
        self.stores.add(offset)
        scope.bind(name, binding)

    def annotation(self, extent: Range) -> None:
        """Take a range for an annotation; what it has in quotes becomes code."""
        start, end = extent
        self.kinds.append((start, end, _ANNOTATION))
        if STRING not in self.source.code[start:end]:
            return
        for match in _STRINGS.finditer(self.source.code, start, end):
            quoted = _QUOTED.match(self.source.text, match.start(), match.end())
            if quoted is None:
                continue
            opening = self.source.code.rfind("[", start, match.start())
            if opening >= 0 and _LITERAL_HEAD.search(self.source.code, max(start, opening - 10), opening):
                continue
            self._quoted.append((match.start(), match.end(), f" {quoted['inner']} "))

    def _unquote(self) -> None:
        """Make annotations in quotes visible, and import statements invisible."""
        source = self.source
        changes = self._quoted + [(start, end, " " * (end - start)) for start, end in self.blanks]
        if not changes:
            return
        pieces: list[str] = []
        last = 0
        for start, end, text in sorted(changes):
            if start >= last:
                pieces += (source.code[last:start], text)
                last = end
        pieces.append(source.code[last:])
        source.code = "".join(pieces)
        for start, end, text in self._quoted:
            if "[" in text or "(" in text:
                source.pair(start, end)


_MAX_ERRORS = 20

_HANDLERS = {
    "import_statement": Structure._import,
    "import_from_statement": Structure._import,
    "future_import_statement": Structure._import,
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
    "return_statement": Structure._return,
    "yield": Structure._yield,
    "global_statement": Structure._outer,
    "nonlocal_statement": Structure._outer,
    "delete_statement": Structure._delete,
    "decorator": Structure._decorator,
    "if_statement": Structure._condition,
    "conditional_expression": Structure._condition,
    "case_clause": binding_statements.case_clause,
    "type_alias_statement": binding_statements.type_alias,
    "ERROR": Structure._error,
}
