"""`DistributionSurfaces`: answers about symbols from the files of installed or packed distributions.

Modules are read when a question leads to them; a question that costs too much is answered with "not known".
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, MutableMapping, Sequence

from analyzers.api.conditions import ANY_TARGET, Target
from analyzers.api.lineages import Lineage
from analyzers.api.modules import Modules, Root
from analyzers.api.namespaces import Namespaces
from analyzers.api.resolution import Resolution, split
from analyzers.api.surface import ANY_NAME, ModuleKey, ModuleSurface
from analyzers.api.things import Definition, Instance, ModuleThing, Outside, OutsideInstance, Thing


class DistributionSurfaces:
    """Implements `analyzers.source.protocols.Surfaces` over trees of files.

    Args:
        roots: such as a ``site-packages`` directory; a wheel; a standard library, if it is to be known.
        target: decides tests of version and platform in the code.
        known: see `Modules`.
    """

    def __init__(
        self,
        roots: Sequence[Root],
        target: Target = ANY_TARGET,
        known: MutableMapping[ModuleKey, ModuleSurface] | None = None,
    ) -> None:
        self.modules = Modules(roots, target, known)
        self._resolution = Resolution(self.modules)
        self._namespaces = Namespaces(self.modules, self._resolution)
        self._answers: dict[tuple[str, str], str | None] = {}
        self._opened: dict[str, frozenset[str]] = {}

    def star_names(self, module: str) -> Collection[str] | None:
        """See `Surfaces.star_names`; of a module that may have more names, those that are known."""
        found = self._namespaces.star_names(module)
        return None if found is None else sorted(found)

    def returned(self, symbol: str) -> str | None:
        """See `Surfaces.returned`; by the shortest path under which packages above export the class."""
        key = ("returned", symbol)
        if key not in self._answers:
            self._answers[key] = None
            for for_types in (True, False):
                for thing in self.resolved(symbol, for_types=for_types):
                    if (found := self._one_class(thing, symbol)) is not None:
                        self._answers[key] = found
                        return found
        return self._answers[key]

    def canonical(self, symbol: str) -> str | None:
        """See `Surfaces.canonical`."""
        key = ("canonical", symbol)
        if self.modules.get(split(symbol)[0]) is None:
            return None
        if key not in self._answers:
            self._answers[key] = next(
                (path for thing in self.resolved(symbol) if (path := _path(thing)) is not None), None
            )
        return self._answers[key]

    def bases(self, symbol: str) -> tuple[str, ...]:
        """The classes at hand that a class inherits from, in the order of look-up, by place of definition."""
        for thing in self.resolved(symbol):
            if isinstance(thing, Definition) and thing.is_class:
                return tuple(each.path for each in self.lineage(thing).classes[1:])
        return ()

    def members(self, symbol: str) -> Collection[str] | None:
        """The names of what a class, with what it inherits, or a module has; None for anything else."""
        for thing in self.resolved(symbol):
            if isinstance(thing, ModuleThing):
                return sorted(self._namespaces.names(thing.name))
            if isinstance(thing, Definition) and thing.is_class:
                lineage = self.lineage(thing).classes
                return sorted({name for each in lineage for name in each.symbol.members})
        return None

    def resolved(self, symbol: str, *, for_types: bool = False) -> tuple[Thing, ...]:
        """What a dotted symbol, with ``()`` and ``[]`` as in `Use.symbol`, may be; empty if not known."""
        self._resolution.begin(for_types=for_types)
        return self._resolution.evaluated(symbol, "")

    def evaluated(self, expression: str, module: str) -> tuple[Thing, ...]:
        """What an expression in a module may be, in the notation of `analyzers.api.surface`."""
        self._resolution.begin()
        return self._resolution.evaluated(expression, module)

    def lookup(self, module: str, name: str) -> tuple[Thing, ...]:
        """What a name of a module may be, the likeliest first."""
        self._resolution.begin()
        return self._resolution.lookup(module, name)

    def names(self, module: str) -> Collection[str]:
        """Everything that a module is known to have, its submodules aside."""
        return self._namespaces.names(module)

    def was_cut(self) -> bool:
        """Whether the last question cost too much: that nothing was found says nothing then."""
        return self._resolution.was_cut

    def lineage(self, thing: Definition) -> Lineage:
        """What a class inherits from."""
        self._resolution.begin()
        return self._resolution.lineage(thing)

    def member(self, thing: Thing, name: str) -> tuple[Thing, ...]:
        """An attribute of something."""
        self._resolution.begin()
        return self._resolution.attribute(thing, name)

    def open_reason(self, module: str) -> str | None:
        """Why a module may have names that are not in sight; None for a closed one."""
        return self._namespaces.open_reason(module)

    def open_submodules(self, package: str) -> str | None:
        """Why a package may have submodules without files; None if it cannot."""
        return self._namespaces.open_submodules(package)

    def may_be_set(self, module: str, name: str) -> bool:
        """Whether another module of the same package sets an attribute of this name on something."""
        package = module.partition(".")[0]
        return name in self.modules.attributes_set(package) or module in self._opened_within(package)

    def attributes_of_others(self, module: str) -> Iterator[tuple[str, str]]:
        """What a module sets on other modules as it is imported: on which, what; see `ANY_NAME`."""
        found = self.modules.get(module)
        for expression, attribute, _ in found.source.sets if found and found.source else ():
            for thing in self.evaluated(expression, module):
                if isinstance(thing, ModuleThing):
                    yield thing.name, attribute

    def _opened_within(self, package: str) -> frozenset[str]:
        """Modules of a package on which others set attributes by computed names."""
        if package not in self._opened:
            self._opened[package] = frozenset(
                other
                for module in self.modules.setting(package)
                for other, attribute in self.attributes_of_others(module)
                if attribute == ANY_NAME
            )
        return self._opened[package]

    def _one_class(self, thing: Thing, symbol: str) -> str | None:
        """The class of what calling a thing gives; None for one of several classes."""
        given = self._resolution.results(thing)
        if any(isinstance(each, Definition) and each == thing for each in given):
            return None
        classes = {each.of.path: each for each in given if isinstance(each, Instance)}
        if len(classes) > 1:
            return None
        if not classes:
            outside = {each.path for each in given if isinstance(each, OutsideInstance)}
            return outside.pop() if len(outside) == 1 else None
        (instance,) = classes.values()
        if isinstance(thing, Definition) and thing.is_class:
            return symbol
        return self.public(instance.of)

    def public(self, thing: Definition) -> str:
        """The shortest path of packages above its module under which a definition can be had."""
        # A name that only type checkers see cannot be had.
        self._resolution.begin()
        packages = thing.module.split(".")
        first = thing.name.partition(".")[0]
        for stop in range(1, len(packages)):
            package = ".".join(packages[:stop])
            for found in self._resolution.lookup(package, first):
                if isinstance(found, Definition) and found.path == f"{thing.module}.{first}":
                    return f"{package}.{thing.name}"
        return thing.path


def _path(thing: Thing) -> str | None:
    match thing:
        case ModuleThing(name=name):
            return name
        case Definition():
            return thing.path
        case Outside(path=path):
            return path
        case _:
            return None
