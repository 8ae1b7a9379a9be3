"""Which changes between two releases concern what code uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from analyzers.api.changes import ApiChange, ChangeKind, UsedAt, Weight
from analyzers.api.offers import OfferKind
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.api.things import Definition, Instance, ModuleThing
from analyzers.source.records import UseKind
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand

_CALLS = (UseKind.CALL, UseKind.DECORATOR)
_OUTSIDE = OfferKind.OUTSIDE.value
_BY_PATH = frozenset({ChangeKind.PATH_GONE})
_CONSTRUCTORS = ("__init__", "__new__")
_MOST_SITES = 5


def with_uses(
    changes: Iterable[ApiChange], demand: ApiDemand, before: DistributionSurfaces
) -> tuple[ApiChange, ...]:
    """The changes, with the places at which the code uses what they are about.

    Args:
        changes: from one release to another.
        demand: of the code on their project.
        before: of the earlier release, by which the code's symbols are understood.
    """
    matching = _Matching(before)
    for is_guarded, wanted in ((False, demand.required), (True, demand.optional)):
        for symbol in wanted:
            matching.add(symbol, is_guarded)
    return tuple(_as_used(change, matching.of(change)) for change in changes)


def _as_used(change: ApiChange, used: tuple[UsedAt, ...]) -> ApiChange:
    """What is used and gone breaks the code, whether or not it was meant for others."""
    is_gone = change.kind in (ChangeKind.GONE, ChangeKind.PATH_GONE) and change.doubt is None
    breaks = is_gone and any(not use.is_guarded for use in used)
    weight = Weight.BREAKING if breaks else change.weight
    return msgspec.structs.replace(change, used=used, weight=weight)


def told(changes: Iterable[ApiChange]) -> tuple[ApiChange, ...]:
    """The changes without those of what releases import from elsewhere, unless code uses it."""
    return tuple(change for change in changes if change.what != _OUTSIDE or change.used)


class _Matching:
    def __init__(self, surfaces: DistributionSurfaces) -> None:
        self._surfaces = surfaces
        self._by_path: dict[str, list[tuple[SymbolDemand, bool]]] = {}
        self._by_definition: dict[str, list[tuple[SymbolDemand, bool]]] = {}

    def add(self, wanted: SymbolDemand, is_guarded: bool) -> None:
        """Note a use under its own path, the modules that lead to it, and what it turns out to be."""
        use = wanted, is_guarded
        plain = wanted.symbol.partition("(")[0].partition("[")[0]
        parts = plain.split(".")
        for stop in range(1, len(parts) + 1):
            self._by_path.setdefault(".".join(parts[:stop]), []).append(use)
        for definition in dict.fromkeys(self._definitions(wanted)):
            self._by_definition.setdefault(definition, []).append(use)

    def _definitions(self, wanted: SymbolDemand) -> Iterator[str]:
        for thing in self._surfaces.resolved(wanted.symbol):
            match thing:
                case ModuleThing(name=name):
                    yield name
                case Definition():
                    yield thing.path
                    if thing.is_class and wanted.kind in _CALLS:
                        for name in _CONSTRUCTORS:
                            for each in self._surfaces.member(thing, name):
                                if isinstance(each, Definition):
                                    yield each.path
                case Instance(of=of):
                    yield of.path
                case _:
                    pass

    def of(self, change: ApiChange) -> tuple[UsedAt, ...]:
        """Where the code uses what a change is about."""
        if change.weight is Weight.NEW:
            return ()
        paths = (change.path, *change.also)
        found = [use for path in paths for use in self._by_path.get(path, ())]
        if change.kind not in _BY_PATH and change.defined is not None:
            found += self._by_definition.get(change.defined, ())
        sites: dict[tuple[DemandSite, ...], UsedAt] = {}
        for wanted, is_guarded in found:
            if wanted.sites and wanted.sites not in sites and _concerns(change, wanted):
                sites[wanted.sites] = UsedAt(
                    where=f"{wanted.sites[0].file}:{wanted.sites[0].line}",
                    count=wanted.count,
                    is_guarded=is_guarded,
                )
        return tuple(sorted(set(sites.values())))[:_MOST_SITES]


def _concerns(change: ApiChange, wanted: SymbolDemand) -> bool:
    """Whether a use meets a change of a parameter: by what it passes, or by what it does not."""
    match change.kind:
        case ChangeKind.GONE | ChangeKind.PATH_GONE | ChangeKind.KIND | ChangeKind.VALUE:
            return True
        case ChangeKind.BASE_GONE:
            return wanted.kind is UseKind.BASE
        case ChangeKind.RETURN_GONE | ChangeKind.BASE_NEW | ChangeKind.PARAMETER_NEW | ChangeKind.NEW:
            return False
    if wanted.kind not in _CALLS:
        return False
    if wanted.star_arguments or change.parameter is None:
        return True
    is_positional = change.position is not None and wanted.positional > change.position
    is_named = change.parameter in wanted.keywords
    match change.kind:
        case ChangeKind.PARAMETER_REQUIRED | ChangeKind.DEFAULT:
            return not (is_positional or is_named)
        case ChangeKind.PARAMETER_RENAMED:
            return is_named
        case ChangeKind.PARAMETER_KIND:
            return is_positional if "keyword-only" in change.told else is_named
        case ChangeKind.PARAMETER_MOVED:
            return is_positional
        case _:
            return is_positional or is_named
