"""From an expression to the symbol that is reported: instances of classes lose the call that made them."""

from __future__ import annotations

import re
from typing import NamedTuple

from analyzers.source.names.standard_library import is_standard
from analyzers.source.protocols import Surfaces
from analyzers.source.records import Via

INHERITED = "^"
_STEP = re.compile(r"\(\)|\[\d*\]|[^.()\[\]]+")


class Symbol(NamedTuple):
    """What an expression means.

    Attributes:
        via: how it is reached, where the expression says it.
    """

    name: str
    via: Via | None
    is_standard: bool


class Symbols:
    """Names expressions that start at an import."""

    def __init__(self, surfaces: Surfaces) -> None:
        self._surfaces = surfaces
        self._known: dict[str, Symbol] = {}

    def of(self, expression: str) -> Symbol:
        """The symbol of an expression."""
        known = self._known.get(expression)
        if known is None:
            known = self._known[expression] = self._named(expression)
        return known

    def forget(self) -> None:
        """Let go of what was named so far."""
        self._known.clear()

    def _named(self, expression: str) -> Symbol:
        text = expression.replace(INHERITED, "")
        via = Via.INHERITED if text is not expression and text != expression else None
        root = _STEP.match(text)
        is_own = root is not None and is_standard(root[0])
        if ")" not in text and "]" not in text:
            return Symbol(text, via, is_own)
        name = ""
        is_class = False
        for step in _STEP.findall(text):
            if step == "()":
                returned = self._surfaces.returned(name) if name else None
                if is_class:
                    name += ".__call__()"
                    is_class = False
                elif returned is not None:
                    name, is_class = returned, True
                elif is_class_name(name.rpartition(".")[2]):
                    is_class = True
                else:
                    name += "()"
            elif step[0] == "[":
                name += "[]"
                is_class = False
            else:
                name = f"{name}.{step}" if name else step
                is_class = False
        if via is None:
            via = Via.CHAIN if ")" in name or "]" in name else Via.INSTANCE
        return Symbol(name, via, is_own)


def is_class_name(name: str) -> bool:
    """Whether a name is written as PEP 8 asks of classes."""
    return name.lstrip("_")[:1].isupper()
