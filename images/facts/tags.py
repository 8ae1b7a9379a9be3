"""What a target admits: the tags of the wheels it can install, and the variables of dependency markers on it.

Both are answered from facts alone, for the target and never for the machine that runs the program.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator

from images.facts.architectures import machine_spelling
from images.facts.environment import RuntimeEnvironment
from images.facts.platform_tags import leading_numbers, platform_tags, required

_REMEMBERED_RANKS = 8192

_IMPLEMENTATIONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalVM"}
_SYSTEMS = {
    "linux": ("posix", "linux", "Linux"),
    "darwin": ("posix", "darwin", "Darwin"),
    "windows": ("nt", "win32", "Windows"),
}


class TagSet:
    """The tags of one target, best first.

    Attributes:
        tags: tag triples such as ``cp311-abi3-linux_x86_64``, distinct.
    """

    __slots__ = ("_abis", "_interpreters", "_ranks", "rank", "tags")

    def __init__(self, tags: Iterable[str]) -> None:
        self.tags = tuple(dict.fromkeys(tag.lower() for tag in tags))
        self._ranks: dict[tuple[str, str], dict[str, int]] = {}
        for position, tag in enumerate(self.tags):
            interpreter, abi, platform = tag.split("-")
            self._ranks.setdefault((interpreter, abi), {})[platform] = position
        self._interpreters = frozenset(interpreter for interpreter, _ in self._ranks)
        self._abis = frozenset(abi for _, abi in self._ranks)
        self.rank = functools.lru_cache(_REMEMBERED_RANKS)(self._rank)
        """Position of the best of a wheel's tags in `tags`; None where the target cannot install it.

        Takes a compressed tag triple such as ``cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64``, in
        any case; answers are remembered.
        """

    def __len__(self) -> int:
        return len(self.tags)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tags)

    def _rank(self, compressed_tags: str) -> int | None:
        parts = compressed_tags.lower().split("-")
        if len(parts) != 3:
            return None
        interpreters, abis, platforms = (frozenset(part.split(".")) for part in parts)
        # Cut down to what the target knows first: a hostile name can hold thousands of each.
        return min(
            (
                known[platform]
                for interpreter in interpreters & self._interpreters
                for abi in abis & self._abis
                if (known := self._ranks.get((interpreter, abi))) is not None
                for platform in platforms & known.keys()
            ),
            default=None,
        )


def supported_tags(environment: RuntimeEnvironment) -> TagSet:
    """The tags a target can install, in the order of `packaging.tags.sys_tags` run there.

    Needs ``python.version``, ``python.implementation``, ``os.kernel`` and ``arch``, ``os.version`` for macOS,
    and ``libc.name`` and ``libc.version`` for anything but ``linux_<arch>``. ``python.abi`` follows from the
    version of a CPython where it is not known; without it no extension module of another interpreter fits.

    Raises:
        UnservedTargetError: a fact that is needed is missing, or has a value wheels have no tags for.
    """
    from packaging.tags import INTERPRETER_SHORT_NAMES, compatible_tags, cpython_tags, generic_tags

    version = leading_numbers(required(environment, "python.version"), "python.version")
    implementation = required(environment, "python.implementation")
    platforms = platform_tags(environment)
    interpreter = f"{INTERPRETER_SHORT_NAMES.get(implementation, implementation)}{version[0]}{version[1]}"
    abi = environment.text("python.abi")
    if implementation == "cpython":
        free_threaded = environment.facts.get("python.gil")
        threads = "t" if free_threaded is not None and free_threaded.value is False else ""
        specific = cpython_tags(version, _cpython_abis(abi or f"{interpreter}{threads}"), platforms)
        compatible: str | None = interpreter
    else:
        specific = generic_tags(interpreter, [abi] if abi else [], platforms)
        compatible = "pp3" if implementation == "pypy" else None
    return TagSet(map(str, [*specific, *compatible_tags(version, compatible, platforms)]))


def _cpython_abis(abi: str) -> list[str]:
    """A debug build loads the extension modules of a normal one too, since 3.8."""
    normal = re.sub(r"(?<=[0-9])(t?)d$", r"\1", abi)
    return [abi] if normal == abi else [abi, normal]


def marker_environment(environment: RuntimeEnvironment) -> dict[str, str]:
    """The variables of dependency markers by name; one that the target does not fix is left out.

    Source: PEP 508, "Environment Markers".
    """
    found = {**_python_variables(environment), **_platform_variables(environment)}
    return {variable: value for variable, value in found.items() if value is not None}


def _python_variables(environment: RuntimeEnvironment) -> dict[str, str | None]:
    version = environment.text("python.version")
    implementation = environment.text("python.implementation")
    implementation_version = environment.text("python.implementation.version")
    if implementation == "cpython" and version is not None:
        # PEP 508 takes the first letter of "candidate" here, and "rc" in python_full_version.
        implementation_version = version.replace("rc", "c")
    return {
        "implementation_name": implementation,
        "implementation_version": implementation_version,
        "platform_python_implementation": _IMPLEMENTATIONS.get(implementation or ""),
        "python_full_version": version,
        "python_version": ".".join(version.split(".")[:2]) if version else None,
    }


def _platform_variables(environment: RuntimeEnvironment) -> dict[str, str | None]:
    kernel = environment.text("os.kernel") or ""
    os_name, sys_platform, system = _SYSTEMS.get(kernel, (None, None, None))
    arch = environment.text("os.kernel.arch") or environment.text("arch")
    return {
        "os_name": os_name,
        "platform_machine": machine_spelling(arch, kernel) if arch and kernel else None,
        "platform_release": environment.text("os.kernel.release"),
        "platform_system": system,
        "platform_version": environment.text("os.kernel.version"),
        "sys_platform": sys_platform,
    }
