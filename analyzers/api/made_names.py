"""Names that functions of a release make of its classes and of texts, as its modules are imported."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator

from analyzers.api.resolution import split
from analyzers.api.surface import DIRECTLY_BELOW, LITERAL, Maker, ModuleSurface, SymbolKind, Walker
from analyzers.api.surfaces import DistributionSurfaces
from analyzers.api.things import Definition

_ON_SUBCLASS = "__init_subclass__"
_LIMIT_NAMES = 20_000
_LIMIT_NESTED = 4


class MadeNames:
    """Brings functions that make names together with what they are given, across modules.

    Args:
        surfaces: of the release, and perhaps of what it imports.
        modules: those of the release.
    """

    def __init__(self, surfaces: DistributionSurfaces, modules: Collection[str]) -> None:
        self._surfaces, self._modules = surfaces, modules
        self._makers: dict[tuple[str, str], list[Maker]] = {}
        self._classes: dict[str, tuple[Definition, ...]] = {}
        self._imported: dict[str, frozenset[str]] = {}
        self._left = _LIMIT_NAMES

    def names(self) -> dict[str, set[str]]:
        """The names by the module that has them."""
        sources = {
            name: module.source
            for name in self._modules
            if (module := self._surfaces.modules.get(name)) is not None and module.source is not None
        }
        for name, source in sources.items():
            for maker in source.makers:
                self._makers.setdefault((name, maker.function), []).append(maker)
        found: dict[str, set[str]] = {}
        if self._makers:
            for owner, made in itertools.chain(self._of_runs(sources), self._of_subclasses()):
                self._left -= 1
                if self._left < 0:
                    break
                found.setdefault(owner, set()).add(made)
        return {owner: {name for name in names if name.isidentifier()} for owner, names in found.items()}

    def _of_runs(self, sources: dict[str, ModuleSurface]) -> Iterator[tuple[str, str]]:
        """What calls make that run as modules are imported."""
        called = {function.rpartition(".")[2] for _, function in self._makers}
        for name, source in sources.items():
            for run in source.runs:
                # The function may go by another name where it is called; that is seldom.
                if run.function.rpartition(".")[2].lstrip(":") not in called:
                    continue
                for function in self._surfaces.evaluated(run.function, name):
                    if not isinstance(function, Definition):
                        continue
                    for maker in self._makers.get((function.module, function.name), ()):
                        for given in run.given[maker.parameter : maker.parameter + 1]:
                            for made in self._made(maker, function.module, given, name):
                                yield function.module, made

    def _made(self, maker: Maker, of: str, given: tuple[str, ...], module: str) -> Iterator[str]:
        for each in given:
            if each.startswith(LITERAL):
                if maker.is_text:
                    yield f"{maker.prefix}{each.removeprefix(LITERAL)}{maker.suffix}"
                continue
            for thing in self._surfaces.evaluated(each, module) if not maker.is_text else ():
                if isinstance(thing, Definition) and thing.is_class:
                    for reached in self._reached(maker, of, thing, module):
                        yield _name(maker, reached)
                    break

    def _reached(self, maker: Maker, of: str, root: Definition, module: str) -> Iterator[Definition]:
        """The classes that a maker makes names of when it is given one."""
        excluded = {
            thing.path
            for expression in maker.but_not
            for thing in self._surfaces.evaluated(expression, of)
            if isinstance(thing, Definition)
        }
        if not maker.below:
            yield from self._unless(excluded, root)
            return
        walker = self._walker(maker, of)
        if walker is None:
            return
        if walker.has_root:
            yield from self._unless(excluded, root)
        for name in self._imports(module):
            for each in self._classes_of(name):
                if each.path == root.path:
                    continue
                line = self._surfaces.lineage(each).classes
                is_below = any(parent.path == root.path for parent in line[1:])
                if is_below and (walker.is_deep or self._is_base(each, root)):
                    yield from self._unless(excluded, each)

    def _unless(self, excluded: set[str], each: Definition) -> Iterator[Definition]:
        if not any(parent.path in excluded for parent in self._surfaces.lineage(each).classes):
            yield each

    def _is_base(self, of: Definition, root: Definition) -> bool:
        return any(
            isinstance(thing, Definition) and thing.path == root.path
            for expression in of.symbol.values
            for thing in self._surfaces.evaluated(expression, of.module)
        )

    def _walker(self, maker: Maker, module: str) -> Walker | None:
        if maker.below == DIRECTLY_BELOW:
            return Walker(DIRECTLY_BELOW)
        for thing in self._surfaces.evaluated(maker.below, module):
            found = self._surfaces.modules.get(thing.module) if isinstance(thing, Definition) else None
            if isinstance(thing, Definition) and found is not None and found.source is not None:
                for walker in found.source.walkers:
                    if walker.function == thing.name:
                        return walker
        return None

    def _of_subclasses(self) -> Iterator[tuple[str, str]]:
        """What ``__init_subclass__`` makes of the classes of the release."""
        by_class = {
            f"{module}.{function.rpartition('.')[0]}": (module, made)
            for (module, function), made in self._makers.items()
            if function.rpartition(".")[2] == _ON_SUBCLASS and "." in function
        }
        if not by_class:
            return
        for name in self._modules:
            for each in self._classes_of(name):
                for parent in self._surfaces.lineage(each).classes[1:]:
                    if parent.path in by_class:
                        module, made = by_class[parent.path]
                        yield from ((module, _name(maker, each)) for maker in made if not maker.below)
                    if _ON_SUBCLASS in parent.symbol.members:
                        break

    def _classes_of(self, module: str) -> tuple[Definition, ...]:
        """The classes that a module defines, those within others included."""
        if module not in self._classes:
            found = self._surfaces.modules.get(module)
            source = found.source if found is not None else None
            symbols = source.symbols.items() if source is not None else ()
            self._classes[module] = tuple(
                each
                for name, meanings in symbols
                for symbol in meanings
                for each in _within(Definition(module, name, symbol))
            )
        return self._classes[module]

    def _imports(self, module: str) -> frozenset[str]:
        """The modules of the release that a module has imported, itself included."""
        if module not in self._imported:
            found = {module}
            pending = [module]
            while pending:
                for name in self._imports_of(pending.pop(), module):
                    if name not in found:
                        found.add(name)
                        pending.append(name)
            self._imported[module] = frozenset(found)
        return self._imported[module]

    def _imports_of(self, module: str, first: str) -> Iterator[str]:
        found = self._surfaces.modules.get(module)
        source = found.source if found is not None else None
        if found is None or source is None:
            return
        written = [
            value
            for symbols in source.symbols.values()
            for symbol in symbols
            if symbol.kind is SymbolKind.ALIAS and not symbol.is_type_only
            for value in symbol.values
            if not value.startswith(":")
        ]
        for expression in (*written, *source.stars):
            root, steps = split(expression)
            path = expression
            if root.startswith("."):
                up = len(root) - (1 if found.is_package else 0)
                parts = module.split(".")
                path = ".".join((*parts[: len(parts) - up], *(step.lstrip(".") for step in steps)))
            parts = path.split(".")
            for stop in range(1, len(parts) + 1):
                name = ".".join(parts[:stop])
                # Packages around the first module have not yet run to their end.
                if name in self._modules and not first.startswith(f"{name}."):
                    yield name


def _within(of: Definition, depth: int = 0) -> Iterator[Definition]:
    if not of.is_class or depth > _LIMIT_NESTED:
        return
    yield of
    for name, symbols in of.symbol.members.items():
        for symbol in symbols:
            yield from _within(Definition(of.module, f"{of.name}.{name}", symbol), depth + 1)


def _name(maker: Maker, of: Definition) -> str:
    return f"{maker.prefix}{of.name.rpartition('.')[2]}{maker.suffix}"
