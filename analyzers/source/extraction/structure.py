"""From the nodes of the tree to scopes, bindings and the ranges in which a name means something special."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.source.extraction import import_statements
from analyzers.source.extraction.masking import STRING, Source
from analyzers.source.extraction.patterns import ASSIGNED, NAME, word
from analyzers.source.extraction.scopes import (
    Binding,
    BindingKind,
    Class,
    Function,
    Range,
    Scope,
    ScopeKind,
    Step,
    position_of,
)
from analyzers.source.module_facts import ImportFact
from analyzers.source.records import UseKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_TARGET = re.compile(rf"(?P<name>{NAME})(?:\s*\.\s*(?P<member>{NAME}))?\s*(?P<sign>=(?!=)|:)")
_PLAIN = re.compile(rf"({NAME})(?:\s*\.\s*({NAME}))?\Z")
_DEF = re.compile(rf"(?:async\s+)?def\s+({NAME})\s*([(\[])")
_CLASS = re.compile(rf"class\s+({NAME})\s*([(\[:])")
_PARAMETER = re.compile(rf"(\*{{0,2}})\s*({NAME})\s*([:=])?")
_EQUALS = re.compile(rf"[(\[{{]|{ASSIGNED}")
_IN = re.compile(rf"[(\[{{]|{word('in')}")
_AS = re.compile(rf"[(\[{{]|{word('as')}")
_IF = re.compile(rf"[(\[{{]|{word('if')}")
_ARROW = re.compile(r"\s*->\s*")
_NAME = re.compile(NAME)
_CAPTURE = re.compile(rf"(?<![\w.])({NAME})(?!\s*[\w.(=])|\bas\s+({NAME})")
_NO_CAPTURE = frozenset({"_", "None", "True", "False"})
_UNPACKING = re.compile(r"\s*\*+\s*")
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
        kinds: ranges in which names are annotations, bases or exceptions; None where calls are patterns.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.module = Scope(ScopeKind.MODULE, 0, len(source.text), None, "")
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
        self.conditions: list[SgNode] = []
        self.handlers: list[SgNode] = []
        self.errors: list[tuple[int, str]] = []
        self._stack: list[Scope] = [self.module]
        self._pending: list[Range] = []
        self._class_of: dict[Scope, Class] = {}
        self._chain: tuple[int, int, list[Binding]] = (-1, -1, [])
        self._clauses: set[Scope] = set()
        self._except = (-1, -1)
        self._case = (-1, -1)
        self._quoted: list[tuple[int, int, str]] = []

    def build(self, nodes: list[SgNode]) -> None:
        """Take in the nodes of `KINDS`, in the order of the text."""
        handlers = _HANDLERS
        stack = self._stack
        for node in nodes:
            extent = node.range()
            start = extent.start.index
            while start >= stack[-1].end and len(stack) > 1:
                stack.pop()
            handlers[node.kind()](self, start, extent.end.index, node)
        for scope in self.scopes:
            for bindings in scope.names.values():
                if len(bindings) > 1:
                    bindings.sort(key=position_of)
        self._unquote()

    def scope_for(self, position: int) -> Scope:
        """The innermost open scope, were it not for the hole of a comprehension."""
        scope = self._stack[-1]
        while (
            scope.hole is not None and scope.hole[0] <= position < scope.hole[1] and scope.parent is not None
        ):
            scope = scope.parent
        return scope

    def release(self) -> None:
        """Break the cycles between scopes and what is bound in them: nothing shall wait to be collected."""
        for scope in self.scopes:
            scope.names.clear()
            scope.function = None
        for class_ in self.classes.values():
            class_.attributes.clear()
        self._class_of.clear()

    # Statements

    def _import(self, start: int, end: int, node: SgNode) -> None:
        scope = self._stack[-1]
        self.blanks.append((start, end))
        is_top_level = not scope.is_deferred
        for fact, offset, bound, expression in import_statements.parsed(
            self.source, start, end, is_top_level=is_top_level
        ):
            self.imports.append(fact)
            self.import_offsets.append(offset)
            if bound is not None:
                binding = Binding(BindingKind.IMPORT, end, scope)
                binding.start = start
                binding.expression = expression
                binding.stars = fact.name is not None
                self.imported.add(bound)
                scope.bind(bound, binding)

    def _function(self, start: int, end: int, node: SgNode) -> None:
        source = self.source
        code = source.code
        if not (match := _DEF.match(code, start, end)):
            return
        outside = self.scope_for(start)
        name = match[1]
        decorators = tuple(self._pending)
        self._pending.clear()
        opening = match.end() - 1
        parent = outside
        if match[2] == "[":
            parent = self._type_parameters(opening, end, outside)
            opening = code.find("(", source.closing.get(opening, opening), end)
        closing = source.closing.get(opening, opening)
        after = closing + 1
        annotation: Range | None = None
        if arrow := _ARROW.match(code, after, end):
            colon = source.colon(arrow.end(), end)
            annotation = source.trimmed(arrow.end(), colon)
            self._annotation(annotation)
        else:
            colon = source.colon(after, end)
        class_ = self._class_of.get(outside)
        key = f":{outside.prefix}{name}"
        scope = Scope(ScopeKind.FUNCTION, colon + 1, end, parent, f"{key[1:]}.<locals>.")
        function = Function(name, key, scope, outside, class_)
        function.line_offset = start
        function.annotation = annotation
        function.decorators = decorators
        scope.function = function
        self._open(scope)
        self.functions[key] = function
        self.stores.add(match.start(1))
        if class_ is not None and not any(
            code.startswith("staticmethod", decorator[0]) for decorator in decorators
        ):
            function.self_name = ""
        self._parameters(opening + 1, closing, outside, scope, function)
        binding = Binding(BindingKind.FUNCTION, colon, outside)
        binding.start = decorators[0][0] if decorators else start
        binding.function = function
        outside.bind(name, binding)

    def _class(self, start: int, end: int, node: SgNode) -> None:
        source = self.source
        code = source.code
        if not (match := _CLASS.match(code, start, end)):
            return
        outside = self.scope_for(start)
        name = match[1]
        self._pending.clear()
        opening = match.end() - 1
        parent = outside
        if match[2] == "[":
            parent = self._type_parameters(opening, end, outside)
            opening = source.closing.get(opening, opening) + 1
        bases: list[Range] = []
        colon = source.colon(opening, end)
        if code[opening : opening + 1] == "(":
            closing = source.closing.get(opening, opening)
            self.kinds.append((opening + 1, closing, UseKind.BASE))
            for first, last in source.parts(opening + 1, closing):
                if not source.at_depth(_EQUALS, first, last) and code[first] != "*":
                    bases.append((first, last))
        key = f":{outside.prefix}{name}"
        scope = Scope(ScopeKind.CLASS, colon + 1, end, parent, f"{key[1:]}.")
        class_ = Class(name, key, scope, outside)
        class_.line_offset = start
        class_.bases = tuple(bases)
        self.classes[key] = class_
        self._class_of[scope] = class_
        self._open(scope)
        self.stores.add(match.start(1))
        binding = Binding(BindingKind.CLASS, end, outside)
        binding.start = start
        binding.class_ = class_
        outside.bind(name, binding)

    def _type_parameters(self, opening: int, end: int, outside: Scope) -> Scope:
        """A scope for the parameters in brackets behind the name of a function or class."""
        closing = self.source.closing.get(opening, opening)
        scope = Scope(ScopeKind.COMPREHENSION, opening, end, outside, outside.prefix)
        self._open(scope)
        for first, last in self.source.parts(opening + 1, closing):
            if match := _PARAMETER.match(self.source.code, first, last):
                self._store(match.start(2), match[2], Binding(BindingKind.UNKNOWN, first, scope), scope)
        self.kinds.append((opening + 1, closing, UseKind.ANNOTATION))
        return scope

    def _parameters(self, start: int, end: int, outside: Scope, scope: Scope, function: Function) -> None:
        source = self.source
        code = source.code
        for place, (first, last) in enumerate(source.parts(start, end)):
            match = _PARAMETER.match(code, first, last)
            if match is None:
                continue
            binding = Binding(BindingKind.PARAMETER, scope.start, outside)
            binding.function = function
            binding.place = place
            binding.stars = len(match[1])
            rest = match.end()
            sign = match[3]
            if sign == ":":
                equals = source.at_depth(_EQUALS, rest, last)
                binding.annotation = source.trimmed(rest, equals.start() if equals else last)
                self._annotation(binding.annotation)
                if equals:
                    binding.value = source.trimmed(equals.end(), last)
            elif sign == "=":
                binding.value = source.trimmed(rest, last)
            if place == 0 and function.self_name == "" and not match[1]:
                function.self_name = match[2]
            self._store(match.start(2), match[2], binding, scope)

    def _lambda(self, start: int, end: int, node: SgNode) -> None:
        outside = self.scope_for(start)
        colon = self.source.colon(start + 6, end)
        key = f":{outside.prefix}<lambda>@{start}"
        scope = Scope(ScopeKind.FUNCTION, colon + 1, end, outside, f"{key[1:]}.<locals>.")
        function = Function("<lambda>", key, scope, outside, None)
        function.line_offset = start
        scope.function = function
        self.functions[key] = function
        function.returns.append((self.source.trimmed(colon + 1, end), scope))
        self._parameters(start + 6, colon, outside, scope, function)
        self._open(scope)

    def _comprehension(self, start: int, end: int, node: SgNode) -> None:
        outside = self.scope_for(start)
        self._open(Scope(ScopeKind.COMPREHENSION, start, end, outside, outside.prefix))

    def _for_clause(self, start: int, end: int, node: SgNode) -> None:
        scope = self._stack[-1]
        first = self.source.code.find("for", start, end) + 3
        found = self.source.at_depth(_IN, first, end)
        if found is None:
            return
        iterable = self.source.trimmed(found.end(), end)
        inside = scope
        if scope.kind is ScopeKind.COMPREHENSION and scope.hole is None and scope.parent is not None:
            scope.hole = iterable
            inside = scope.parent
        # The element stands before its clause: what a comprehension binds holds in the whole of it.
        self._targets(first, found.start(), scope.start, iterable, inside, scope, (None,))

    def _for(self, start: int, end: int, node: SgNode) -> None:
        first = self.source.code.find("for", start, end) + 3
        found = self.source.at_depth(_IN, first, end)
        if found is None:
            return
        colon = self.source.colon(found.end(), end)
        scope = self._stack[-1]
        self._targets(first, found.start(), colon, (found.end(), colon), scope, scope, (None,))

    def _assignment(self, start: int, end: int, node: SgNode) -> None:
        source = self.source
        code = source.code
        scope = self._stack[-1]
        is_inner = self._chain[0] == end and self._chain[1] == start
        earlier = self._chain[2][-_MAX_CHAINED:] if is_inner else []
        bindings: list[Binding] = []
        match = _TARGET.match(code, start, end)
        if match is not None and match["sign"] == ":":
            equals = source.at_depth(_EQUALS, match.end(), end)
            annotation = source.trimmed(match.end(), equals.start() if equals else end)
            self._annotation(annotation)
            value = source.trimmed(equals.end(), end) if equals else None
            bindings = self._target(match, end, start, value, scope)
            for binding in bindings:
                binding.annotation = annotation
            return
        if match is not None:
            value = source.trimmed(match.end(), end)
            bindings = self._target(match, end, start, value, scope)
        else:
            equals = source.at_depth(_EQUALS, start, end)
            if equals is None:
                return
            value = source.trimmed(equals.end(), end)
            bindings = self._targets(start, equals.start(), end, value, scope, scope, ())
        for binding in earlier:
            binding.value = value
        self._chain = (end, value[0], earlier + bindings)

    def _target(
        self, match: re.Match[str], position: int, start: int, value: Range | None, scope: Scope
    ) -> list[Binding]:
        """Bind a plain name or an attribute of an instance."""
        member = match["member"]
        binding = Binding(BindingKind.VALUE, position, scope)
        binding.start = start
        binding.value = value
        if member is None:
            self.stores.add(match.start())
            scope.bind(match["name"], binding)
        elif not self._bind_member(match["name"], member, binding):
            return []
        return [binding]

    def _bind_member(self, name: str, member: str, binding: Binding) -> bool:
        for scope in reversed(self._stack):
            function = scope.function
            if function is not None and function.self_name == name and function.class_ is not None:
                function.class_.attributes.setdefault(member, []).append(binding)
                return True
            if name in scope.names and scope.kind is ScopeKind.FUNCTION:
                return False
        return False

    def _targets(
        self,
        start: int,
        end: int,
        position: int,
        value: Range,
        inside: Scope,
        scope: Scope,
        steps: tuple[Step, ...],
    ) -> list[Binding]:
        """Bind every name of a target list; ``value`` is evaluated in ``inside``."""
        source = self.source
        bindings: list[Binding] = []
        pending: list[tuple[int, int, tuple[Step, ...]]] = [(start, end, steps)]
        while pending:
            first, last, path = pending.pop()
            first, last = source.trimmed(first, last)
            if plain := _PLAIN.match(source.code, first, last):
                if plain.end() != last:
                    continue
                binding = Binding(BindingKind.VALUE, position, inside)
                binding.start = start
                binding.value = value
                binding.steps = path
                if plain[2] is None:
                    self._store(first, plain[1], binding, scope)
                elif not self._bind_member(plain[1], plain[2], binding):
                    continue
                bindings.append(binding)
                continue
            if source.code[first : first + 1] in ("(", "[") and source.closing.get(first) == last - 1:
                first, last = first + 1, last - 1
                parts = source.parts(first, last)
                if len(parts) == 1 and "," not in source.code[parts[0][1] : last]:
                    pending.append((*parts[0], path))
                    continue
            else:
                parts = source.parts(first, last)
                if len(parts) == 1 and "," not in source.code[parts[0][1] : last]:
                    star = _UNPACKING.match(source.code, first, last)
                    if star is not None and star.end() < last and path:
                        pending.append((star.end(), last, (*path[:-1], None)))
                    continue
            if len(path) < 4:
                pending.extend((*part, (*path, index)) for index, part in enumerate(parts))
        return bindings

    def _walrus(self, start: int, end: int, node: SgNode) -> None:
        match = _NAME.match(self.source.code, start, end)
        if match is None:
            return
        equals = self.source.code.find(":=", start, end)
        inside = self.scope_for(start)
        scope = inside
        while scope.kind is ScopeKind.COMPREHENSION and scope.parent is not None:
            scope = scope.parent
        binding = Binding(BindingKind.VALUE, end, inside)
        binding.start = start
        binding.value = self.source.trimmed(equals + 2, end)
        self._store(start, match[0], binding, scope)

    def _as(self, start: int, end: int, node: SgNode) -> None:
        source = self.source
        found = source.at_depth(_AS, start, end)
        if found is None or start < self._case[1]:
            return
        scope = self._stack[-1]
        value = source.trimmed(start, found.start())
        if self._except[0] <= start < self._except[1] and start - self._except[0] < 64:
            target = source.trimmed(found.end(), end)
            binding = Binding(BindingKind.EXCEPTION, end, scope)
            binding.end = self._except[1]
            binding.value = value
            self._store(target[0], source.code[target[0] : target[1]], binding, scope)
        else:
            self._targets(found.end(), end, end, value, scope, scope, ())

    def _except_clause(self, start: int, end: int, node: SgNode) -> None:
        colon = self.source.colon(start + 6, end)
        self._except = (start, end)
        header = self.source.code[start:colon]
        comma = header.find(" as ")
        self.kinds.append((start + 6, start + comma if comma >= 0 else colon, UseKind.EXCEPT))
        self.handlers.append(node)

    def _return(self, start: int, end: int, node: SgNode) -> None:
        function = self._stack[-1].function
        if function is not None and end - start > 6:
            function.returns.append((self.source.trimmed(start + 6, end), self._stack[-1]))

    def _yield(self, start: int, end: int, node: SgNode) -> None:
        scope = self._stack[-1]
        if scope.function is not None and (match := _FROM.match(self.source.code, start, end)):
            value = self.source.trimmed(match.end(), end)
            if "from" not in match[0] and value[0] < value[1]:
                scope.function.yields.append((value, scope))

    def _outer(self, start: int, end: int, node: SgNode) -> None:
        scope = self._stack[-1]
        self.blanks.append((start, end))
        names = _NAME.findall(self.source.code, start, end)
        for name in names[1:]:
            scope.outer[name] = names[0] == "global"

    def _delete(self, start: int, end: int, node: SgNode) -> None:
        for first, last in self.source.parts(start + 3, end):
            if (plain := _PLAIN.match(self.source.code, first, last)) and plain[2] is None:
                scope = self._stack[-1]
                binding = Binding(BindingKind.UNKNOWN, end, scope)
                binding.start = start
                self._store(first, plain[1], binding, scope)

    def _decorator(self, start: int, end: int, node: SgNode) -> None:
        value = self.source.trimmed(start + 1, end)
        self._pending.append(value)
        self.decorators.add(value[0])

    def _condition(self, start: int, end: int, node: SgNode) -> None:
        self.conditions.append(node)

    def _case_clause(self, start: int, end: int, node: SgNode) -> None:
        source = self.source
        colon = source.colon(start + 4, end)
        guard = source.at_depth(_IF, start + 4, colon)
        last = guard.start() if guard else colon
        self._case = (start, last)
        self.kinds.append((start + 4, last, None))
        scope = self._stack[-1]
        for match in _CAPTURE.finditer(source.code, start + 4, last):
            name = match[1] or match[2]
            if name not in _NO_CAPTURE and name != "as":
                binding = Binding(BindingKind.UNKNOWN, last, scope)
                binding.start = start
                self._store(match.start(1) if match[1] else match.start(2), name, binding, scope)

    def _type_alias(self, start: int, end: int, node: SgNode) -> None:
        match = re.compile(rf"type\s+({NAME})\s*").match(self.source.code, start, end)
        equals = self.source.at_depth(_EQUALS, start, end)
        if match is None or equals is None:
            return
        scope = self._stack[-1]
        if self.source.code[match.end() : match.end() + 1] == "[":
            self._type_parameters(match.end(), end, scope)
        binding = Binding(BindingKind.VALUE, end, scope)
        binding.start = start
        binding.value = self.source.trimmed(equals.end(), end)
        self.kinds.append((*binding.value, UseKind.ANNOTATION))
        self._store(match.start(1), match[1], binding, scope)

    def _error(self, start: int, end: int, node: SgNode) -> None:
        snippet = " ".join(self.source.text[start : min(end, start + 60)].split())
        if snippet != "lazy" and len(self.errors) < _MAX_ERRORS:
            self.errors.append((self.source.line(start), f"not understood: {snippet}"))

    # Parts

    def _open(self, scope: Scope) -> None:
        if scope.function is None and scope.parent is not None and scope.kind is ScopeKind.COMPREHENSION:
            scope.function = scope.parent.function
        self.scopes.append(scope)
        self._stack.append(scope)

    def _store(self, offset: int, name: str, binding: Binding, scope: Scope) -> None:
        self.stores.add(offset)
        scope.bind(name, binding)

    def _annotation(self, extent: Range) -> None:
        start, end = extent
        self.kinds.append((start, end, UseKind.ANNOTATION))
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
_MAX_CHAINED = 8

_HANDLERS = {
    "import_statement": Structure._import,
    "import_from_statement": Structure._import,
    "future_import_statement": Structure._import,
    "function_definition": Structure._function,
    "class_definition": Structure._class,
    "lambda": Structure._lambda,
    "list_comprehension": Structure._comprehension,
    "set_comprehension": Structure._comprehension,
    "dictionary_comprehension": Structure._comprehension,
    "generator_expression": Structure._comprehension,
    "for_in_clause": Structure._for_clause,
    "assignment": Structure._assignment,
    "named_expression": Structure._walrus,
    "for_statement": Structure._for,
    "as_pattern": Structure._as,
    "except_clause": Structure._except_clause,
    "return_statement": Structure._return,
    "yield": Structure._yield,
    "global_statement": Structure._outer,
    "nonlocal_statement": Structure._outer,
    "delete_statement": Structure._delete,
    "decorator": Structure._decorator,
    "if_statement": Structure._condition,
    "conditional_expression": Structure._condition,
    "case_clause": Structure._case_clause,
    "type_alias_statement": Structure._type_alias,
    "ERROR": Structure._error,
}
