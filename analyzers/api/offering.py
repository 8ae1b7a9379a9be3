"""From the files of a release to what it offers: every public module, every name of it, told once in full."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from analyzers.api.made_names import MadeNames
from analyzers.api.modules import Module, Modules
from analyzers.api.offers import ModuleOffers, Offer, OfferKind, ReleaseOffers
from analyzers.api.surface import ANY_NAME, Symbol, SymbolKind
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.api.things import Definition, Instance, ModuleThing, Outside, OutsideInstance, Thing

_KINDS = {
    SymbolKind.CLASS: OfferKind.CLASS,
    SymbolKind.FUNCTION: OfferKind.FUNCTION,
    SymbolKind.PROPERTY: OfferKind.PROPERTY,
    SymbolKind.VALUE: OfferKind.VALUE,
    SymbolKind.ALIAS: OfferKind.VALUE,
}
_CONSTRUCTORS = ("__init__", "__new__")
_LIMIT_OFFERS = 400_000
_LIMIT_NESTED = 3


def is_public(module: str) -> bool:
    """Whether no part of a dotted name is private."""
    return not any(part.startswith("_") for part in module.split("."))


def offers_of(
    surfaces: DistributionSurfaces,
    names: Collection[str] | None = None,
    unreadable: tuple[tuple[str, str], ...] = (),
    of_roots: int | None = None,
) -> ReleaseOffers:
    """What the public modules of a release offer.

    Args:
        surfaces: of its files, and perhaps of what they import.
        names: modules, with what is below them; None for all.
        unreadable: see `ReleaseOffers`.
        of_roots: how many of the roots are those of the release; None for all.
    """
    files = surfaces.modules.files(of_roots)
    wanted = sorted(name for name in files if is_public(name) and (names is None or _is_below(name, names)))
    making = _Offering(surfaces, files)
    modules = [making.module(name) for name in wanted]
    return ReleaseOffers(modules=tuple(_told_once(modules)), unreadable=unreadable)


def _is_below(name: str, names: Collection[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in names)


class _Offering:
    def __init__(self, surfaces: DistributionSurfaces, files: dict[str, str]) -> None:
        self._surfaces, self._files = surfaces, files
        self._modules: Modules = surfaces.modules
        self._children: dict[str, set[str]] = {}
        self._classes: dict[str, tuple[Offer, ...]] = {}
        self._left = _LIMIT_OFFERS
        self._set_by_others, self._opened_by = self._sets(files)
        for module, made in MadeNames(surfaces, files).names().items():
            self._set_by_others.setdefault(module, set()).update(made)
        for name in files:
            while name:
                parent, _, last = name.rpartition(".")
                self._children.setdefault(parent, set()).add(last)
                name = parent

    def module(self, name: str) -> ModuleOffers:
        found = self._modules.get(name)
        reason = self._surfaces.open_reason(name)
        if reason is None and name in self._opened_by:
            reason = f"{self._opened_by[name]} sets attributes on it"
        if found is None:
            return ModuleOffers(name=name, file=self._files[name], open=reason)
        exports = self._exports(found)
        names = {each for each in self._surfaces.names(name) if not each.startswith("_")} | (exports or set())
        names |= {each for each in self._set_by_others.get(name, ()) if not each.startswith("_")}
        names |= {each for each in self._children.get(name, ()) if not each.startswith("_")}
        offers = [offer for each in sorted(names) if (offer := self._offer(found, each, exports)) is not None]
        if self._left < 0:
            reason = reason or f"the release has more than {_LIMIT_OFFERS:,} names"
        return ModuleOffers(
            name=name,
            file=self._files[name],
            has_exports=exports is not None,
            open=reason,
            offers=tuple(offers),
        )

    def _sets(self, names: Collection[str]) -> tuple[dict[str, set[str]], dict[str, str]]:
        """What modules set on others of the release when they are imported.

        Returns:
            Names by the module that gets them, and who sets names that are not spelled out.
        """
        found: dict[str, set[str]] = {}
        opened: dict[str, str] = {}
        for name in names:
            for other, attribute in self._surfaces.attributes_of_others(name):
                if attribute == ANY_NAME:
                    opened.setdefault(other, name)
                else:
                    found.setdefault(other, set()).add(attribute)
        return found, opened

    def _exports(self, module: Module) -> set[str] | None:
        source = module.source or module.stub
        if source is None or source.exports is None:
            return None
        return set(self._surfaces.star_names(module.name) or ())

    def _offer(self, module: Module, name: str, exports: set[str] | None) -> Offer | None:
        self._left -= 1
        if self._left < 0:
            return None
        things = self._surfaces.lookup(module.name, name)
        if not things:
            return Offer(
                name=name,
                kind=OfferKind.VALUE,
                line=_line(module, name),
                is_exported=exports is not None and name in exports,
            )
        offer = self._told(module.name, name, things[0])
        if offer.kind is OfferKind.OUTSIDE and (symbol := _assigned(module, name)) is not None:
            offer = Offer(name=name, kind=OfferKind.VALUE, value=symbol.text, line=symbol.line)
            return msgspec.structs.replace(offer, is_exported=exports is None or name in exports)
        is_exported = name in exports if exports is not None else self._is_meant(module, things[0])
        return msgspec.structs.replace(offer, is_exported=is_exported, alternatives=len(things) - 1)

    def _is_meant(self, module: Module, thing: Thing) -> bool:
        """Without ``__all__``: what is defined here, and what a package brings together."""
        match thing:
            case Definition():
                return module.is_package or thing.module == module.name
            case ModuleThing(name=name):
                return name.rpartition(".")[0] == module.name
            case Instance():
                return True
            case _:
                return False

    def _told(self, module: str, name: str, thing: Thing) -> Offer:
        match thing:
            case ModuleThing(name=path) if self._is_foreign(path):
                return Offer(name=name, kind=OfferKind.OUTSIDE, defined=path)
            case ModuleThing(name=path):
                defined = None if path == f"{module}.{name}" else path
                return Offer(name=name, kind=OfferKind.MODULE, defined=defined)
            case Outside(path=path) | OutsideInstance(path=path):
                return Offer(name=name, kind=OfferKind.OUTSIDE, defined=path)
            case Instance(of=of):
                return Offer(name=name, kind=OfferKind.VALUE, defined=None, value=f"{of.path}()")
            case Definition() if self._is_foreign(thing.module):
                return Offer(name=name, kind=OfferKind.OUTSIDE, defined=thing.path)
            case Definition():
                offer = self._symbol(name, thing.symbol)
                if thing.is_class:
                    offer = self._class(offer, thing)
                if thing.path == f"{module}.{name}":
                    return offer
                file = self._files.get(thing.module)
                file = None if file == self._files.get(module) else file
                return msgspec.structs.replace(offer, defined=thing.path, file=file)

    def _is_foreign(self, module: str) -> bool:
        return module.partition(".")[0] not in self._children[""]

    def _symbol(self, name: str, symbol: Symbol) -> Offer:
        is_function = symbol.kind is SymbolKind.FUNCTION
        return Offer(
            name=name,
            kind=_KINDS[symbol.kind],
            signature=symbol.text or None if is_function or symbol.kind is SymbolKind.PROPERTY else None,
            value=symbol.text or None if symbol.kind is SymbolKind.VALUE else None,
            line=symbol.line,
            is_static=symbol.is_static,
            is_class_method=symbol.is_class_method,
            open=symbol.open,
        )

    def _class(self, offer: Offer, thing: Definition, depth: int = 0) -> Offer:
        if thing.path not in self._classes:
            self._classes[thing.path] = tuple(self._members(thing, depth))
        members = self._classes[thing.path]
        lineage = self._surfaces.lineage(thing)
        signature = next(
            (member.signature for name in _CONSTRUCTORS for member in members if member.name == name), None
        )
        return msgspec.structs.replace(
            offer,
            bases=tuple(self._bases(thing)),
            members=members,
            signature=signature,
            open=offer.open or lineage.open,
        )

    def _bases(self, thing: Definition) -> Iterator[str]:
        for expression in thing.symbol.values:
            found = self._surfaces.evaluated(expression, thing.module)
            path = next((each.path for each in found if isinstance(each, Definition | Outside)), None)
            yield path or expression.lstrip(":")

    def _members(self, thing: Definition, depth: int) -> Iterator[Offer]:
        seen: set[str] = set()
        for each in self._surfaces.lineage(thing).classes:
            for name, symbols in each.symbol.members.items():
                if name in seen or not _is_public_member(name) or self._left < 0:
                    continue
                seen.add(name)
                self._left -= 1
                symbol = symbols[0]
                if symbol.kind is SymbolKind.ALIAS:
                    symbol = self._aliased(each, name, symbol)
                offer = self._symbol(name, symbol)
                if symbol.kind is SymbolKind.CLASS and depth < _LIMIT_NESTED:
                    inner = Definition(each.module, f"{each.name}.{name}", symbol)
                    offer = self._class(offer, inner, depth + 1)
                if each.path != thing.path:
                    file = self._files.get(each.module)
                    offer = msgspec.structs.replace(offer, defined=f"{each.path}.{name}", file=file)
                yield msgspec.structs.replace(offer, alternatives=len(symbols) - 1)

    def _aliased(self, of: Definition, name: str, symbol: Symbol) -> Symbol:
        for thing in self._surfaces.member(of, name):
            if isinstance(thing, Definition):
                return thing.symbol
        return symbol


def _is_public_member(name: str) -> bool:
    return not name.startswith("_") or (name.startswith("__") and name.endswith("__"))


def _assigned(module: Module, name: str) -> Symbol | None:
    """What binds a name by an assignment: its own name for a thing, wherever that comes from."""
    for surface in module.surfaces[:1]:
        for symbol in surface.symbols.get(name, ()):
            if symbol.kind is SymbolKind.ALIAS and symbol.text:
                return symbol
    return None


def _line(module: Module, name: str) -> int | None:
    for surface in module.surfaces:
        for symbol in surface.symbols.get(name, ()):
            return symbol.line
    return None


def _told_once(modules: list[ModuleOffers]) -> Iterator[ModuleOffers]:
    """The modules with each class and function told in full under one path alone, the plainest."""
    plainest: dict[str, tuple[tuple[bool, int, int, str], str]] = {}
    for module in modules:
        for offer in module.offers:
            if offer.kind in (OfferKind.CLASS, OfferKind.FUNCTION):
                path = f"{module.name}.{offer.name}"
                rank = (not offer.is_exported, path.count("."), len(path), path)
                defined = offer.defined or path
                if defined not in plainest or rank < plainest[defined][0]:
                    plainest[defined] = rank, path
    for module in modules:
        offers = tuple(_without_repetition(module.name, offer, plainest) for offer in module.offers)
        yield msgspec.structs.replace(module, offers=offers)


def _without_repetition(
    module: str, offer: Offer, plainest: dict[str, tuple[tuple[bool, int, int, str], str]]
) -> Offer:
    path = f"{module}.{offer.name}"
    told = plainest.get(offer.defined or path)
    if told is None or told[1] == path or offer.kind not in (OfferKind.CLASS, OfferKind.FUNCTION):
        return offer
    return msgspec.structs.replace(offer, members=(), signature=None, bases=(), told_at=told[1])
