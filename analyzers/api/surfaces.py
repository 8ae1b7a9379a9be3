"""`DistributionSurfaces`: answers about symbols from the files of installed or packed distributions.

Modules are read when a question leads to them. Each question has a budget; one that exceeds it is answered
with "not known".
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Collection, Iterator, MutableMapping, Sequence
from typing import NamedTuple

from analyzers.api.conditions import ANY_TARGET, Target
from analyzers.api.modules import Module, Modules, Root
from analyzers.api.surface import SELF, ModuleKey, ModuleSurface, Symbol, SymbolKind
from analyzers.api.things import Definition, Instance, ModuleThing, Outside, OutsideInstance, Thing

_BUDGET = 4_000
_DEPTH = 60
_LIMIT_THINGS = 6
_LIMIT_MRO = 60
_STEP = re.compile(r"\.[^\W\d]\w*|\(\)|\[\]")
_OBJECT_NAMES = frozenset(dir(object)) | {"__dict__", "__module__", "__weakref__", "__annotations__"}
_CLASS_NAMES = frozenset(dir(type))
_MODULE_NAMES = frozenset(
    {"__name__", "__doc__", "__file__", "__path__", "__package__", "__spec__", "__dict__"}
)
_MODULE_NAMES |= {"__loader__", "__builtins__", "__cached__", "__class__"}
_OPEN_FOR_NOTHING = frozenset(
    {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"}
    | {"typing_extensions.Generic"}
)


class Lineage(NamedTuple):
    """A class and what it inherits from, in the order of look-up.

    Attributes:
        open: why it may have members that are not in sight.
    """

    classes: tuple[Definition, ...]
    open: str | None


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
        self._looked_up: dict[tuple[str, str, bool], tuple[Thing, ...]] = {}
        self._under_way: set[tuple[str, str, bool]] = set()
        self._lineages: dict[tuple[str, str], Lineage] = {}
        self._openness: dict[str, str | None] = {}
        self._answers: dict[tuple[str, str], str | None] = {}
        self._budget = _BUDGET
        # Annotations may name what only type checkers import, and stubs know more of types than sources.
        self._for_types = False

    # Questions.

    def star_names(self, module: str) -> Collection[str] | None:
        """See `Surfaces.star_names`; of a module that may have more names, those that are known."""
        self._budget = _BUDGET
        found = self._star_names(module, frozenset())
        return None if found is None else sorted(found)

    def returned(self, symbol: str) -> str | None:
        """See `Surfaces.returned`; by the shortest path under which packages above export the class."""
        return self._class_of("returned", symbol, symbol + "()")

    def value_class(self, symbol: str) -> str | None:
        """The class of the object that a symbol is: a property, an attribute, a value of a module."""
        return self._class_of("value", symbol, symbol)

    def canonical(self, symbol: str) -> str | None:
        """See `Surfaces.canonical`."""
        key = ("canonical", symbol)
        if self.modules.get(_split(symbol)[0]) is None:
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
                return tuple(each.path for each in self._lineage(thing, 0).classes[1:])
        return ()

    def members(self, symbol: str) -> Collection[str] | None:
        """The names of what a class, with what it inherits, or a module has; None for anything else."""
        for thing in self.resolved(symbol):
            if isinstance(thing, ModuleThing):
                return sorted(self._names(thing.name, frozenset()))
            if isinstance(thing, Definition) and thing.is_class:
                lineage = self._lineage(thing, 0).classes
                return sorted({name for each in lineage for name in each.symbol.members})
        return None

    def resolved(self, symbol: str, *, for_types: bool = False) -> tuple[Thing, ...]:
        """What a dotted symbol, with ``()`` and ``[]`` as in `Use.symbol`, may be; empty if not known."""
        self._budget, self._for_types = _BUDGET, for_types
        self._under_way.clear()
        return self._evaluated(symbol, "", None, 0)

    def lineage(self, thing: Definition) -> Lineage:
        """What a class inherits from."""
        self._budget = _BUDGET
        return self._lineage(thing, 0)

    def member(self, thing: Thing, name: str) -> tuple[Thing, ...]:
        """An attribute of something."""
        self._budget = _BUDGET
        return self._attribute(thing, name, 0)

    def open_reason(self, module: str) -> str | None:
        """Why a module may have names that are not in sight; None for a closed one."""
        if module not in self._openness:
            self._openness[module] = self._open_reason(module, frozenset())
        return self._openness[module]

    def may_be_set(self, module: str, name: str) -> bool:
        """Whether another module of the same package sets an attribute of this name on something."""
        return name in self.modules.attributes_set(module.partition(".")[0])

    def open_submodules(self, package: str) -> str | None:
        """Why a package may have submodules without files; None if it cannot."""
        parts = package.split(".")
        for stop in range(len(parts), 0, -1):
            found = self.modules.get(".".join(parts[:stop]))
            if found is None:
                return "it is not at hand"
            if found.is_namespace:
                return "it is a namespace package"
            for surface in found.surfaces:
                if surface.open_submodules:
                    return surface.open_submodules[0]
                if "sys.modules[__name__] is replaced" in surface.open:
                    return "sys.modules[__name__] is replaced"
        return None

    def _class_of(self, question: str, symbol: str, expression: str) -> str | None:
        key = (question, symbol)
        if key not in self._answers:
            self._answers[key] = None
            for for_types in (True, False):
                for thing in self.resolved(expression, for_types=for_types):
                    for settled in self._settled(thing, 0):
                        if (found := self._instance_name(settled, symbol)) is not None:
                            self._answers[key] = found
                            return found
        return self._answers[key]

    def _instance_name(self, thing: Thing, symbol: str) -> str | None:
        if isinstance(thing, OutsideInstance):
            return thing.path
        if not isinstance(thing, Instance):
            return None
        if any(
            isinstance(each, Definition) and each.path == thing.of.path
            for each in self._evaluated(symbol, "", None, 0)
        ):
            return symbol
        return self.public(thing.of)

    def public(self, thing: Definition) -> str:
        """The shortest path of packages above its module under which a definition can be had."""
        # A name that only type checkers see cannot be had.
        self._for_types = False
        packages = thing.module.split(".")
        first = thing.name.partition(".")[0]
        for stop in range(1, len(packages)):
            package = ".".join(packages[:stop])
            for found in self._lookup(package, first, 1):
                if isinstance(found, Definition) and found.path == f"{thing.module}.{first}":
                    return f"{package}.{thing.name}"
        return thing.path

    # Expressions.

    def _evaluated(
        self, expression: str, module: str, self_: Definition | Instance | None, depth: int
    ) -> tuple[Thing, ...]:
        self._budget -= 1
        if self._budget < 0 or depth > _DEPTH or len(expression) > 1_000:
            return ()
        root, steps = _split(expression)
        if root == SELF:
            return self._stepped((self_,), steps, depth) if self_ is not None else ()
        if root.startswith(":"):
            found = self._lookup(module, root[1:], depth + 1)
            if not found and hasattr(builtins, root[1:]):
                found = (Outside(f"builtins.{root[1:]}"),)
            return self._stepped(found, steps, depth)
        if root.startswith("."):
            base = self._package(module, len(root))
            return self._imported(base, steps, depth) if base else ()
        return self._imported(root, steps, depth)

    def _package(self, module: str, dots: int) -> str:
        found = self.modules.get(module)
        parts = module.split(".")
        up = dots - 1 if found is not None and found.is_package else dots
        return ".".join(parts[: len(parts) - up]) if up < len(parts) else ""

    def _starred(self, expression: str, module: str) -> str | None:
        """The module that a star import names, whatever else goes by that name."""
        name = expression
        if expression.startswith("."):
            root, steps = _split(expression)
            name = self._package(module, len(root)) + "".join(steps)
        return name if self.modules.get(name) is not None else None

    def _imported(self, root: str, steps: list[str], depth: int) -> tuple[Thing, ...]:
        """A dotted path as import statements write it: modules first, the last name an attribute."""
        if self.modules.get(root) is None:
            thing: tuple[Thing, ...] = (Outside(root),)
            return self._stepped(thing, steps, depth)
        name, taken = root, 0
        while taken < len(steps) - 1 and steps[taken].startswith("."):
            if self.modules.get(name + steps[taken]) is None:
                break
            name += steps[taken]
            taken += 1
        found = self._stepped((ModuleThing(name),), steps[taken:], depth)
        if not found and taken:
            found = self._stepped((ModuleThing(root),), steps, depth)
        return found

    def _stepped(self, things: Sequence[Thing], steps: list[str], depth: int) -> tuple[Thing, ...]:
        current = tuple(things)
        for step in steps:
            following: dict[Thing, None] = {}
            for thing in current:
                for settled in self._settled(thing, depth + 1):
                    following |= dict.fromkeys(self._step(settled, step, depth + 1))
                if len(following) >= _LIMIT_THINGS:
                    break
            current = tuple(following)[:_LIMIT_THINGS]
            if not current:
                break
        return current

    def _step(self, thing: Thing, step: str, depth: int) -> tuple[Thing, ...]:
        self._budget -= 1
        if self._budget < 0 or depth > _DEPTH:
            return ()
        if step == "()":
            return self._called(thing, depth)
        if step == "[]":
            items = self._attribute(thing, "__getitem__", depth) if isinstance(thing, Instance) else ()
            return tuple(result for item in items for result in self._called(item, depth))
        return self._attribute(thing, step[1:], depth)

    def _settled(self, thing: Thing, depth: int) -> tuple[Thing, ...]:
        """What a value or a property is, in place of the name for it."""
        if not isinstance(thing, Definition) or depth > _DEPTH:
            return (thing,)
        symbol = thing.symbol
        if symbol.kind not in (SymbolKind.VALUE, SymbolKind.PROPERTY):
            return (thing,)
        if symbol.kind is SymbolKind.PROPERTY and not isinstance(thing.owner, Instance):
            return (thing,)
        found: dict[Thing, None] = {}
        for value in symbol.values:
            for each in self._evaluated(value, thing.module, thing.owner, depth + 1):
                if each != thing:
                    found |= dict.fromkeys(self._settled(each, depth + 5))
        return tuple(found)[:_LIMIT_THINGS]

    def _called(self, thing: Thing, depth: int) -> tuple[Thing, ...]:
        match thing:
            case Definition() if thing.is_class:
                return (Instance(thing.of(None)),)
            case Definition(symbol=symbol) if symbol.kind is SymbolKind.FUNCTION:
                owner = thing.owner
                if isinstance(owner, Definition):
                    owner = Instance(owner)
                found: dict[Thing, None] = {}
                for value in symbol.values:
                    found |= dict.fromkeys(self._evaluated(value, thing.module, owner, depth + 1))
                return tuple(found)[:_LIMIT_THINGS]
            case Instance():
                calls = self._attribute(thing, "__call__", depth)
                return tuple(
                    result
                    for call in calls
                    if isinstance(call, Definition) and call.symbol.kind is SymbolKind.FUNCTION
                    for result in self._called(call, depth + 1)
                )
            case Outside(path=path) if _seems_class(path):
                return (OutsideInstance(path),)
            case _:
                return ()

    def _attribute(self, thing: Thing, name: str, depth: int) -> tuple[Thing, ...]:
        match thing:
            case ModuleThing(name=module):
                return self._lookup(module, name, depth + 1)
            case Instance(of=of):
                return (of,) if name == "__class__" else self._member(of, name, thing, depth)
            case Definition() if thing.is_class:
                return self._member(thing, name, thing.of(None), depth)
            case Outside(path=path) | OutsideInstance(path=path):
                return (Outside(f"{path}.{name}"),)
            case _:
                return ()

    def _member(
        self, of: Definition, name: str, owner: Definition | Instance, depth: int
    ) -> tuple[Thing, ...]:
        for each in self._lineage(of, depth).classes:
            symbols = each.symbol.members.get(name)
            if symbols is None:
                continue
            found: dict[Thing, None] = {}
            for symbol in symbols:
                member = Definition(each.module, f"{each.name}.{name}", symbol, owner)
                if symbol.kind is not SymbolKind.ALIAS:
                    found[member] = None
                    continue
                targets = [
                    target
                    for value in symbol.values
                    for target in self._evaluated(value, each.module, owner, depth + 1)
                ]
                for target in targets:
                    if isinstance(target, Definition) and target.symbol.kind is SymbolKind.FUNCTION:
                        target = target.of(owner)
                    found[target] = None
                if not targets:
                    found[member] = None
            return tuple(found)[:_LIMIT_THINGS]
        return ()

    # Names of modules.

    def _lookup(self, module: str, name: str, depth: int) -> tuple[Thing, ...]:
        self._budget -= 1
        key = (module, name, self._for_types)
        if key in self._looked_up:
            return self._looked_up[key]
        if self._budget < 0 or depth > _DEPTH:
            return ()
        found = self.modules.get(module)
        if found is None:
            return ()
        if key in self._under_way:
            return self._submodule(module, name)
        self._under_way.add(key)
        try:
            things = self._bound(found, name, depth)
        finally:
            self._under_way.discard(key)
        # What was cut short, by the budget or by a circle, is not the last word.
        if self._budget >= 0 and (things or not self._under_way):
            self._looked_up[key] = things
        return things

    def _bound(self, module: Module, name: str, depth: int) -> tuple[Thing, ...]:
        found: dict[Thing, None] = {}
        surfaces = module.surfaces
        for surface in reversed(surfaces) if self._for_types else surfaces:
            for symbol in surface.symbols.get(name, ()):
                if self._counts(module, surface, symbol):
                    found |= dict.fromkeys(self._meaning(module.name, name, symbol, depth))
        if found:
            return _best_first(tuple(found))[:_LIMIT_THINGS]
        for surface in surfaces:
            for star in surface.stars:
                source = self._starred(star, module.name)
                if source is None or not self._may_export(source, name):
                    continue
                if things := self._lookup(source, name, depth + 1):
                    return things
        if submodule := self._submodule(module.name, name):
            return submodule
        for surface in surfaces:
            for delegate in surface.delegates:
                for asked in self._evaluated(delegate, module.name, None, depth + 1):
                    if things := self._attribute(asked, name, depth + 1):
                        return things
        return ()

    def _counts(self, module: Module, surface: ModuleSurface, symbol: Symbol) -> bool:
        if self._for_types:
            return True
        return not symbol.is_type_only and not (module.is_foreign_stub and surface is module.stub)

    def _meaning(self, module: str, name: str, symbol: Symbol, depth: int) -> Iterator[Thing]:
        if symbol.kind is not SymbolKind.ALIAS:
            yield Definition(module, name, symbol)
            return
        is_known = False
        for value in symbol.values:
            for thing in self._evaluated(value, module, None, depth + 1):
                is_known = True
                yield thing
            if is_known:
                return
        yield Definition(module, name, Symbol(SymbolKind.VALUE, symbol.line))

    def _submodule(self, module: str, name: str) -> tuple[Thing, ...]:
        return (ModuleThing(f"{module}.{name}"),) if self.modules.get(f"{module}.{name}") else ()

    def _may_export(self, module: str, name: str) -> bool:
        found = self.modules.get(module)
        if found is None:
            return False
        for surface in found.surfaces:
            if surface.exports is None:
                if not name.startswith("_"):
                    return True
            elif name in surface.exports or surface.exports_of or surface.are_exports_open:
                return True
        return False

    def _star_names(self, module: str, above: frozenset[str]) -> set[str] | None:
        found = self.modules.get(module)
        if found is None or module in above or len(above) > _DEPTH or not found.surfaces:
            return set() if module in above else None
        names: set[str] = set()
        for surface in found.surfaces[:1]:
            if surface.exports is not None:
                names |= set(surface.exports)
                for expression in surface.exports_of:
                    for source in self._evaluated(expression, module, None, 1):
                        if isinstance(source, ModuleThing):
                            names |= self._star_names(source.name, above | {module}) or set()
            if surface.exports is None or surface.are_exports_open:
                names |= {
                    name
                    for name, symbols in surface.symbols.items()
                    if not name.startswith("_") and not all(symbol.is_type_only for symbol in symbols)
                }
                for star in surface.stars:
                    if (starred := self._starred(star, module)) is not None:
                        names |= self._star_names(starred, above | {module}) or set()
        return names

    def _names(self, module: str, above: frozenset[str]) -> set[str]:
        """Everything that a module is known to have, its submodules aside."""
        found = self.modules.get(module)
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
                if (starred := self._starred(star, module)) is not None:
                    names |= self._star_names(starred, above | {module}) or set()
            for delegate in surface.delegates:
                for source in self._evaluated(delegate, module, None, 1):
                    if isinstance(source, ModuleThing):
                        names |= self._names(source.name, above | {module})
        return names

    def _open_reason(self, module: str, above: frozenset[str]) -> str | None:
        found = self.modules.get(module)
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
            starred = self._starred(expression, module)
            if starred is None:
                return f"star import of {expression}"
            if reason := self._open_star(starred, above | {module}):
                return f"star import of {starred}: {reason}"
        for expression in found.source.delegates:
            for thing in self._evaluated(expression, module, None, 1) or (None,):
                if not isinstance(thing, ModuleThing):
                    return "__getattr__"
                if reason := self._open_reason(thing.name, above | {module}):
                    return f"__getattr__ asks {thing.name}: {reason}"
        return None

    def _open_star(self, module: str, above: frozenset[str]) -> str | None:
        """Why ``from module import *`` may bind more than is known; a plain ``__all__`` says it all."""
        found = self.modules.get(module)
        source = found.source if found else None
        if source is not None and source.exports is not None and not source.are_exports_open:
            for expression in source.exports_of:
                for thing in self._evaluated(expression, module, None, 1) or (None,):
                    if not isinstance(thing, ModuleThing):
                        return f"{expression[1:]}.__all__"
                    if thing.name not in above and (reason := self._open_star(thing.name, above | {module})):
                        return reason
            return None
        return self._open_reason(module, above)

    # Classes.

    def _lineage(self, of: Definition, depth: int) -> Lineage:
        key = (of.module, of.name)
        if key not in self._lineages:
            self._lineages[key] = Lineage((of,), "it inherits from itself")
            before = self._for_types
            self._for_types = True
            try:
                self._lineages[key] = self._inherited(of, depth + 1)
            finally:
                self._for_types = before
                if self._budget < 0:
                    del self._lineages[key]
            return self._lineages.get(key, Lineage((of,), "it takes too long to follow"))
        return self._lineages[key]

    def _inherited(self, of: Definition, depth: int) -> Lineage:
        own = self._same_class(of)
        reason = next((each.symbol.open for each in own if each.symbol.open), None)
        parents: list[Lineage] = []
        for each in own:
            for expression in each.symbol.values:
                things = self._evaluated(expression, each.module, None, depth + 1)
                settled = [found for thing in things for found in self._settled(thing, depth + 1)]
                base = next(
                    (
                        thing
                        for thing in settled
                        if isinstance(thing, Outside) or (isinstance(thing, Definition) and thing.is_class)
                    ),
                    None,
                )
                if isinstance(base, Definition):
                    parents.append(self._lineage(base.of(None), depth + 1))
                elif base is None or base.path not in _OPEN_FOR_NOTHING:
                    reason = reason or f"its base {expression.lstrip(':')} is not at hand"
        reason = reason or next((parent.open for parent in parents if parent.open), None)
        return Lineage((*own, *_merged([list(parent.classes) for parent in parents]))[:_LIMIT_MRO], reason)

    def _same_class(self, of: Definition) -> tuple[Definition, ...]:
        """The class in the source and in the stub, the one in the stub first where types are asked for."""
        module = self.modules.get(of.module)
        if module is None or "." in of.name:
            return (of,)
        found = [
            Definition(of.module, of.name, symbol)
            for surface in module.surfaces
            for symbol in surface.symbols.get(of.name, ())
            if symbol.kind is SymbolKind.CLASS
        ]
        # Types are stated in the stub, where there is one.
        return tuple(reversed(found)) or (of,)


def _split(expression: str) -> tuple[str, list[str]]:
    """The root of an expression and its steps."""
    if expression.startswith("."):
        dots = len(expression) - len(expression.lstrip("."))
        rest = expression[dots:]
        return "." * dots, _STEP.findall("." + rest) if rest else []
    stop = next((at for at, letter in enumerate(expression) if at and letter in ".(["), len(expression))
    return expression[:stop], _STEP.findall(expression[stop:])


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


def _seems_class(path: str) -> bool:
    """What lies outside is taken for a class by its name, or where the interpreter has it built in."""
    module, _, name = path.rpartition(".")
    if module == "builtins":
        return isinstance(getattr(builtins, name, None), type)
    return name[:1].isupper()


def _best_first(things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Definitions and modules before values and what is not at hand, such as a fallback of None."""

    def rank(thing: Thing) -> int:
        match thing:
            case Definition(symbol=symbol):
                return 1 if symbol.kind is SymbolKind.VALUE else 0
            case Outside():
                return 2
            case _:
                return 0

    return tuple(sorted(things, key=rank))


def _merged(lineages: list[list[Definition]]) -> list[Definition]:
    """The parents' lines of descent as one, by C3; where they contradict each other, in their order."""
    merged: list[Definition] = []
    pending = [line for line in lineages if line]
    while pending and len(merged) < _LIMIT_MRO:
        head = next(
            (line[0] for line in pending if not any(line[0] in other[1:] for other in pending)), pending[0][0]
        )
        merged.append(head)
        pending = [rest for line in pending if (rest := [each for each in line if each != head])]
    return merged
