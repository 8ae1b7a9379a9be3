"""What main code demands of each distribution: symbols that must exist, and optional ones.

From the uses of a scan, by the distributions that its imports were matched to. What is guarded, or reached
through imports that all are, is optional; what only type checkers see is no demand.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from analyzers.source.records import Guard, Import, ImportKind, Role, Use, UseKind
from analyzers.source.signals.places import Place, Places

_LIMIT_SITES = 5
_MAX_REMEMBERED = 20_000


class DemandSite(msgspec.Struct, frozen=True, array_like=True, order=True, gc=False):
    """Where a demand is made; lines and columns as in `analyzers.source.records`."""

    file: str
    line: int
    column: int
    cell: int | None = None


class SymbolDemand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A symbol that is used in one way.

    Attributes:
        symbol: as in `Use.symbol`.
        positional: number of positional arguments of a call.
        keywords: of a call, sorted.
        star_arguments: ``*`` or ``**`` passes further ones.
        count: how often, `sites` being the first few.
    """

    symbol: str
    kind: UseKind
    positional: int = 0
    keywords: tuple[str, ...] = ()
    star_arguments: bool = False
    count: int = 1
    sites: tuple[DemandSite, ...] = ()


class ApiDemand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What code demands of one distribution.

    Attributes:
        distribution: normalised name.
    """

    distribution: str
    required: tuple[SymbolDemand, ...] = ()
    optional: tuple[SymbolDemand, ...] = ()


_Key = tuple[str, bool, str, UseKind, int, tuple[str, ...], bool]

Counted = dict[_Key, tuple[int, Sequence[Place]]]
"""How often, and the first few places, by what is demanded."""


def demands(uses: Iterable[Use], imports: Sequence[Import]) -> tuple[ApiDemand, ...]:
    """The demands of main code, sorted by distribution, symbol and kind.

    Args:
        uses: what a scan found; uses whose module no import was matched to a distribution for are left out.
        imports: those of the same scan; imports of names are uses of them too, whether or not `uses` has
            them.
    """
    found = Demands(imports)
    found.add(uses)
    return found.made()


class Demands:
    """Makes what `demands` gives of uses that come little by little."""

    def __init__(self, imports: Sequence[Import]) -> None:
        self._providers = _Providers(imports)
        self._start()
        for each in imports:
            if each.role is Role.MAIN:
                self._imported(each)

    def _start(self) -> None:
        self._places = Places()
        self._used: dict[_Key, int | array[int]] = {}
        """Numbers of places; most symbols are used at one, for which an array would be large."""

    def add(self, uses: Iterable[Use]) -> None:
        """Count uses; see `demands`."""
        of = self._providers.of
        for use in uses:
            if use.role is not Role.MAIN or use.kind is _STORE:
                continue  # what is set need not have been there
            found = of(use.file, use.symbol)
            if found is None:
                continue
            distribution, guards = found
            guard = use.guard
            if guards is _TYPES_ALONE or (guard and Guard.TYPE_CHECKING in guard):
                continue
            keywords = use.keywords
            key = (
                distribution,
                not guard and not guards,
                use.symbol,
                use.kind,
                use.positional,
                tuple(sorted(keywords)) if len(keywords) > 1 else keywords,
                use.star_arguments,
            )
            self._count(key, self._places.add(use.file, use.cell, use.line, use.column))

    def counted(self) -> Counted:
        """What was added so far, which is let go of; never two times at one place."""
        found: Counted = {}
        at = self._places.at
        while self._used:
            key, numbers = self._used.popitem()
            if isinstance(numbers, int):
                found[key] = 1, (at(numbers),)
            else:
                places = set(map(at, numbers))
                found[key] = len(places), heapq.nsmallest(_LIMIT_SITES, places)
        self._start()
        return found

    def made(self, others: Iterable[Counted] = ()) -> tuple[ApiDemand, ...]:
        """The demands of the imports and of the uses that were added, which are let go of.

        Args:
            others: uses that were counted elsewhere, of other files; they are let go of, too.
        """
        counted = self.counted()
        for each in others:
            while each:
                key, told = each.popitem()
                known = counted.get(key)
                counted[key] = told if known is None else (known[0] + told[0], [*known[1], *told[1]])
        grouped: dict[str, tuple[list[SymbolDemand], list[SymbolDemand]]] = {}
        for key in sorted(counted):
            distribution, is_required, symbol, kind, positional, keywords, star = key
            count, places = counted.pop(key)
            demand = SymbolDemand(
                symbol=symbol,
                kind=kind,
                positional=positional,
                keywords=keywords,
                star_arguments=star,
                count=count,
                sites=tuple(
                    DemandSite(file, line, column, None if cell < 0 else cell)
                    for file, cell, line, column in sorted(places)[:_LIMIT_SITES]
                ),
            )
            grouped.setdefault(distribution, ([], []))[0 if is_required else 1].append(demand)
        return tuple(
            ApiDemand(distribution=name, required=tuple(required), optional=tuple(optional))
            for name, (required, optional) in sorted(grouped.items())
        )

    def _imported(self, each: Import) -> None:
        """An import uses what it imports."""
        symbol = _imported_symbol(each)
        found = self._providers.of(each.file, symbol)
        if found is None:
            return
        distribution, guards = found
        if guards is _TYPES_ALONE or Guard.TYPE_CHECKING in each.guard:
            return
        key = (distribution, not each.guard and not guards, symbol, UseKind.IMPORT, 0, (), False)
        self._count(key, self._places.add(each.file, each.cell, each.line, each.column))

    def _count(self, key: _Key, place: int) -> None:
        known = self._used.get(key)
        if known is None:
            self._used[key] = place
        elif isinstance(known, int):
            self._used[key] = array("i", (known, place))
        else:
            known.append(place)


def _imported_symbol(each: Import) -> str:
    if each.kind is ImportKind.STAR or each.name == "*":
        return each.module
    return f"{each.module}.{each.name}" if each.name else each.module


_STORE = UseKind.STORE
_TYPES_ALONE = frozenset({Guard.TYPE_CHECKING})
_UNGUARDED: frozenset[Guard] = frozenset()


class _Providers:
    """Which distribution a symbol belongs to, and what guards the imports that it is reached through."""

    def __init__(self, imports: Iterable[Import]) -> None:
        self._distributions: dict[str, str] = {}
        guards: dict[tuple[str, str], set[Guard] | None] = {}
        for each in imports:
            if not each.distributions:
                continue
            self._distributions.setdefault(each.module, each.distributions[0].name)
            name = each.name if each.name and each.name != "*" else None
            for path in (each.module, f"{each.module}.{name}" if name else each.module):
                key = (each.file, path)
                if not each.guard:
                    guards[key] = None
                elif (known := guards.setdefault(key, set())) is not None:
                    known |= set(each.guard)
        self._guards: dict[str, dict[str, frozenset[Guard]]] = {}
        """Of the files that guard any import alone, by file and path."""
        guarded = {file for (file, _), found in guards.items() if found}
        for (file, path), found in guards.items():
            if file in guarded:
                told = frozenset(found or ())
                self._guards.setdefault(file, {})[path] = _TYPES_ALONE if told == _TYPES_ALONE else told
        self._of_roots: dict[str, set[str]] = {}
        for module, name in self._distributions.items():
            self._of_roots.setdefault(module.partition(".")[0], set()).add(name)
        self._known: dict[str, str | None] = {}

    def of(self, file: str, symbol: str) -> tuple[str, frozenset[Guard]] | None:
        """The distribution, by the longest path that is imported anywhere, with the guards in this file."""
        distribution = self._known.get(symbol)
        if distribution is None:
            if symbol in self._known:
                return None
            if len(self._known) > _MAX_REMEMBERED:
                self._known.clear()
            distribution = self._known[symbol] = self._distribution(symbol)
            if distribution is None:
                return None
        guarded = self._guards.get(file)
        return distribution, _UNGUARDED if guarded is None else _guards_of(symbol, guarded)

    def _distribution(self, symbol: str) -> str | None:
        path = _before_calls(symbol)
        while path:
            if path in self._distributions:
                return self._distributions[path]
            path = path.rpartition(".")[0]
        return self._by_root(symbol)

    def _by_root(self, symbol: str) -> str | None:
        """``import a.b`` makes ``a.c`` reachable; taken only if one distribution has all of ``a``."""
        found = self._of_roots.get(symbol.partition(".")[0], ())
        return next(iter(found)) if len(found) == 1 else None


def _guards_of(symbol: str, guarded: Mapping[str, frozenset[Guard]]) -> frozenset[Guard]:
    """What guards the longest part of a symbol that a file imports."""
    path = _before_calls(symbol)
    while path:
        found = guarded.get(path)
        if found is not None:
            return found
        path = path.rpartition(".")[0]
    return _UNGUARDED


def _before_calls(symbol: str) -> str:
    return symbol.partition("(")[0].partition("[")[0]
