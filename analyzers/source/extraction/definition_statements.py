"""Functions, classes, lambdas and comprehensions: what opens a scope."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.source.extraction.patterns import ASSIGNED, NAME, sought
from analyzers.source.extraction.scopes import Binding, BindingKind, Class, Function, Range, Scope, ScopeKind
from analyzers.source.records import UseKind

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from analyzers.source.extraction.structure import Structure

_CLASS_BINDING = BindingKind.CLASS
_FUNCTION_BINDING = BindingKind.FUNCTION
_PARAMETER_BINDING = BindingKind.PARAMETER
_UNKNOWN_BINDING = BindingKind.UNKNOWN
_CLASS_SCOPE = ScopeKind.CLASS
_COMPREHENSION_SCOPE = ScopeKind.COMPREHENSION
_FUNCTION_SCOPE = ScopeKind.FUNCTION
_ANNOTATION = UseKind.ANNOTATION
_BASE = UseKind.BASE

_DEF = re.compile(rf"(?:async\s+)?def\s+({NAME})\s*([(\[])")
_CLASS = re.compile(rf"class\s+({NAME})\s*([(\[:])")
_PARAMETER = re.compile(rf"(\*{{0,2}})\s*({NAME})\s*([:=])?")
_EQUALS = re.compile(sought(r"(\[{", ASSIGNED))
_ARROW = re.compile(r"\s*->\s*")
_MAX_EARLIER = 4


def function(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A function or method: its scope, parameters, decorators and annotation."""
    source = structure.source
    code = source.code
    if not (match := _DEF.match(code, start, end)):
        return
    outside = structure.scope_for(start)
    name = match[1]
    decorators = tuple(structure.pending)
    structure.pending.clear()
    opening = match.end() - 1
    parent = outside
    if match[2] == "[":
        parent = type_parameters(structure, opening, end, outside)
        opening = code.find("(", source.closing.get(opening, opening), end)
    closing = source.closing.get(opening, opening)
    after = closing + 1
    annotation: Range | None = None
    if arrow := _ARROW.match(code, after, end):
        colon = source.colon(arrow.end(), end)
        annotation = source.trimmed(arrow.end(), colon)
        structure.annotation(annotation)
    else:
        colon = source.colon(after, end)
    class_ = structure.class_of.get(outside)
    key = f":{outside.prefix}{name}"
    scope = Scope(_FUNCTION_SCOPE, colon + 1, end, parent, f"{key[1:]}.<locals>.")
    function = Function(name, key, scope, outside, class_)
    function.line_offset = start
    function.annotation = annotation
    function.decorators = decorators
    scope.function = function
    structure.open(scope)
    if (earlier := structure.functions.get(key)) is not None and earlier.rank < _MAX_EARLIER:
        function.earlier, function.rank = earlier, earlier.rank + 1
    structure.functions[key] = function
    structure.stores.add(match.start(1))
    if class_ is not None and not any(
        code.startswith("staticmethod", decorator[0]) for decorator in decorators
    ):
        function.self_name = ""
    _parameters(structure, opening + 1, closing, outside, scope, function)
    binding = Binding(_FUNCTION_BINDING, colon, outside)
    binding.start = decorators[0][0] if decorators else start
    binding.function = function
    outside.bind(name, binding)


def class_statement(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A class: its scope and bases."""
    source = structure.source
    code = source.code
    if not (match := _CLASS.match(code, start, end)):
        return
    outside = structure.scope_for(start)
    name = match[1]
    structure.pending.clear()
    opening = match.end() - 1
    parent = outside
    if match[2] == "[":
        parent = type_parameters(structure, opening, end, outside)
        opening = source.closing.get(opening, opening) + 1
    bases: list[Range] = []
    colon = source.colon(opening, end)
    if code[opening : opening + 1] == "(":
        closing = source.closing.get(opening, opening)
        structure.kinds.append((opening + 1, closing, _BASE))
        for first, last in source.parts(opening + 1, closing):
            if not source.at_depth(_EQUALS, first, last) and code[first] != "*":
                bases.append((first, last))
    key = f":{outside.prefix}{name}"
    scope = Scope(_CLASS_SCOPE, colon + 1, end, parent, f"{key[1:]}.")
    class_ = Class(name, key, scope, outside)
    class_.line_offset = start
    class_.bases = tuple(bases)
    structure.classes[key] = class_
    structure.class_of[scope] = class_
    structure.open(scope)
    structure.stores.add(match.start(1))
    binding = Binding(_CLASS_BINDING, end, outside)
    binding.start = start
    binding.class_ = class_
    outside.bind(name, binding)


def type_parameters(structure: Structure, opening: int, end: int, outside: Scope) -> Scope:
    """A scope for the parameters in brackets behind the name of a function or class."""
    closing = structure.source.closing.get(opening, opening)
    scope = Scope(_COMPREHENSION_SCOPE, opening, end, outside, outside.prefix)
    structure.open(scope)
    for first, last in structure.source.parts(opening + 1, closing):
        if match := _PARAMETER.match(structure.source.code, first, last):
            structure.store(match.start(2), match[2], Binding(_UNKNOWN_BINDING, first, scope), scope)
    structure.kinds.append((opening + 1, closing, _ANNOTATION))
    return scope


def _parameters(
    structure: Structure, start: int, end: int, outside: Scope, scope: Scope, function: Function
) -> None:
    source = structure.source
    code = source.code
    for place, (first, last) in enumerate(source.parts(start, end)):
        match = _PARAMETER.match(code, first, last)
        if match is None:
            continue
        binding = Binding(_PARAMETER_BINDING, scope.start, outside)
        binding.function = function
        binding.place = place
        binding.stars = len(match[1])
        rest = match.end()
        sign = match[3]
        if sign == ":":
            equals = source.at_depth(_EQUALS, rest, last)
            binding.annotation = source.trimmed(rest, equals.start() if equals else last)
            structure.annotation(binding.annotation)
            if equals:
                binding.value = source.trimmed(equals.end(), last)
        elif sign == "=":
            binding.value = source.trimmed(rest, last)
        if place == 0 and function.self_name == "" and not match[1]:
            function.self_name = match[2]
        structure.store(match.start(2), match[2], binding, scope)


def lambda_expression(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A lambda is a function whose body is what it returns."""
    outside = structure.scope_for(start)
    colon = structure.source.colon(start + 6, end)
    key = f":{outside.prefix}<lambda>@{start}"
    scope = Scope(_FUNCTION_SCOPE, colon + 1, end, outside, f"{key[1:]}.<locals>.")
    function = Function("<lambda>", key, scope, outside, None)
    function.line_offset = start
    scope.function = function
    structure.functions[key] = function
    function.returns.append((structure.source.trimmed(colon + 1, end), scope))
    _parameters(structure, start + 6, colon, outside, scope, function)
    structure.open(scope)


def comprehension(structure: Structure, start: int, end: int, node: SgNode) -> None:
    """A comprehension opens a scope; its clauses follow."""
    outside = structure.scope_for(start)
    structure.open(Scope(_COMPREHENSION_SCOPE, start, end, outside, outside.prefix))
