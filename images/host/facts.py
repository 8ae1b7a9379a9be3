"""This interpreter and the machine it runs on, as facts that resolution needs.

One of the few modules here that read by themselves. What the interpreter and the kernel say is a `Running`
record, what files say is read below a root: both can be those of another machine.
"""

from __future__ import annotations

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import msgspec

from images.facts.architectures import canonical_architecture
from images.facts.environment import ABSENT, Fact, FactValue, RuntimeEnvironment
from images.facts.pythons import abi_of_extension_suffix, is_free_threaded
from images.native.libc import LARGEST_LOADER_BYTES, glibc_version, musl_version
from images.roots.os_release import LARGEST_OS_RELEASE_BYTES, OS_RELEASE_PATHS, distribution_facts

_LARGEST_FILE_BYTES = 64 * 1024
_NARROW = {"x86_64": "i686", "aarch64": "armv8l"}


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """What a running interpreter and its kernel say of themselves.

    Attributes:
        python_version: as in ``platform.python_version()``, without the ``+`` of an unreleased build.
        implementation_version: of ``sys.implementation``, in the form PEP 508 gives it.
        extension_suffix: the first, most specific suffix of extension modules.
        bits: width of the interpreter's pointers.
        system: the kernel's name in its own spelling, such as ``Linux``.
        libc: ``CS_GNU_LIBC_VERSION``; None where there is none.
        cores: processor cores the process may use.
    """

    python_version: str
    implementation: str
    implementation_version: str
    extension_suffix: str
    bits: int
    system: str
    machine: str
    release: str
    version: str
    libc: str | None
    cores: int | None


def running() -> Running:
    """What this process is told by its interpreter and kernel; starts no other process."""
    name = _kernel_name()
    numbers = sys.implementation.version
    level = "" if numbers.releaselevel == "final" else f"{numbers.releaselevel[0]}{numbers.serial}"
    return Running(
        python_version=sys.version.split()[0].rstrip("+"),
        implementation=sys.implementation.name,
        implementation_version=f"{numbers.major}.{numbers.minor}.{numbers.micro}{level}",
        extension_suffix=EXTENSION_SUFFIXES[0] if EXTENSION_SUFFIXES else "",
        bits=64 if sys.maxsize > 2**32 else 32,
        system=name.system,
        machine=name.machine,
        release=name.release,
        version=name.version,
        libc=_libc_text(),
        cores=_usable_cores(),
    )


def host_environment(root: Path = Path("/"), process: Running | None = None) -> RuntimeEnvironment:
    """The facts of an interpreter and the machine below `root`; by default of this one.

    What cannot be read is not known and left out.
    """
    process = running() if process is None else process
    python = _python_facts(process)
    machine = _machine_facts(process)
    files = {**_system_facts(root, process.system), **_libc_facts(root, process), **_memory_facts(root)}
    return RuntimeEnvironment(facts={**python, **machine, **files})


def _python_facts(process: Running) -> dict[str, Fact]:
    abi = abi_of_extension_suffix(process.extension_suffix)
    values: dict[str, FactValue] = {
        "python.version": process.python_version,
        "python.implementation": process.implementation,
    }
    if abi is not None:
        values |= {"python.abi": abi, "python.gil": not is_free_threaded(abi)}
    if process.implementation != "cpython":
        values["python.implementation.version"] = process.implementation_version
    return _stated(values, "interpreter")


def _machine_facts(process: Running) -> dict[str, Fact]:
    kernel_arch = canonical_architecture(process.machine)
    arch = _NARROW.get(kernel_arch, kernel_arch) if process.bits == 32 else kernel_arch
    values: dict[str, FactValue] = {
        "os.kernel": process.system.lower(),
        "os.kernel.release": process.release,
        "os.kernel.version": process.version,
        "arch": arch,
    }
    if arch != kernel_arch:
        values["os.kernel.arch"] = kernel_arch
    if process.cores is not None:
        values["cores"] = process.cores
    return _stated(values, "kernel")


def _system_facts(root: Path, system: str) -> dict[str, Fact]:
    if system == "Linux":
        for path in OS_RELEASE_PATHS:
            content = _read(root / path, LARGEST_OS_RELEASE_BYTES)
            if content is not None:
                return distribution_facts(content, f"/{path}").facts
        return {}
    facts = _stated({"os.id": system.lower()}, "kernel")
    path = "System/Library/CoreServices/SystemVersion.plist"
    content = _read(root / path, _LARGEST_FILE_BYTES) if system == "Darwin" else None
    return facts if content is None else {**facts, **_macos_version(content, f"/{path}")}


def _macos_version(content: bytes, source: str) -> dict[str, Fact]:
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        version = plistlib.loads(content)["ProductVersion"]
    except (ExpatError, ValueError, KeyError, TypeError):
        return {}
    return _stated({"os.version": version}, source) if isinstance(version, str) else {}


def _libc_facts(root: Path, process: Running) -> dict[str, Fact]:
    if process.system != "Linux":
        return _stated({"libc.name": ABSENT}, "kernel")
    glibc = glibc_version(process.libc) if process.libc is not None else None
    if glibc is not None:
        return _stated({"libc.name": "glibc", "libc.version": glibc}, "interpreter")
    for loader in sorted((root / "lib").glob("ld-musl-*.so.1"))[:1]:
        values: dict[str, FactValue] = {"libc.name": "musl"}
        musl = musl_version(_read(loader, LARGEST_LOADER_BYTES) or b"")
        if musl is not None:
            values["libc.version"] = musl
        return _stated(values, f"/lib/{loader.name}")
    return {}


def _memory_facts(root: Path) -> dict[str, Fact]:
    content = _read(root / "proc/meminfo", _LARGEST_FILE_BYTES) or b""
    for line in content.splitlines():
        match line.split():
            case [b"MemTotal:", kibibytes, b"kB"] if kibibytes.isdigit() and len(kibibytes) < 16:
                return _stated({"memory_bytes": int(kibibytes) * 1024}, "/proc/meminfo")
    return {}


def _stated(values: dict[str, FactValue], source: str) -> dict[str, Fact]:
    return {name: Fact(value=value, source=source) for name, value in values.items() if value != ""}


def _read(path: Path, most_bytes: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(most_bytes)
    except OSError:
        return None


class _KernelName(msgspec.Struct, frozen=True):
    system: str
    machine: str
    release: str
    version: str


def _kernel_name() -> _KernelName:
    if hasattr(os, "uname"):
        name = os.uname()
        return _KernelName(name.sysname, name.machine, name.release, name.version)
    import platform  # slow, and only Windows needs it

    return _KernelName(platform.system(), platform.machine(), platform.release(), platform.version())


def _libc_text() -> str | None:
    try:
        return os.confstr("CS_GNU_LIBC_VERSION")
    except (AttributeError, OSError, ValueError):
        return None


def _usable_cores() -> int | None:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()
