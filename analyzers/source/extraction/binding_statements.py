"""Assignments, loops, ``with``, ``except`` and ``case``: what binds names to values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.source.extraction import definition_statements
from analyzers.source.extraction.patterns import ASSIGNED, NAME, sought, word
from analyzers.source.extraction.scopes import Binding, BindingKind, Range, Scope, ScopeKind, Step
from analyzers.source.records import UseKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from analyzers.source.extraction.structure import Structure

_EXCEPTION_BINDING = BindingKind.EXCEPTION
_UNKNOWN_BINDING = BindingKind.UNKNOWN
_VALUE_BINDING = BindingKind.VALUE
_COMPREHENSION_SCOPE = ScopeKind.COMPREHENSION
_FUNCTION_SCOPE = ScopeKind.FUNCTION
_ANNOTATION = UseKind.ANNOTATION
_EXCEPT = UseKind.EXCEPT
_STORE = UseKind.STORE

_TARGET = re.compile(rf"(?P<name>{NAME})(?:\s*\.\s*(?P<member>{NAME}))?\s*(?P<sign>=(?!=)|:)")
_PLAIN = re.compile(rf"({NAME})(?:\s*\.\s*({NAME}))?\Z")
_DOTTED = re.compile(rf"({NAME})(?:\s*\.\s*{NAME})++\s*\Z")
_LAST_MEMBER = re.compile(rf"\.\s*{NAME}\Z")
_EQUALS = re.compile(sought(r"(\[{", ASSIGNED))
_COLON = re.compile(sought(r"(\[{", ":"))
_IN = re.compile(sought(r"(\[{", word("in")))
_AS = re.compile(sought(r"(\[{", word("as")))
_IF = re.compile(sought(r"(\[{", word("if")))
_NAME = re.compile(NAME)
_CAPTURE = re.compile(rf"(?<![\w.])({NAME})(?!\s*[\w.(=])|\bas\s+({NAME})")
_NO_CAPTURE = frozenset({"_", "None", "True", "False"})
_UNPACKING = re.compile(r"\s*\*+\s*")
_TYPE = re.compile(rf"type\s+({NAME})\s*")
_MAX_CHAINED = 8


def for_clause(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """The clause of a comprehension binds in its scope; the first iterable is evaluated outside."""
    scope = structure.stack[-1]
    first = structure.source.code.find("for", start, end) + 3
    found = structure.source.at_depth(_IN, first, end)
    if found is None:
        return
    iterable = structure.source.trimmed(found.end(), end)
    inside = scope
    if scope.kind is _COMPREHENSION_SCOPE and scope.hole is None and scope.parent is not None:
        scope.hole = iterable
        inside = scope.parent
    # The element stands before its clause: what a comprehension binds holds in the whole of it.
    _targets(structure, first, found.start(), scope.start, iterable, inside, scope, (None,))


def for_statement(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A loop binds elements of what it iterates over."""
    first = structure.source.code.find("for", start, end) + 3
    found = structure.source.at_depth(_IN, first, end)
    if found is None:
        return
    colon = structure.source.colon(found.end(), end)
    scope = structure.stack[-1]
    _targets(structure, first, found.start(), colon, (found.end(), colon), scope, scope, (None,))


