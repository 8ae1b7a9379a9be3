"""What other files may reach through a module: its functions, classes and what leads on to an import."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.source.extraction import constants, members, steps
from analyzers.source.extraction.scopes import Scope
from analyzers.source.module_facts import Definition, DefinitionKind

if TYPE_CHECKING:
    from analyzers.source.extraction.evaluator import Evaluator

_EXPORTS = re.compile(r"^__all__\s*(?::[^=\n]+)?(\+?=)\s*", re.MULTILINE)
_MAX_EXPORTS = 5000


def definitions(evaluation: Evaluator) -> dict[str, Definition]:
    """By qualified name."""
    found: dict[str, Definition] = {}
    source = evaluation.source
    structure = evaluation.structure
    for key, function in structure.functions.items():
        if function.name == "<lambda>":
            continue
        kind = DefinitionKind.FUNCTION
        if function.class_ is not None and members.effect(evaluation, function).is_property:
            kind = DefinitionKind.PROPERTY
        values = steps.plain(members.results(evaluation, function))
        if not values and (replaced := members.effect(evaluation, function).replaced):
            # What a library's decorator made of it is an object of that library, as far as is known.
            kind, values = DefinitionKind.VALUE, steps.plain(replaced)
        found[key[1:]] = Definition(kind, source.line(function.line_offset), values)
    for key, class_ in structure.classes.items():
        name = key[1:]
        bases = steps.plain(members.bases(evaluation, class_))
        found[name] = Definition(DefinitionKind.CLASS, source.line(class_.line_offset), bases)
        for member in dict.fromkeys((*class_.scope.names, *class_.attributes)):
            if f"{name}.{member}" not in found:
                values = members.own_member(evaluation, class_, member, is_instance=True) or ()
                # What a class has itself is not its bases', even where nothing is known of it.
                line = source.line(_line(evaluation, class_.scope, member))
                _value(found, f"{name}.{member}", line, values, is_kept=bool(bases))
    module = structure.module
    for name in module.names:
        if name not in found:
            values = evaluation.named(name, module, module.end)
            _value(found, name, source.line(_line(evaluation, module, name)), values)
    return found


def _value(
    found: dict[str, Definition], name: str, line: int, values: tuple[str, ...], *, is_kept: bool = False
) -> None:
    values = steps.plain(values)
    if values or is_kept:
        found[name] = Definition(DefinitionKind.VALUE, line, values)


def _line(evaluation: Evaluator, scope: Scope, name: str) -> int:
    bindings = scope.names.get(name)
    return bindings[0].start if bindings else scope.start


def exports(evaluation: Evaluator) -> tuple[str, ...] | None:
    """``__all__`` where it is made of literals alone."""
    source = evaluation.source
    if "__all__" not in source.code:
        return None
    names: list[str] = []
    is_found = False
    for match in _EXPORTS.finditer(source.code):
        opening = match.end()
        if source.code[opening : opening + 1] not in ("[", "(") or opening not in source.closing:
            return None
        closing = source.closing[opening]
        is_found = True
        for start, end in source.parts(opening + 1, closing)[:_MAX_EXPORTS]:
            text = constants.literal(source.text[start:end])
            if text is None:
                return None
            names.append(text)
    return tuple(names) if is_found else None
