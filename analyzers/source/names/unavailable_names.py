"""Import names that no package index can serve, with what provides them: a table written by hand."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from functools import cache
from importlib.resources import files

import msgspec

_MANY_WORDS = 3


class Provider(enum.StrEnum):
    """What kind of thing provides a name.

    APPLICATION: one that embeds Python. SYSTEM: packages of the operating system, or a maker's installer.
    WINDOWS, MACOS: that system alone. PYTHON2: a library of Python 2 that is there no more under that name.
    """

    APPLICATION = "application"
    SYSTEM = "system"
    WINDOWS = "windows"
    MACOS = "macos"
    PYTHON2 = "python2"


class UnavailableName(msgspec.Struct, frozen=True):
    """A row of the table.

    Attributes:
        name: dotted.
        what: provides the name, in words.
        source: address of a page that says so.
        beside: names of which the same file must import one for the row to count; empty where it always does.
        words: those that count only so; a file that imports several of them imports them from there, too.
    """

    name: str
    provider: Provider
    what: str
    source: str
    beside: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()


def unavailable_name(module: str, imported: Collection[str]) -> UnavailableName | None:
    """The row for a dotted module; None where there is none.

    Args:
        module: as imported, with the name that is taken from it.
        imported: dotted modules that the same file imports.
    """
    prefix = module
    while prefix:
        for row in _table().get(prefix, ()):
            if not row.beside or any(_is_below(one, row.beside) for one in imported):
                return row
            if len({one.partition(".")[0] for one in imported} & row.words) >= _MANY_WORDS:
                return row
        prefix = prefix.rpartition(".")[0]
    return None


def _is_below(module: str, names: Collection[str]) -> bool:
    while module:
        if module in names:
            return True
        module = module.rpartition(".")[0]
    return False


@cache
def _table() -> Mapping[str, list[UnavailableName]]:
    """The rows of each name, those that always count first."""
    table: dict[str, list[UnavailableName]] = {}
    text = files("analyzers.source.names").joinpath("unavailable_names.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line or line.startswith("#"):
            continue
        kind, what, source, names, *others = line.split("|")
        first = frozenset(names.split())
        for name in first:
            table.setdefault(name, []).insert(0, UnavailableName(name, Provider(kind), what, source))
        words = frozenset(others[0].split() if others else ())
        for name in words:
            row = UnavailableName(name, Provider(kind), what, source, first, words)
            table.setdefault(name, []).append(row)
    return table
