"""Modules that are objects of a class: their names are those of a table, made when they are asked for.

Code puts them into ``sys.modules``, or keeps them in a table of an object that it adds to ``sys.meta_path``.
The class derives from ``types.ModuleType``; descriptors in it stand for what has moved between Pythons. They
are asked as Python asks them, by their ``__get__``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from collections.abc import Mapping as TextMapping
from typing import TypeGuard

import msgspec

from analyzers.importing.calls import followed_body
from analyzers.importing.classes import ABSENT, Absent, is_module_type, looked_up
from analyzers.importing.failures import FailureKind, SimulatedError
from analyzers.importing.late_names import is_set_in
from analyzers.importing.machine import Machine
from analyzers.importing.values import (
    UNKNOWN,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Mapping,
    Module,
    Sequence,
    Value,
    is_constant,
)

_ANSWERING = ("__getattr__", "__getattribute__", "__setattr__")
_WRITES = frozenset({"setattr", "vars", "__dict__", "__setattr__"})


def is_lazy_module(value: Value) -> TypeGuard[Instance]:
    """Whether it is an object of a class of modules."""
    return isinstance(value, Instance) and any(map(is_module_type, value.of.lineage))


class LazyModules:
    """Finds such modules, and what they have, on behalf of a `Machine`.

    Args:
        texts: of the modules that were executed, by name.
    """

    def __init__(self, machine: Machine, texts: TextMapping[str, str]) -> None:
        self._machine, self._texts = machine, texts
        self._writing: dict[int, bool] = {}

    def find(self, name: str) -> Value | None:
        """What importing a dotted name gives; None where nothing is registered under it."""
        held, finder = self._registered(name)
        if held is None or (finder is not None and not self._is_asked(finder)):
            return None
        if isinstance(held, Module | External) or is_lazy_module(held):
            return held
        above = self.find(name.rpartition(".")[0]) if "." in name else None
        getting = _getter(held)
        if getting is not None and is_lazy_module(above):
            return self._moved(getting, held, above)
        return UNKNOWN if self._machine.files.find(name) is None else None

    def lacks(self, name: str, parent: str) -> Module | None:
        """The module that was to register a dotted name, where it is sure that importing it fails."""
        held, finder = self._registered(name)
        if is_lazy_module(held) and finder is not None and not self._is_asked(finder):
            return finder.of.module
        above, finder = self._registered(parent)
        if finder is None or not is_lazy_module(above) or self._may_have(above, name.rpartition(".")[2]):
            return None
        return above.of.module if self._refuses(finder, name) else None

    def _is_asked(self, finder: Instance) -> bool:
        """Whether Python asks a finder: from 3.12 on for specifications alone."""
        if self._machine.target.python < (3, 12, 0):
            return True
        return looked_up(finder.of.lineage, "find_spec", is_open=finder.of.is_open) is not ABSENT

    def _refuses(self, finder: Instance, name: str) -> bool:
        """Whether a finder says that it has no module of a dotted name."""
        lineage, is_open = finder.of.lineage, finder.of.is_open
        asked = looked_up(lineage, "find_spec", is_open=is_open)
        if asked is ABSENT:
            asked = looked_up(lineage, "find_module", is_open=is_open)
        if not isinstance(asked, Function):
            return False
        try:
            return self._machine.call(asked, [finder, name, UNKNOWN], [], False) is None
        except SimulatedError:
            return False

    def attribute(self, module: Instance, name: str) -> Value:
        """``module.name``; fails where the module is known and does not have it."""
        message = f"module '{self._named(module)}' has no attribute '{name}'"
        return self._got(module, name, FailureKind.ATTRIBUTE, "AttributeError", message)

    def imported_name(self, module: Instance, name: str) -> Value:
        """``from module import name``."""
        message = f"cannot import name '{name}' from '{self._named(module)}'"
        return self._got(module, name, FailureKind.NAME, "ImportError", message)

    def _got(self, module: Instance, name: str, kind: FailureKind, exception: str, message: str) -> Value:
        found = self._held(module, name)
        if found is not ABSENT:
            return found
        provider = module.of.module.file.distribution
        self._machine.fail(kind, exception, message, provider=provider, where=self._named(module))
        return UNKNOWN

    def _held(self, module: Instance, name: str) -> Value | Absent:
        if name in module.attributes:
            return module.attributes[name]
        if name.startswith("__"):
            return UNKNOWN
        for cls in module.of.lineage:
            if isinstance(cls, Class) and name in cls.namespace:
                return self._bound(cls.namespace[name], module)
            if isinstance(cls, External) and not is_module_type(cls) and cls.name != "builtins.object":
                return UNKNOWN
        below = self.find(f"{self._named(module)}.{name}")
        if below is not None:
            return below
        return UNKNOWN if self._may_have(module, name) else ABSENT

    def _bound(self, held: Value, module: Instance) -> Value:
        if isinstance(held, Function):
            return Bound(held, module) if held.kind == "function" else UNKNOWN
        if isinstance(held, Instance):
            getting = _getter(held)
            if getting is not None:
                return self._moved(getting, held, module)
            return held if is_lazy_module(held) else UNKNOWN
        is_plain = is_constant(held) or isinstance(held, Class | Sequence | Mapping | Module | External)
        return held if is_plain else UNKNOWN

    def _moved(self, getting: Function, held: Value, module: Instance) -> Value:
        """What a descriptor gives; that Python has it no longer is the affair of the one that asks."""
        machine, owner = self._machine, module.of.module
        if not machine.sites or machine.sites[-1][0] is owner:
            return machine.call(getting, [held, module, module.of], [], False)
        asking = machine.site()
        try:
            return machine.call(getting, [held, module, module.of], [], False)
        except SimulatedError as error:
            failure, provider = error.failure, owner.file.distribution
            is_own = failure.consumer.module == owner.name
            if failure.kind is not FailureKind.STANDARD_LIBRARY or not is_own:
                raise
            told = msgspec.structs.replace(
                failure, consumer=asking, provider=None if asking.distribution == provider else provider
            )
            raise SimulatedError(error.bases, told, error.value) from error

    def _may_have(self, module: Instance, name: str) -> bool:
        """Whether it may have a name that was not seen to be bound in it or its class."""
        cls = module.of
        if module.is_open or cls.is_open or cls.module.is_broken_off or self._named(module) == "":
            return True
        known = [each for each in cls.lineage if isinstance(each, Class)]
        if any(answer in each.namespace for each in known for answer in _ANSWERING):
            return True
        if any(self._writes(each) for each in known):
            return True
        return any(_may_set(text, name, each == cls.module.name) for each, text in self._texts.items())

    def _writes(self, cls: Class) -> bool:
        """Whether a method of a class sets attributes of which the names are computed."""
        if id(cls) not in self._writing:
            functions = [value for value in cls.namespace.values() if isinstance(value, Function)]
            self._writing[id(cls)] = any(map(_computes_names, functions))
        return self._writing[id(cls)]

    def _registered(self, name: str) -> tuple[Value | None, Instance | None]:
        """What is registered under a dotted name, and the finder that has it in a table."""
        if name in self._machine.placed:
            return self._machine.placed[name], None
        for finder in self._machine.finders:
            for table in finder.attributes.values():
                if isinstance(table, Mapping) and name in table.items:
                    return table.items[name], finder
        return None, None

    def _named(self, module: Instance) -> str:
        """The first dotted name that a module is registered under; empty where there is none."""
        return next((name for name, value in self._all() if value is module), "")

    def _all(self) -> Iterator[tuple[str, Value]]:
        yield from self._machine.placed.items()
        for finder in self._machine.finders:
            for table in finder.attributes.values():
                if isinstance(table, Mapping):
                    yield from ((name, value) for name, value in table.items.items() if isinstance(name, str))


def _computes_names(function: Function) -> bool:
    """Whether a method may set attributes of which the names are not in it."""
    body = followed_body(function)
    if body is None:
        return True
    pending = body if isinstance(body, list) else [body]
    nodes = (each for part in pending for each in ast.walk(part))
    return not _WRITES.isdisjoint(getattr(each, "id", getattr(each, "attr", None)) for each in nodes)


def _may_set(text: str, name: str, is_own: bool) -> bool:
    """Whether code that was not followed may give a module a name, which it must spell.

    Args:
        is_own: it is that of the class, which spells names of its table too.
    """
    if name not in text:
        return False
    if re.search(rf"\.{re.escape(name)}\s*=[^=]", text) is not None:
        return True
    return is_set_in(text, name) if is_own else f"'{name}'" in text or f'"{name}"' in text


def _getter(value: Value) -> Function | None:
    """The ``__get__`` of an object that is a descriptor."""
    if not isinstance(value, Instance):
        return None
    found = looked_up(value.of.lineage, "__get__", is_open=value.of.is_open)
    return found if isinstance(found, Function) else None
