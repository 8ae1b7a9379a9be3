"""The names of a compiled module by the Cython source that lies beside it; calls are not understood.

Lines are looked at one by one: what Cython adds to Python is no Python, and only names are wanted.
"""

from __future__ import annotations

import re

from analyzers.api.surface import ModuleSurface, Symbol, SymbolKind

_LIMIT_LINES = 200_000
_FUNCTION = re.compile(r"(?:def|cpdef\b[^(=:]*?)\s*\b(\w+)\s*\(")
_CLASS = re.compile(r"(?:cdef\s+)?class\s+(\w+)")
_VALUE = re.compile(r"(\w+)\s*(?::[^=]+)?=(?!=)")
_IMPORT = re.compile(r"import\s+([\w.]+)(?:\s+as\s+(\w+))?\s*(?:#.*)?$")
_FROM = re.compile(r"from\s+([\w.]+)\s+import\s+\(?([\w\s,]+)\)?\s*(?:#.*)?$")


def cython_surface(text: str) -> ModuleSurface:
    """What a ``.pyx`` file offers once it is compiled."""
    symbols: dict[str, tuple[Symbol, ...]] = {}
    for number, line in enumerate(text.splitlines()[:_LIMIT_LINES], 1):
        for name, symbol in _symbols(line, number):
            symbols.setdefault(name, (symbol,))
    return ModuleSurface(symbols=symbols, open=("it is compiled",))


def _symbols(line: str, number: int) -> list[tuple[str, Symbol]]:
    """What a line at the left margin binds."""
    if (found := _FUNCTION.match(line)) is not None:
        return [(found[1], Symbol(SymbolKind.FUNCTION, number, open="it is compiled"))]
    if (found := _CLASS.match(line)) is not None:
        return [(found[1], Symbol(SymbolKind.CLASS, number, open="it is compiled"))]
    if (found := _IMPORT.match(line)) is not None:
        target = found[1] if found[2] else found[1].partition(".")[0]
        return [(found[2] or target, Symbol(SymbolKind.ALIAS, number, (target,)))]
    if (found := _FROM.match(line)) is not None:
        return list(_imported(found[1], found[2], number))
    if (found := _VALUE.match(line)) is not None:
        return [(found[1], Symbol(SymbolKind.VALUE, number))]
    return []


def _imported(module: str, names: str, number: int) -> list[tuple[str, Symbol]]:
    bound = []
    for each in names.split(","):
        name, _, alias = each.strip().partition(" as ")
        if name:
            target = f"{module}{'' if module.endswith('.') else '.'}{name}"
            bound.append(((alias or name).strip(), Symbol(SymbolKind.ALIAS, number, (target,))))
    return bound
