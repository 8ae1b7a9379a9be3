"""One import statement's names: what is imported, where it stands, what it binds."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analyzers.evidence import Confidence
from analyzers.source.extraction.masking import Source
from analyzers.source.extraction.patterns import DOTTED, NAME
from analyzers.source.module_facts import ImportFact
from analyzers.source.records import ImportKind

_IMPORT = re.compile(rf"(?P<name>{DOTTED})(?:\s+as\s+(?P<asname>{NAME}))?")
_FROM = re.compile(rf"from\s*(?P<dots>[.\s]*)(?P<module>(?!import\b){DOTTED})?\s*\bimport\b")
_ITEM = re.compile(rf"(?P<name>\*|{NAME})(?:\s+as\s+(?P<asname>{NAME}))?")
_LAZY = re.compile(r"(?:\A|[\n;:])[ \t]*lazy[ \t]+\Z")
_SPACE = re.compile(r"[\s\\]+")
_STATIC, _STAR = ImportKind.STATIC, ImportKind.STAR
_CERTAIN = Confidence.CERTAIN


def parsed(
    source: Source, start: int, end: int, *, is_top_level: bool
) -> Iterator[tuple[ImportFact, int, str | None, str]]:
    """Each imported name with its offset, the name it binds (None for a star) and that name's expression."""
    code = source.code
    kind = _STATIC
    if code.find("lazy", max(0, start - 12), start) >= 0 and _LAZY.search(code, max(0, start - 12), start):
        kind = ImportKind.LAZY
    if code.startswith("import", start):
        for match in _IMPORT.finditer(code, start + 6, end):
            module, asname = match.groups()
            module = _SPACE.sub("", module)
            first, last = match.span(1)
            fact = ImportFact(
                source.site(first, last), module, None, asname, kind, (), None, is_top_level, _CERTAIN
            )
            if asname is None:
                top = module.partition(".")[0]
                yield fact, match.start(), top, top
            else:
                yield fact, match.start(), asname, module
        return
    head = _FROM.match(code, start, end)
    if head is None:
        return
    dots = "." * head["dots"].count(".")
    module = dots + _SPACE.sub("", head["module"] or "")
    if module == "__future__" or not module:
        return
    joint = "" if module.endswith(".") else "."
    for match in _ITEM.finditer(code, head.end(), end):
        name, asname = match.groups()
        first, last = match.span(1)
        site = source.site(first, last)
        if name == "*":
            fact = ImportFact(site, module, name, asname, _STAR, (), None, is_top_level, _CERTAIN)
            yield fact, first, None, f"{module}{joint}{name}"
            continue
        fact = ImportFact(site, module, name, asname, kind, (), None, is_top_level, _CERTAIN)
        yield fact, first, asname or name, f"{module}{joint}{name}"
