"""Scopes, bindings and the ranges in which a name means something special."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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


class Structure:
    """Scopes, bindings and imports of one file.

    Attributes:
        scopes: in the order in which they start.
        imported: names that import statements bind.
        stores: offsets of names that are bound there, not read.
        set_members: ends of expressions whose last attribute is set there, whatever it is of.
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
        self.set_members: set[int] = set()
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

    def unquote(self) -> None:
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
