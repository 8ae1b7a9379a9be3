"""Strings that an expression surely is, or is one of: literals, names bound once, sums, f-strings."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from analyzers.source.extraction.masking import STRING
from analyzers.source.extraction.scopes import BindingKind, Scope

if TYPE_CHECKING:
    from analyzers.source.extraction.evaluator import Evaluator

_PARAMETER_BINDING = BindingKind.PARAMETER
_VALUE_BINDING = BindingKind.VALUE

_NAME = re.compile(r"[^\W\d]\w*\Z")
_LITERAL = re.compile(rf"(?:{STRING}|\s)+\Z")
_PLUS = re.compile(r"[(\[{]|\+")
_FORMATTED = re.compile(r"""[fF][rR]?["']|[rR][fF]["']""")
_MAX_LENGTH = 400
_MAX_STRINGS = 8
_MAX_DEPTH = 6


def strings(evaluation: Evaluator, start: int, end: int, scope: Scope, depth: int = 0) -> tuple[str, ...]:
    """The strings that the expression may be, if it is known; else none."""
    source = evaluation.source
    code = source.code
    start, end = source.trimmed(start, end)
    if start >= end or end - start > _MAX_LENGTH or depth > _MAX_DEPTH:
        return ()
    if code[start] == "(" and source.closing.get(start) == end - 1:
        return strings(evaluation, start + 1, end - 1, scope, depth + 1)
    if code[start] == STRING:
        if _FORMATTED.match(source.text, start, end):
            return _formatted(evaluation, start, end, scope, depth)
        if _LITERAL.match(code, start, end):
            text = literal(source.text[start:end])
            return () if text is None else (text,)
    if plus := source.at_depth(_PLUS, start, end):
        left = strings(evaluation, start, plus.start(), scope, depth + 1)
        right = strings(evaluation, plus.end(), end, scope, depth + 1) if left else ()
        return tuple(one + other for one in left for other in right)[:_MAX_STRINGS]
    if _NAME.match(code, start, end):
        return _named(evaluation, code[start:end], scope, depth)
    return ()


def literal(text: str) -> str | None:
    """The string that a literal stands for."""
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def _named(evaluation: Evaluator, name: str, scope: Scope, depth: int) -> tuple[str, ...]:
    found = scope.find(name)
    if found is None or len(found[1]) != 1:
        return ()
    binding = found[1][0]
    if binding.value is None or binding.kind not in (_VALUE_BINDING, _PARAMETER_BINDING):
        return ()
    if not binding.steps:
        return strings(evaluation, *binding.value, binding.scope, depth + 1)
    source = evaluation.source
    start, end = source.trimmed(*binding.value)
    if binding.steps != (None,) or source.code[start] not in "([{" or source.closing.get(start) != end - 1:
        return ()
    parts = source.parts(start + 1, end - 1)[:_MAX_STRINGS]
    return tuple(text for part in parts for text in strings(evaluation, *part, binding.scope, depth + 1))


def _formatted(evaluation: Evaluator, start: int, end: int, scope: Scope, depth: int) -> tuple[str, ...]:
    """An f-string of one literal, all of whose parts are known."""
    source = evaluation.source
    quote = (
        source.text.find('"', start, end)
        if '"' in source.text[start : start + 3]
        else source.text.find("'", start, end)
    )
    width = 3 if source.text.startswith(source.text[quote] * 3, quote) else 1
    pieces: list[str] = []
    position = quote + width
    last = end - width
    if "\\" in source.text[start:end] or "{{" in source.text[start:end]:
        return ()
    while (opening := source.code.find("{", position, last)) >= 0 and opening in source.closing:
        closing = source.closing[opening]
        known = strings(evaluation, opening + 1, closing, scope, depth + 1)
        if len(known) != 1:
            return ()
        pieces += (source.text[position:opening], known[0])
        position = closing + 1
    if source.code[position:last].strip(STRING):
        return ()
    pieces.append(source.text[position:last])
    return ("".join(pieces),)
