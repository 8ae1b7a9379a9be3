"""Which of several bindings may hold at a place: the last that surely ran, and those that may have since."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyzers.source.extraction.masking import Source
from analyzers.source.extraction.scopes import MAX_BINDINGS, Binding, Scope, before

_HEADER = re.compile(r"[ \t]*(?:async\s+)?(if|elif|else|for|while|try|except|finally|with|case|match)\b")
_MAYBE = frozenset({"for", "elif", "case", "except"})


def reaching(source: Source, home: Scope, bindings: Sequence[Binding], offset: int) -> Sequence[Binding]:
    """The bindings in one scope, in order of position, that may hold at an offset of it."""
    earlier = before(bindings, offset)
    if not earlier:
        return bindings[:MAX_BINDINGS]
    chosen: list[Binding] = []
    for binding in reversed(earlier):
        if 0 <= binding.end <= offset:
            continue
        chosen.append(binding)
        if holds_until(source, home, binding) > offset:
            break
    return chosen[::-1]


def holds_until(source: Source, home: Scope, binding: Binding) -> int:
    """The end of the stretch in which a binding surely ran, as long as nothing binds the name again."""
    if not home.start <= binding.start < home.end:
        return home.start if binding.start else home.end
    width = source.indentation(binding.start)
    line_start = source.line_start(binding.start)
    if line_start + width != binding.start and (header := _HEADER.match(source.code, line_start)):
        if source.colon(header.end(), home.end) < binding.start:
            return binding.position
        if header[1] in _MAYBE:
            width += 1
    return _dedented(source, width, binding.position, home.end)


def block_end(source: Source, offset: int, *, inside: bool) -> int:
    """The end of the block in which an offset stands, or of that which its line opens."""
    width = source.indentation(offset) + (1 if inside else 0)
    return _dedented(source, width, offset, len(source.code))


def _dedented(source: Source, width: int, start: int, end: int) -> int:
    """Where a line begins that is indented by less than a width."""
    return min(source.dedent(start, width), end) if width else end
