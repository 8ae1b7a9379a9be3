"""The runtime a stack is advised for: a map of named facts, each with its source and confidence.

A fact that is missing is not known; a fact whose value is ``none`` is known to be absent. Rules, the command
line, configuration and reports all use these names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from analyzers.evidence import Confidence

ABSENT = "none"

FACT_NAMES: Mapping[str, str] = {
    "python.version": "release of the interpreter, such as 3.11.7",
    "python.implementation": "cpython, pypy, …",
    "python.implementation.version": "version of the implementation where that is not Python's, as for pypy",
    "python.abi": "ABI tag of its extension modules, such as cp311 or cp314t",
    "python.gil": "whether the interpreter is built with a global lock; false for free-threaded builds",
    "os.id": "linux distribution, darwin or windows",
    "os.version": "version of the operating system",
    "os.kernel": "linux, darwin or windows",
    "os.kernel.release": "release of the kernel, as in the marker platform_release",
    "os.kernel.version": "build of the kernel, as in the marker platform_version",
    "os.kernel.arch": "architecture of the kernel where the interpreter is built for another",
    "libc.name": "glibc, musl or none",
    "libc.version": "version of the C library",
    "libc.hwcaps": "processor levels for which there are faster copies of libraries",
    "libraries": "shared libraries that programs can load, by the names they are asked for",
    "libstdcxx.glibcxx": "newest GLIBCXX symbol version of the C++ library",
    "libstdcxx.cxxabi": "newest CXXABI symbol version of the C++ library",
    "arch": "machine architecture, such as x86_64 or aarch64",
    "cpu.vendor": "maker of the processor",
    "cpu.microarchitecture": "archspec name of the processor",
    "cpu.level": "x86-64 micro-architecture level, 1 to 4",
    "cpu.level.needed": "x86-64 micro-architecture level that the programs there need",
    "cpu.flags": "features of the processor",
    "gpu.vendor": "nvidia, amd, intel or none",
    "gpu.count": "number of graphics processors",
    "gpu.model": "name of the graphics processor",
    "gpu.sm": "CUDA compute capability, such as 8.6",
    "gpu.gfx": "architecture of an AMD graphics processor, such as gfx90a",
    "gpu.driver": "version of the graphics driver",
    "cuda.max": "highest CUDA version the driver serves",
    "cuda.runtime": "CUDA version installed",
    "cudnn.version": "cuDNN version installed",
    "rocm.version": "ROCm version installed",
    "compiler.c": "C compiler, or none",
    "compiler.cxx": "C++ compiler, or none",
    "compiler.fortran": "Fortran compiler, or none",
    "compiler.rust": "Rust compiler, or none",
    "compiler.cuda": "CUDA compiler, or none",
    "build.tools": "programs that builds use, such as make, cmake and pkg-config, or none",
    "build.headers": "libraries whose C headers are installed, or none",
    "build.extensions": "whether C extensions can be built: compiler, C headers and Python headers are there",
    "headers.python": "whether Python's C headers are installed",
    "java.version": "version of the Java runtime, or none",
    "display": "whether graphical programs can open a window",
    "memory_bytes": "main memory",
    "cores": "processor cores that may be used",
    "cores.seen": "processor cores that programs see where a limit leaves them fewer",
}

FactValue = str | int | bool | tuple[str, ...]


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing known about a runtime, and how it is known.

    Attributes:
        source: where it was learned: ``command line``, ``interpreter``, an image's file, …
    """

    value: FactValue
    source: str
    confidence: Confidence = Confidence.CERTAIN


class RuntimeEnvironment(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known about one target, by fact name (`FACT_NAMES`, or more by the same pattern)."""

    facts: dict[str, Fact] = {}

    def __getitem__(self, name: str) -> FactValue:
        return self.facts[name].value

    def __contains__(self, name: str) -> bool:
        return name in self.facts

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self.facts))

    def text(self, name: str) -> str | None:
        """The value of a fact as text; None when it is not known or known to be absent."""
        fact = self.facts.get(name)
        return None if fact is None or fact.value == ABSENT else str(fact.value)

    def overridden_by(self, stronger: RuntimeEnvironment) -> RuntimeEnvironment:
        """These facts, replaced by those of a source of higher precedence where both know one."""
        return RuntimeEnvironment(facts={**self.facts, **stronger.facts})
