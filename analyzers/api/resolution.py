"""What an expression turns out to be: follows names through modules, re-exports, classes and return types.

Each question has a budget; what exceeds it, or turns in a circle, gives nothing.
"""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence

from analyzers.api.lineages import LIMIT_LINEAGE, OPEN_FOR_NOTHING, Lineage, merged, same_class
from analyzers.api.modules import Module, Modules
from analyzers.api.surface import SELF, ModuleSurface, Symbol, SymbolKind
from analyzers.api.things import Definition, Instance, ModuleThing, Outside, OutsideInstance, Thing

_BUDGET = 4_000
_DEPTH = 60
_NO_CIRCLE = 1 << 30
_LIMIT_LENGTH = 1_000
_LIMIT_THINGS = 6
_STEP = re.compile(r"\.[^\W\d]\w*|\(\)|\[\]")


class Resolution:
    """Resolves expressions over modules; see `analyzers.api.surface` for the notation.

    Attributes:
        was_cut: the question under way cost too much: that nothing was found says nothing.
    """

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._looked_up: dict[tuple[str, str, bool], tuple[Thing, ...]] = {}
        # Look-ups that wait for others, with their depth, and the least depth that a circle has led back to.
        self._under_way: dict[tuple[str, str, bool], int] = {}
        self._circle = _NO_CIRCLE
        self._lineages: dict[tuple[str, str], Lineage] = {}
        self._budget = _BUDGET
        self._for_types = False
        self.was_cut = False

    def begin(self, *, for_types: bool = False) -> None:
        """Start a question with a fresh budget.

        Args:
            for_types: names that only type checkers import count, and stubs come before sources, since they
                know more of types.
        """
        self._budget, self._for_types, self.was_cut = _BUDGET, for_types, False
        self._under_way.clear()
        self._circle = _NO_CIRCLE

    def evaluated(
        self, expression: str, module: str, self_: Definition | Instance | None = None, depth: int = 0
    ) -> tuple[Thing, ...]:
        """What an expression may be.

        Args:
            expression: in the notation of surfaces.
            module: in which it stands; empty for an absolute path.
            self_: what ``@`` stands for.
            depth: how deep the question is already.
        """
        if self._is_spent(depth if len(expression) <= _LIMIT_LENGTH else _DEPTH + 1):
            return ()
        root, steps = split(expression)
        if root == SELF:
            return self._stepped((self_,), steps, depth) if self_ is not None else ()
        if root.startswith(":"):
            found = self.lookup(module, root[1:], depth + 1)
            if not found and hasattr(builtins, root[1:]):
                found = (Outside(f"builtins.{root[1:]}"),)
            return self._stepped(found, steps, depth)
        if root.startswith("."):
            base = self._package(module, len(root))
            return self._imported(base, steps, depth) if base else ()
        return self._imported(root, steps, depth)

    def _is_spent(self, depth: int) -> bool:
        self._budget -= 1
        if self._budget < 0 or depth > _DEPTH:
            self.was_cut = True
        return self._budget < 0 or depth > _DEPTH

    def _package(self, module: str, dots: int) -> str:
        found = self._modules.get(module)
        parts = module.split(".")
        up = dots - 1 if found is not None and found.is_package else dots
        return ".".join(parts[: len(parts) - up]) if up < len(parts) else ""

    def starred(self, expression: str, module: str) -> str | None:
        """The module that a star import names, whatever else goes by that name."""
        name = expression
        if expression.startswith("."):
            root, steps = split(expression)
            name = self._package(module, len(root)) + "".join(steps)
        return name if self._modules.get(name) is not None else None

    def _imported(self, root: str, steps: list[str], depth: int) -> tuple[Thing, ...]:
        """A dotted path as import statements write it: modules first, the last name an attribute."""
        if self._modules.get(root) is None:
            thing: tuple[Thing, ...] = (Outside(root),)
            return self._stepped(thing, steps, depth)
        name, taken = root, 0
        while taken < len(steps) - 1 and steps[taken].startswith("."):
            if self._modules.get(name + steps[taken]) is None:
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
                for settled in self.settled(thing, depth + 1):
                    following |= dict.fromkeys(self._step(settled, step, depth + 1))
                if len(following) >= _LIMIT_THINGS:
                    break
            current = tuple(following)[:_LIMIT_THINGS]
            if not current:
                break
        return current

    def _step(self, thing: Thing, step: str, depth: int) -> tuple[Thing, ...]:
        if self._is_spent(depth):
            return ()
        if step == "()":
            return self._called(thing, depth)
        if step == "[]":
            items = self.attribute(thing, "__getitem__", depth) if isinstance(thing, Instance) else ()
            return tuple(result for item in items for result in self._called(item, depth))
        return self.attribute(thing, step[1:], depth)

    def settled(self, thing: Thing, depth: int = 0) -> tuple[Thing, ...]:
        """What a value or a property is, in place of the name for it."""
        if not isinstance(thing, Definition) or self._is_spent(depth):
            return (thing,)
        symbol = thing.symbol
        if symbol.kind not in (SymbolKind.VALUE, SymbolKind.PROPERTY):
            return (thing,)
        if symbol.kind is SymbolKind.PROPERTY and not isinstance(thing.owner, Instance):
            return (thing,)
        found: dict[Thing, None] = {}
        for value in symbol.values:
            for each in self.evaluated(value, thing.module, thing.owner, depth + 1):
                if each != thing:
                    found |= dict.fromkeys(self.settled(each, depth + 5))
        return tuple(found)[:_LIMIT_THINGS]

    def results(self, thing: Thing) -> tuple[Thing, ...]:
        """What calling something gives."""
        return tuple(
            result
            for settled in self.settled(thing)
            for given in self._called(settled, 1)
            for result in self.settled(given, 1)
        )

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
                    found |= dict.fromkeys(self.evaluated(value, thing.module, owner, depth + 1))
                return tuple(found)[:_LIMIT_THINGS]
            case Instance():
                calls = self.attribute(thing, "__call__", depth)
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

    def attribute(self, thing: Thing, name: str, depth: int = 0) -> tuple[Thing, ...]:
        """What an attribute of something is, found through what a class inherits from."""
        match thing:
            case ModuleThing(name=module):
                return self.lookup(module, name, depth + 1)
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
        for each in self.lineage(of, depth).classes:
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
                    for target in self.evaluated(value, each.module, owner, depth + 1)
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

    def lookup(self, module: str, name: str, depth: int = 0) -> tuple[Thing, ...]:
        """What a name of a module is: bound by it, by a star import, a submodule, or made on request."""
        key = (module, name, self._for_types)
        if key in self._looked_up:
            return self._looked_up[key]
        if self._is_spent(depth):
            return ()
        found = self._modules.get(module)
        if found is None:
            return ()
        if key in self._under_way:
            self._circle = min(self._circle, self._under_way[key])
            return self._submodule(module, name)
        place = len(self._under_way)
        self._under_way[key] = place
        try:
            things = self._bound(found, name, depth)
        finally:
            del self._under_way[key]
        # What waits for the answer of an outer look-up, or was cut short, is not the last word.
        if self._circle >= place:
            self._circle = _NO_CIRCLE
            if not self.was_cut:
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
            if all(_says_nothing(thing) for thing in found):
                # A name that is made on request, of which nothing is told, is the module that it names.
                return (*self._submodule(module.name, name), *found)[:_LIMIT_THINGS]
            return _best_first(tuple(found))[:_LIMIT_THINGS]
        for surface in surfaces:
            for star in surface.stars:
                source = self.starred(star, module.name)
                if source is None or not self._may_export(source, name):
                    continue
                if things := self.lookup(source, name, depth + 1):
                    return things
        if submodule := self._submodule(module.name, name):
            return submodule
        for surface in surfaces:
            for delegate in surface.delegates:
                for asked in self.evaluated(delegate, module.name, None, depth + 1):
                    if things := self.attribute(asked, name, depth + 1):
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
            for thing in self.evaluated(value, module, None, depth + 1):
                is_known = True
                yield thing
            if is_known:
                return
        yield Definition(module, name, Symbol(SymbolKind.VALUE, symbol.line))

    def _submodule(self, module: str, name: str) -> tuple[Thing, ...]:
        return (ModuleThing(f"{module}.{name}"),) if self._modules.get(f"{module}.{name}") else ()

    def _may_export(self, module: str, name: str) -> bool:
        found = self._modules.get(module)
        if found is None:
            return False
        for surface in found.surfaces:
            if surface.exports is None:
                if not name.startswith("_"):
                    return True
            elif name in surface.exports or surface.exports_of or surface.are_exports_open:
                return True
        return False

    def lineage(self, of: Definition, depth: int = 0) -> Lineage:
        """What a class inherits from."""
        key = (of.module, of.name)
        if key not in self._lineages:
            self._lineages[key] = Lineage((of,), "it inherits from itself")
            before = self._for_types
            self._for_types = True
            try:
                self._lineages[key] = self._inherited(of, depth + 1)
            finally:
                self._for_types = before
                if self.was_cut:
                    del self._lineages[key]
            return self._lineages.get(key, Lineage((of,), "it takes too long to follow"))
        return self._lineages[key]

    def _inherited(self, of: Definition, depth: int) -> Lineage:
        own = same_class(of, self._modules)
        reason = next((each.symbol.open for each in own if each.symbol.open), None)
        parents: list[Lineage] = []
        for each in own:
            for expression in each.symbol.values:
                things = self.evaluated(expression, each.module, None, depth + 1)
                settled = [found for thing in things for found in self.settled(thing, depth + 1)]
                base = next(
                    (
                        thing
                        for thing in settled
                        if isinstance(thing, Outside) or (isinstance(thing, Definition) and thing.is_class)
                    ),
                    None,
                )
                if isinstance(base, Definition):
                    parents.append(self.lineage(base.of(None), depth + 1))
                elif base is None or base.path not in OPEN_FOR_NOTHING:
                    reason = reason or f"its base {expression.lstrip(':')} is not at hand"
        reason = reason or next((parent.open for parent in parents if parent.open), None)
        return Lineage((*own, *merged([list(parent.classes) for parent in parents]))[:LIMIT_LINEAGE], reason)


def split(expression: str) -> tuple[str, list[str]]:
    """The root of an expression and its steps."""
    if expression.startswith("."):
        dots = len(expression) - len(expression.lstrip("."))
        rest = expression[dots:]
        return "." * dots, _STEP.findall("." + rest) if rest else []
    stop = next((at for at, letter in enumerate(expression) if at and letter in ".(["), len(expression))
    return expression[:stop], _STEP.findall(expression[stop:])


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


def _says_nothing(thing: Thing) -> bool:
    if not isinstance(thing, Definition):
        return False
    symbol = thing.symbol
    return symbol.kind is SymbolKind.VALUE and not symbol.values and not symbol.text
