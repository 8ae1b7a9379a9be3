"""Attributes of values: read, asked for, and set."""

from __future__ import annotations

from packaging.version import Version

from analyzers.importing.classes import ABSENT, is_module_type, looked_up
from analyzers.importing.failures import FailureKind, SimulatedError
from analyzers.importing.lazy_modules import is_lazy_module
from analyzers.importing.machine import Machine
from analyzers.importing.values import (
    UNKNOWN,
    Bound,
    Class,
    External,
    Function,
    Instance,
    Mapping,
    Method,
    Module,
    ModuleNames,
    Sequence,
    State,
    Super,
    Value,
    escape,
    is_constant,
)
from analyzers.importing.versions import version_attribute

_MODULE_NAMES = frozenset(
    {"__file__", "__doc__", "__path__", "__spec__", "__loader__", "__package__", "__builtins__", "__class__",
     "__cached__", "__annotations__", "__dir__", "__getattribute__", "__setattr__", "__repr__",
     "__warningregistry__"}
)  # fmt: skip
_NOBODYS = "a_name_that_no_module_has"


class Attributes:
    """Reads and sets attributes on behalf of a `Machine`."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._refusals: dict[str, str | None] = {}

    def get(self, value: Value, name: str) -> Value:
        """``value.name``."""
        match value:
            case Module():
                return self._of_module(value, name)
            case Class() | Function() if name == "__module__":
                return value.module.namespace.get("__name__", UNKNOWN)
            case Class() if name == "__name__" and not value.is_open:
                return value.name
            case Class():
                found = looked_up(value.lineage, name, is_open=value.is_open)
                return self._from_class(found, value)
            case Instance():
                return self._of_instance(value, name)
            case Super():
                return self._of_super(value, name)
            case External():
                return UNKNOWN if value.is_made else self._of_external(value, name)
            case ModuleNames() | Sequence() | Mapping():
                return Method(value, name)
            case Function() if name == "__name__":
                return UNKNOWN if value.is_renamed else value.name
            case Function() if name == "__globals__":
                return ModuleNames(value.module)
            case Version():
                return version_attribute(value, name)
            case str():
                return Method(value, name)
        return UNKNOWN

    def has(self, value: Value, name: str) -> bool | None:
        """``hasattr(value, name)``; None where that is not known."""
        if isinstance(value, Module):
            try:
                with self._machine.certainly():
                    found = self._of_module(value, name)
            except SimulatedError as error:
                return False if "AttributeError" in error.bases else None
            return True if found is not UNKNOWN or name in value.namespace else None
        if isinstance(value, Class):
            found = looked_up(value.lineage, name, is_open=value.is_open)
            return None if found is UNKNOWN or found is ABSENT else True
        if isinstance(value, Instance):
            return True if name in value.attributes else None
        if isinstance(value, str):
            return hasattr(value, name)
        return None

    def set(self, value: Value, name: str, new: Value) -> None:
        """``value.name = new``; what may not happen makes the attribute unknown."""
        kept = new if self._machine.certain else UNKNOWN
        match value:
            case Module():
                value.namespace[name] = kept
                if name == "__class__":
                    value.open("it is made an object of another class")
            case Class():
                value.namespace[name] = kept
            case Instance():
                value.attributes[name] = kept
                if self._is_managed(value.of, name):
                    escape(value)
            case Function() if name == "__name__":
                value.is_renamed = True

    def _is_managed(self, cls: Class, name: str) -> bool:
        """Whether setting an attribute of an instance may run code, as of a property, which sets others."""
        lineage = [base for base in cls.lineage if not is_module_type(base)]
        if isinstance(looked_up(lineage, "__setattr__", is_open=False), Function):
            return True
        held = looked_up(lineage, name, is_open=False)
        if isinstance(held, Function):
            return held.kind == "property"
        return held is UNKNOWN

    def _of_module(self, module: Module, name: str) -> Value:
        namespace = module.namespace
        if name in namespace:
            return namespace[name]
        if name in _MODULE_NAMES:
            return UNKNOWN
        if name == "__dict__":
            return ModuleNames(module)
        machine = self._machine
        submodule = f"{module.name}.{name}"
        if submodule in machine.modules or machine.files.find(submodule) is not None:
            return machine.modules.get(submodule, UNKNOWN)
        if module.state is State.RUNNING:
            return UNKNOWN
        answering = namespace.get("__getattr__")
        if answering is not None:
            return self._answered(module, answering, name)
        if self._may_have(module, name):
            return UNKNOWN
        self._lacks(module, name)
        return UNKNOWN

    def _may_have(self, module: Module, name: str) -> bool:
        """Whether a module may have a name that was not seen to be bound in it."""
        if module.open_because:
            return True
        # What is compiled has names beside those of the source that it was compiled from.
        files = [*module.stars, module.file] if module.file.is_extension else module.stars
        if any(self._machine.extension_may_define(file, name) for file in files):
            return True
        return self._machine.may_come_late(module, name)

    def _lacks(self, module: Module, name: str, said: str | None = None) -> None:
        self._machine.fail(
            FailureKind.ATTRIBUTE,
            "AttributeError",
            said or f"module '{module.name}' has no attribute '{name}'",
            provider=module.file.distribution,
            where=module.name,
        )

    def _answered(self, module: Module, answering: Value, name: str) -> Value:
        """What a module's own ``__getattr__`` gives for a name."""
        machine = self._machine
        if not isinstance(answering, Function | Bound) or machine.asking > 8:
            return UNKNOWN
        machine.asking += 1
        try:
            return machine.call(answering, [name], [], False)
        except SimulatedError as error:
            if "AttributeError" not in error.bases and "KeyError" not in error.bases:
                raise
            line = error.failure.where
            if not self._may_have(module, name) or (
                name != _NOBODYS and line != self._refusal(module, answering)
            ):
                self._lacks(
                    module, name, error.failure.message if error.failure.kind is FailureKind.RAISE else None
                )
            return UNKNOWN
        finally:
            machine.asking -= 1

    def _refusal(self, module: Module, answering: Value) -> str | None:
        """The line that refuses a name that nobody gives.

        A name that is refused elsewhere has a line of its own that says that the module does not have it.
        """
        if module.name not in self._refusals:
            self._refusals[module.name] = None
            try:
                with self._machine.certainly():
                    self._machine.call(answering, [_NOBODYS], [], False)
            except SimulatedError as error:
                self._refusals[module.name] = error.failure.where
            else:
                return "nowhere"
        return self._refusals[module.name]

    def _of_instance(self, instance: Instance, name: str) -> Value:
        if name in instance.attributes:
            return instance.attributes[name]
        if name == "__class__":
            return instance.of
        if name == "__dict__":
            instance.is_open = True
            return UNKNOWN
        if is_lazy_module(instance):
            return self._machine.lazy_attribute(instance, name)
        found = looked_up(instance.of.lineage, name, is_open=instance.of.is_open)
        if (
            found is ABSENT
            and self._is_asked_by_others(instance.of)
            and self._machine.lacks_attribute(instance, name)
        ):
            self._machine.fail(
                FailureKind.ATTRIBUTE,
                "AttributeError",
                f"'{instance.of.name}' object has no attribute '{name}'",
                provider=instance.of.module.file.distribution,
                where=instance.of.module.name,
            )
        if found is ABSENT or found is UNKNOWN:
            return UNKNOWN
        return self._bound(found, instance, instance.of)

    def _is_asked_by_others(self, cls: Class) -> bool:
        """Whether the line that runs is of another distribution than a class that is of one."""
        machine = self._machine
        owner = cls.module.file.distribution
        if not machine.certain or owner is None or not machine.sites:
            return False
        return machine.sites[-1][0].file.distribution != owner

    def _of_super(self, value: Super, name: str) -> Value:
        subject = value.subject
        cls = subject.of if isinstance(subject, Instance) else subject
        if not isinstance(cls, Class) or value.after not in cls.lineage:
            return UNKNOWN
        rest = cls.lineage[cls.lineage.index(value.after) + 1 :]
        found = looked_up(rest, name, is_open=cls.is_open)
        if found is ABSENT or found is UNKNOWN:
            if isinstance(subject, Instance) and name != "__init__":
                subject.is_open = True
            return UNKNOWN
        return self._bound(found, subject, cls)

    def _bound(self, found: Value, subject: Value, cls: Class) -> Value:
        if isinstance(found, Function):
            match found.kind:
                case "function":
                    return Bound(found, subject) if isinstance(subject, Instance) else found
                case "classmethod":
                    return Bound(found, cls)
                case "staticmethod":
                    return found
                case _:
                    return UNKNOWN
        return (
            found if is_constant(found) or isinstance(found, Class | Sequence | Mapping | Module) else UNKNOWN
        )

    def _from_class(self, found: Value, cls: Class) -> Value:
        if found is ABSENT or found is UNKNOWN:
            return UNKNOWN
        if isinstance(found, Function) and found.kind == "classmethod":
            return Bound(found, cls)
        if isinstance(found, Function) and found.kind == "property":
            return UNKNOWN
        return found

    def _of_external(self, value: External, name: str) -> Value:
        return self._machine.external(f"{value.name}.{name}")
