"""Modules that frameworks import because a list names them: of Django, of pytest, of Sphinx.

Sources: https://docs.djangoproject.com/en/stable/ref/settings/, the section on ``pytest_plugins`` of
https://docs.pytest.org/en/stable/how-to/writing_plugins.html, and
https://www.sphinx-doc.org/en/master/usage/configuration.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from analyzers.evidence import Confidence
from analyzers.source.extraction import constants
from analyzers.source.extraction.masking import STRING
from analyzers.source.extraction.patterns import NAME
from analyzers.source.module_facts import ImportFact
from analyzers.source.records import ImportKind

if TYPE_CHECKING:
    from analyzers.source.extraction.structure import Structure

_WORDS = ("INSTALLED_APPS", "MIDDLEWARE", "AUTHENTICATION_BACKENDS", "pytest_plugins", "extensions")
_ASSIGNED = re.compile(rf"^[ \t]*({'|'.join(_WORDS)})[ \t]*(?::[^=\n]+)?\+?=(?!=)[ \t]*", re.MULTILINE)
_END = re.compile(r"[(\[{]|(?<!\\)\n")
_PLUS = re.compile(r"[(\[{]|\+")
_NAME = re.compile(rf"\*?({NAME})\Z")
_LITERAL = re.compile(rf"{STRING}+\Z")
_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*\Z")
_MAX_MODULES = 500
_MAX_DEPTH = 4
_Named = tuple[str, int, int]
"""A text with the place of its literal."""


def named_modules(structure: Structure) -> Iterator[tuple[int, ImportFact]]:
    """Each module, or class in one, that such a list names, with its offset."""
    source = structure.source
    if not any(word in source.code for word in _WORDS):
        return
    seen: set[int] = set()
    for match in _ASSIGNED.finditer(source.code):
        end = source.at_depth(_END, match.end(), len(source.code))
        parts = source.parts(match.end(), end.start() if end else len(source.code))
        texts = [text for part in parts[:_MAX_MODULES] for text in _texts(structure, *part, 0)]
        for text, start, last in texts[:_MAX_MODULES]:
            if start not in seen and _is_meant(match[1], text, texts):
                seen.add(start)
                yield start, _fact(structure, text, start, last)


def _is_meant(of: str, text: str, beside: list[_Named]) -> bool:
    if of == "extensions":  # a word of many meanings: that of Sphinx where one of its own stands among them
        return text.partition(".")[0] != "sphinx" and any(one.startswith("sphinx.ext.") for one, *_ in beside)
    # pytest's own plugins go by short names.
    return of != "pytest_plugins" or "." in text


def _texts(structure: Structure, start: int, end: int, depth: int) -> Iterator[_Named]:
    """The dotted names among the literals of displays, of sums of them, and of names bound to such."""
    source = structure.source
    start, end = source.trimmed(start, end)
    if start >= end or depth > _MAX_DEPTH:
        return
    if plus := source.at_depth(_PLUS, start, end):
        yield from _texts(structure, start, plus.start(), depth + 1)
        yield from _texts(structure, plus.end(), end, depth + 1)
    elif source.code[start] in "[(" and source.closing.get(start) == end - 1:
        for part in source.parts(start + 1, end - 1)[:_MAX_MODULES]:
            yield from _texts(structure, *part, depth + 1)
    elif _LITERAL.match(source.code, start, end):
        text = constants.literal(source.text[start:end])
        if text is not None and _DOTTED.match(text):
            yield text, start, end
    elif name := _NAME.match(source.code, start, end):
        bindings = structure.module.names.get(name[1], ())
        if len(bindings) == 1 and bindings[0].value is not None and not bindings[0].steps:
            yield from _texts(structure, *bindings[0].value, depth + 1)


def _fact(structure: Structure, text: str, start: int, end: int) -> ImportFact:
    module, name = text, None
    head, _, last = text.rpartition(".")
    if head and last[:1].isupper():
        module, name = head, last
    return ImportFact(
        site=structure.source.site(start, end),
        module=module,
        name=name,
        kind=ImportKind.DYNAMIC,
        is_top_level=False,
        confidence=Confidence.LIKELY,
    )
