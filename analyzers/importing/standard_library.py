"""The standard library of the target as the simulation knows it: what it lacks, and a few values."""

from __future__ import annotations

from analyzers.importing.failures import FailureKind
from analyzers.importing.machine import Machine
from analyzers.importing.values import UNKNOWN, External, Sequence, Value
from analyzers.source.names.standard_library import is_standard
from analyzers.source.signals.python_versions import span

_ALIASES = (
    ("asyncio.TimeoutError", (3, 11), "TimeoutError"),
    ("asyncio.exceptions.TimeoutError", (3, 11), "TimeoutError"),
    ("concurrent.futures.TimeoutError", (3, 11), "TimeoutError"),
    ("socket.timeout", (3, 10), "TimeoutError"),
    ("socket.error", (3, 3), "OSError"),
    ("select.error", (3, 3), "OSError"),
)
"""Exceptions that are builtin ones, since when, and which."""


class StandardLibrary:
    """Names of the standard library for one target."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        target = machine.target
        self.python = target.python[:2]
        self._values: dict[str, Value] = {
            "sys.version_info": Sequence("tuple", [*target.python, "final", 0]),
            "sys.version_info.major": target.python[0],
            "sys.version_info.minor": target.python[1],
            "sys.version_info.micro": target.python[2],
            "sys.hexversion": (target.python[0] << 24) + (target.python[1] << 16) + (target.python[2] << 8),
            "sys.platform": target.platform,
            "sys.implementation.name": target.implementation,
            "sys.byteorder": "little",
            "sys.maxsize": 2**63 - 1,
            "os.name": "nt" if target.platform == "win32" else "posix",
            "os.sep": "\\" if target.platform == "win32" else "/",
            "os.path.sep": "\\" if target.platform == "win32" else "/",
            "typing.TYPE_CHECKING": False,
            "sys.flags.optimize": 0,
        }
        for name, since, builtin in _ALIASES:
            if self.python >= since:
                self._values[name] = External(f"builtins.{builtin}")
        system = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}.get(target.platform)
        self.results: dict[str, Value] = {
            "platform.system": system or UNKNOWN,
            "platform.python_implementation": "CPython" if target.implementation == "cpython" else UNKNOWN,
            "platform.python_version": ".".join(map(str, target.python)),
            "sys.getdefaultencoding": "utf-8",
        }

    def has_module(self, name: str) -> bool:
        """Whether a dotted module is one of the target's standard library."""
        _, last = span(name) or (None, None)
        return is_standard(name, self.python) and (last is None or self.python <= last)

    def had_module(self, name: str) -> bool:
        """Whether it is one of some Python's."""
        return is_standard(name)

    def value(self, name: str) -> Value:
        """What a dotted name is; fails where the target has it no longer, or not yet."""
        if name in self._values:
            return self._values[name]
        first, last = span(name) or (None, None)
        if (first is not None and self.python < first) or (last is not None and self.python > last):
            module, _, member = name.rpartition(".")
            self._machine.fail(
                FailureKind.STANDARD_LIBRARY,
                "AttributeError",
                f"module '{module}' has no attribute '{member}' in Python {self.python[0]}.{self.python[1]}",
                where=module,
            )
            return UNKNOWN
        return External(name)
