"""What main code demands of each distribution: symbols that must exist, and optional ones.

From the uses of a scan, by the distributions that its imports were matched to. What is guarded, or reached
through imports that all are, is optional; what only type checkers see is no demand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from analyzers.source.records import Guard, Import, ImportKind, Role, Use, UseKind

_LIMIT_SITES = 5


class DemandSite(msgspec.Struct, frozen=True, array_like=True, order=True):
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


def demands(uses: Iterable[Use], imports: Sequence[Import]) -> tuple[ApiDemand, ...]:
    """The demands of main code, sorted by distribution, symbol and kind.

    Args:
        uses: what a scan found; uses whose module no import was matched to a distribution for are left out.
        imports: those of the same scan; imports of names are uses of them too, whether or not `uses` has
            them.
    """
    providers = _Providers(imports)
    sites: dict[_Key, dict[DemandSite, None]] = {}
    for use in (*uses, *_import_uses(imports)):
        if use.role is not Role.MAIN:
            continue
        found = providers.of(use.file, use.symbol)
        if found is None:
            continue
        distribution, guards = found
        if Guard.TYPE_CHECKING in use.guard or guards == _TYPES_ALONE:
            continue
        is_required = not use.guard and not guards
        keywords = tuple(sorted(use.keywords))
        key = (
            distribution,
            is_required,
            use.symbol,
            use.kind,
            use.positional,
            keywords,
            use.star_arguments,
        )
        sites.setdefault(key, {})[DemandSite(use.file, use.line, use.column, use.cell)] = None
    grouped: dict[str, tuple[list[SymbolDemand], list[SymbolDemand]]] = {}
    for (distribution, is_required, symbol, kind, positional, keywords, star), places in sorted(
        sites.items(), key=lambda item: item[0]
    ):
        demand = SymbolDemand(
            symbol=symbol,
            kind=kind,
            positional=positional,
            keywords=keywords,
            star_arguments=star,
            count=len(places),
            sites=tuple(sorted(places, key=_order)[:_LIMIT_SITES]),
        )
        grouped.setdefault(distribution, ([], []))[0 if is_required else 1].append(demand)
    return tuple(
        ApiDemand(distribution=name, required=tuple(required), optional=tuple(optional))
        for name, (required, optional) in sorted(grouped.items())
    )


def _order(site: DemandSite) -> tuple[str, int, int, int]:
    return site.file, -1 if site.cell is None else site.cell, site.line, site.column


def _import_uses(imports: Iterable[Import]) -> Iterable[Use]:
    for each in imports:
        if each.kind is ImportKind.STAR or each.name == "*":
            symbol = each.module
        else:
            symbol = f"{each.module}.{each.name}" if each.name else each.module
        yield Use(
            file=each.file,
            cell=each.cell,
            line=each.line,
            column=each.column,
            end_line=each.end_line,
            end_column=each.end_column,
            symbol=symbol,
            kind=UseKind.IMPORT,
            guard=each.guard,
            role=each.role,
            confidence=each.confidence,
        )


_TYPES_ALONE = frozenset({Guard.TYPE_CHECKING})


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
        self._guards: Mapping[tuple[str, str], frozenset[Guard]] = {
            key: frozenset(found or ()) for key, found in guards.items()
        }
        self._of_roots: dict[str, set[str]] = {}
        for module, name in self._distributions.items():
            self._of_roots.setdefault(module.partition(".")[0], set()).add(name)

    def of(self, file: str, symbol: str) -> tuple[str, frozenset[Guard]] | None:
        """The distribution, by the longest path that is imported anywhere, with the guards in this file."""
        distribution: str | None = None
        guards: frozenset[Guard] | None = None
        path = symbol.partition("(")[0].partition("[")[0]
        while path:
            if guards is None:
                guards = self._guards.get((file, path))
            distribution = distribution or self._distributions.get(path)
            path = path.rpartition(".")[0]
        if distribution is None:
            distribution = self._by_root(symbol)
        return None if distribution is None else (distribution, guards or frozenset())

    def _by_root(self, symbol: str) -> str | None:
        """``import a.b`` makes ``a.c`` reachable; taken only if one distribution has all of ``a``."""
        found = self._of_roots.get(symbol.partition(".")[0], ())
        return next(iter(found)) if len(found) == 1 else None
