"""The names of a module as a whole: what it has, what a star import gives, and why it may have more."""

from __future__ import annotations

from analyzers.api.modules import Modules
from analyzers.api.resolution import Resolution
from analyzers.api.things import ModuleThing

_DEPTH = 60


class Namespaces:
    """Answers about modules, following star imports and what answers on request."""

    def __init__(self, modules: Modules, resolution: Resolution) -> None:
        self._modules, self._resolution = modules, resolution
        self._openness: dict[str, str | None] = {}

    def star_names(self, module: str) -> set[str] | None:
        """What ``from module import *`` binds, as far as it is known; None if nothing is."""
        self._resolution.begin()
        return self._star_names(module, frozenset())

    def names(self, module: str) -> set[str]:
        """Everything that a module is known to have, its submodules aside."""
        self._resolution.begin()
        return self._names(module, frozenset())

    def open_reason(self, module: str) -> str | None:
        """Why a module may have names that are not in sight; None for a closed one."""
        if module not in self._openness:
            self._resolution.begin()
            self._openness[module] = self._open_reason(module, frozenset())
        return self._openness[module]

    def open_submodules(self, package: str) -> str | None:
        """Why a package may have submodules without files; None if it cannot."""
        parts = package.split(".")
        for stop in range(len(parts), 0, -1):
            found = self._modules.get(".".join(parts[:stop]))
            if found is None:
                return "it is not at hand"
            if found.is_namespace and stop == len(parts):  # a package within one is where it is
                return "it is a namespace package"
            for surface in found.surfaces:
                if surface.open_submodules:
                    return surface.open_submodules[0]
                if "sys.modules[__name__] is replaced" in surface.open:
                    return "sys.modules[__name__] is replaced"
        return None

    def _star_names(self, module: str, above: frozenset[str]) -> set[str] | None:
        found = self._modules.get(module)
        if found is None or module in above or len(above) > _DEPTH or not found.surfaces:
            return set() if module in above else None
        names: set[str] = set()
        for surface in found.surfaces[:1]:
            if surface.exports is not None:
                names |= set(surface.exports)
                for expression in surface.exports_of:
                    for source in self._resolution.evaluated(expression, module, None, 1):
                        if isinstance(source, ModuleThing):
                            names |= self._star_names(source.name, above | {module}) or set()
            if surface.exports is None or surface.are_exports_open:
                names |= {
                    name
                    for name, symbols in surface.symbols.items()
                    if not name.startswith("_") and not all(symbol.is_type_only for symbol in symbols)
                }
                for star in surface.stars:
                    if (starred := self._resolution.starred(star, module)) is not None:
                        names |= self._star_names(starred, above | {module}) or set()
        return names

    def _names(self, module: str, above: frozenset[str]) -> set[str]:
        found = self._modules.get(module)
        if found is None or module in above or len(above) > _DEPTH:
            return set()
        names: set[str] = set()
        for surface in found.surfaces:
            if surface is found.stub and found.is_foreign_stub:
                continue
            names |= {
                name
                for name, symbols in surface.symbols.items()
                if not all(symbol.is_type_only for symbol in symbols)
            }
            for star in surface.stars:
                if (starred := self._resolution.starred(star, module)) is not None:
                    names |= self._star_names(starred, above | {module}) or set()
            for delegate in surface.delegates:
                for source in self._resolution.evaluated(delegate, module, None, 1):
                    if isinstance(source, ModuleThing):
                        names |= self._names(source.name, above | {module})
        return names

    def _open_reason(self, module: str, above: frozenset[str]) -> str | None:
        found = self._modules.get(module)
        if found is None:
            return "it is not at hand"
        if found.is_namespace:
            return "it is a namespace package"
        if found.unread is not None:
            return f"it could not be read: {found.unread}"
        if found.source is None:
            return "it is compiled" if found.is_extension else "it has a stub alone"
        if found.source.open:
            return found.source.open[0]
        if found.source.is_completed_by_stub and (found.stub is None or found.is_foreign_stub):
            return "the stub that completes it is missing"
        if module in above or len(above) > _DEPTH:
            return None
        for expression in found.source.stars:
            starred = self._resolution.starred(expression, module)
            if starred is None:
                return f"star import of {expression}"
            if reason := self._open_star(starred, above | {module}):
                return f"star import of {starred}: {reason}"
        for expression in found.source.delegates:
            for thing in self._resolution.evaluated(expression, module, None, 1) or (None,):
                if not isinstance(thing, ModuleThing):
                    return "__getattr__"
                if reason := self._open_reason(thing.name, above | {module}):
                    return f"__getattr__ asks {thing.name}: {reason}"
        return None

    def _open_star(self, module: str, above: frozenset[str]) -> str | None:
        """Why ``from module import *`` may bind more than is known; a plain ``__all__`` says it all."""
        found = self._modules.get(module)
        source = found.source if found else None
        if source is not None and source.exports is not None and not source.are_exports_open:
            for expression in source.exports_of:
                for thing in self._resolution.evaluated(expression, module, None, 1) or (None,):
                    if not isinstance(thing, ModuleThing):
                        return f"{expression[1:]}.__all__"
                    if thing.name not in above and (reason := self._open_star(thing.name, above | {module})):
                        return reason
            return None
        return self._open_reason(module, above)