def assignment(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """An assignment binds its targets, in a chain each of them."""
    source = structure.source
    code = source.code
    scope = structure.stack[-1]
    is_inner = structure.chain[0] == end and structure.chain[1] == start
    earlier = structure.chain[2][-_MAX_CHAINED:] if is_inner else []
    bindings: list[Binding] = []
    match = _TARGET.match(code, start, end)
    if match is not None and match["sign"] == ":":
        equals = source.at_depth(_EQUALS, match.end(), end)
        annotation = source.trimmed(match.end(), equals.start() if equals else end)
        structure.annotation(annotation)
        value = source.trimmed(equals.end(), end) if equals else None
        if equals:
            _attribute_store(structure, start, match.start("sign"))
        bindings = _target(structure, match, end, start, value, scope)
        for binding in bindings:
            binding.annotation = annotation
        return
    if match is not None:
        value = source.trimmed(match.end(), end)
        _attribute_store(structure, start, match.start("sign"))
        bindings = _target(structure, match, end, start, value, scope)
    else:
        equals = source.at_depth(_EQUALS, start, end)
        if equals is None:
            return
        value = source.trimmed(equals.end(), end)
        bindings = _targets(structure, start, equals.start(), end, value, scope, scope, ())
    for binding in earlier:
        binding.value = value
    structure.chain = (end, value[0], earlier + bindings)


def _target(
    structure: Structure, match: re.Match[str], position: int, start: int, value: Range | None, scope: Scope
) -> list[Binding]:
    """Bind a plain name or an attribute of an instance."""
    member = match["member"]
    binding = Binding(_VALUE_BINDING, position, scope)
    binding.start = start
    binding.value = value
    if member is None:
        structure.stores.add(match.start())
        scope.bind(match["name"], binding)
    elif not _bind_member(structure, match["name"], member, binding):
        return []
    return [binding]


def _attribute_store(structure: Structure, start: int, end: int) -> None:
    """Note that an attribute of what was imported is set there: it need not have been there before."""
    match = _DOTTED.match(structure.source.code, start, end)
    if match is not None and match[1] in structure.imported:
        structure.kinds.append((start, end, _STORE))


def _bind_member(structure: Structure, name: str, member: str, binding: Binding) -> bool:
    for scope in reversed(structure.stack):
        function = scope.function
        if function is not None and function.self_name == name and function.class_ is not None:
            function.class_.attributes.setdefault(member, []).append(binding)
            return True
        if name in scope.names and scope.kind is _FUNCTION_SCOPE:
            return False
    return False


def _targets(
    structure: Structure,
    start: int,
    end: int,
    position: int,
    value: Range,
    inside: Scope,
    scope: Scope,
    steps: tuple[Step, ...],
) -> list[Binding]:
    """Bind every name of a target list; ``value`` is evaluated in ``inside``."""
    source = structure.source
    bindings: list[Binding] = []
    pending: list[tuple[int, int, tuple[Step, ...]]] = [(start, end, steps)]
    while pending:
        first, last, path = pending.pop()
        first, last = source.trimmed(first, last)
        _attribute_store(structure, first, last)
        if plain := _PLAIN.match(source.code, first, last):
            if plain.end() != last:
                continue
            binding = Binding(_VALUE_BINDING, position, inside)
            binding.start = start
            binding.value = value
            binding.steps = path
            if plain[2] is None:
                structure.store(first, plain[1], binding, scope)
            elif not _bind_member(structure, plain[1], plain[2], binding):
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
                elif source.at_depth(_COLON, first, last) is None and _LAST_MEMBER.search(
                    source.code, first, last
                ):
                    structure.set_members.add(last)
                continue
        if len(path) < 4:
            pending.extend((*part, (*path, index)) for index, part in enumerate(parts))
    return bindings


def walrus(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A named expression binds outside of comprehensions."""
    match = _NAME.match(structure.source.code, start, end)
    if match is None:
        return
    equals = structure.source.code.find(":=", start, end)
    inside = structure.scope_for(start)
    scope = inside
    while scope.kind is _COMPREHENSION_SCOPE and scope.parent is not None:
        scope = scope.parent
    binding = Binding(_VALUE_BINDING, end, inside)
    binding.start = start
    binding.value = structure.source.trimmed(equals + 2, end)
    structure.store(start, match[0], binding, scope)


def as_pattern(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """What stands behind ``as`` in a ``with`` or ``except``."""
    source = structure.source
    found = source.at_depth(_AS, start, end)
    if found is None or start < structure.open_case[1]:
        return
    scope = structure.stack[-1]
    value = source.trimmed(start, found.start())
    if structure.open_except[0] <= start < structure.open_except[1]:
        target = source.trimmed(found.end(), end)
        binding = Binding(_EXCEPTION_BINDING, end, scope)
        binding.end = structure.open_except[2]
        binding.value = value
        structure.store(target[0], source.code[target[0] : target[1]], binding, scope)
    else:
        _targets(structure, found.end(), end, end, value, scope, scope, ())


def except_clause(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A handler; what it binds is unbound behind it."""
    colon = structure.source.colon(start + 6, end)
    structure.open_except = (start, colon, end)
    header = structure.source.code[start:colon]
    comma = header.find(" as ")
    structure.kinds.append((start + 6, start + comma if comma >= 0 else colon, _EXCEPT))
    structure.handlers.append(node)


def case_clause(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A pattern binds what it captures and calls nothing."""
    source = structure.source
    colon = source.colon(start + 4, end)
    guard = source.at_depth(_IF, start + 4, colon)
    last = guard.start() if guard else colon
    structure.open_case = (start, last)
    structure.kinds.append((start + 4, last, None))
    scope = structure.stack[-1]
    for match in _CAPTURE.finditer(source.code, start + 4, last):
        name = match[1] or match[2]
        if name not in _NO_CAPTURE and name != "as":
            binding = Binding(_UNKNOWN_BINDING, last, scope)
            binding.start = start
            structure.store(match.start(1) if match[1] else match.start(2), name, binding, scope)


def type_alias(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A ``type`` statement binds a name."""
    match = _TYPE.match(structure.source.code, start, end)
    equals = structure.source.at_depth(_EQUALS, start, end)
    if match is None or equals is None:
        return
    scope = structure.stack[-1]
    if structure.source.code[match.end() : match.end() + 1] == "[":
        definition_statements.type_parameters(structure, match.end(), end, scope)
    binding = Binding(_VALUE_BINDING, end, scope)
    binding.start = start
    binding.value = structure.source.trimmed(equals.end(), end)
    structure.kinds.append((*binding.value, _ANNOTATION))
    structure.store(match.start(1), match[1], binding, scope)
