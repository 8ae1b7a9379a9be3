"""Modules that no file of a stack has: which are absent for sure, and whose fault that is."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from analyzers.importing.failures import FailureKind
from analyzers.importing.machine import Machine
from analyzers.importing.standard_library import StandardLibrary
from analyzers.importing.values import UNKNOWN, Module, Value
from analyzers.source.names.curated_names import curated_names


class AbsentModules:
    """Judges imports of modules that were not found.

    Attributes:
        opened_below: packages below which anything may be, with the reason.
        change_path: packages that change where modules are looked for.
    """

    def __init__(self, machine: Machine, library: StandardLibrary) -> None:
        self._machine = machine
        self._library = library
        self.opened_below: dict[str, str] = {}
        self.change_path: set[str] = set()

    def asked(self, name: str, parent: str) -> Value:
        """What importing a module comes to that no file has; fails where it is known to be absent."""
        if parent:
            above = self._machine.modules.get(parent)
            if above is None:
                if self._library.had_module(parent) and self._library.had_module(name):
                    self._no_longer(name)
                return UNKNOWN
            why = above.open_below or self._open_above(parent)
            if why or above.file.is_namespace or (above.file.is_extension and above.file.source is None):
                return UNKNOWN
            if name.rpartition(".")[2] in above.namespace and not self._machine.certain:
                return UNKNOWN
            self.fail_below(name, parent, above)
            return UNKNOWN
        if self._library.had_module(name):
            self._no_longer(name)
            return UNKNOWN
        if self._is_brought_along(name):
            return UNKNOWN
        former = self._former_provider(name)
        kind = FailureKind.DISTRIBUTION if former is None else FailureKind.MODULE
        self._machine.fail(
            kind, "ModuleNotFoundError", f"No module named '{name}'", provider=former, where=name
        )
        return UNKNOWN

    def _is_brought_along(self, name: str) -> bool:
        """Whether a package that changes where modules are looked for has such a module below it."""
        packages = (self._machine.files.find(package) for package in self.change_path)
        return any(
            name.encode() in self._machine.files.stems_below(package)
            for package in packages
            if package is not None
        )

    def _former_provider(self, name: str) -> str | None:
        """A distribution of the stack of which other releases are known to have a module that is missing."""
        known = (*curated_names().exact.get(name, ()), canonicalize_name(name))
        return next((each for each in known if each in self._machine.files.versions), None)

    def _no_longer(self, name: str) -> None:
        if self._machine.files.runs_at_start:
            return  # what runs at the start of Python may bring it back
        python = ".".join(map(str, self._machine.target.python[:2]))
        self._machine.fail(
            FailureKind.STANDARD_LIBRARY,
            "ModuleNotFoundError",
            f"No module named '{name}' in Python {python}",
            where=name,
        )

    def _open_above(self, name: str) -> str | None:
        while name:
            if name in self.opened_below:
                return self.opened_below[name]
            name = name.rpartition(".")[0]
        return None

    def fail_below(self, name: str, parent: str, above: Module) -> None:
        """Fail for a module that its package is known not to have."""
        self._machine.fail(
            FailureKind.MODULE,
            "ModuleNotFoundError",
            f"No module named '{name}'",
            provider=above.file.distribution,
            where=parent,
        )
