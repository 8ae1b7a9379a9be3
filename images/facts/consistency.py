"""What facts say about each other: which cannot both hold, which follow, which of two sources is right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from images.errors import ContradictoryFactsError
from images.facts.environment import ABSENT, Fact, FactValue, RuntimeEnvironment
from images.facts.stated_facts import StatedFacts
from images.hardware.nvidia_drivers import highest_cuda

_GRAPHICS = ("gpu.count", "gpu.model", "gpu.sm", "gpu.gfx", "gpu.driver", "cuda.max")
"""Facts that a machine without a graphics processor has none of."""
_OF_NVIDIA = ("gpu.sm", "cuda.max")
_NOTHING: tuple[FactValue, ...] = (ABSENT, 0)


def settled(weaker: RuntimeEnvironment, stronger: StatedFacts) -> RuntimeEnvironment:
    """The facts of two sources: what `stronger` states counts, and what it contradicts goes.

    Raises:
        ContradictoryFactsError: what `stronger` states contradicts itself.
    """
    facts = {name: fact for name, fact in weaker.facts.items() if name not in stronger.open}
    facts |= stronger.known.facts
    for first, second in _contradictions(RuntimeEnvironment(facts=facts)):
        if first in stronger.known and second in stronger.known:
            one, other = (f"{name} {facts[name].value} ({facts[name].source})" for name in (first, second))
            raise ContradictoryFactsError(one, other, names=(first, second))
        if first in stronger.known:
            facts.pop(second, None)
        elif second in stronger.known:
            facts.pop(first, None)
    return RuntimeEnvironment(facts=facts)


def completed(environment: RuntimeEnvironment) -> RuntimeEnvironment:
    """The facts with those that follow from them and are not known otherwise."""
    facts = dict(environment.facts)

    def follows(name: str, value: FactValue, cause: str) -> None:
        facts.setdefault(name, Fact(value=value, source=f"{cause} {facts[cause].value}"))

    for cause in _OF_NVIDIA:
        if cause in facts and facts[cause].value not in _NOTHING:
            follows("gpu.vendor", "nvidia", cause)
    if "gpu.gfx" in facts and facts["gpu.gfx"].value not in _NOTHING:
        follows("gpu.vendor", "amd", "gpu.gfx")
    vendor, cuda = facts.get("gpu.vendor"), _served_by_driver(environment)
    if cuda is not None and (vendor is None or vendor.value == "nvidia"):
        follows("cuda.max", cuda, "gpu.driver")
        follows("gpu.vendor", "nvidia", "gpu.driver")
    if vendor is not None and vendor.value == ABSENT:
        follows("gpu.count", 0, "gpu.vendor")
        follows("cuda.max", ABSENT, "gpu.vendor")
    version = environment.text("libc.version")
    if version is not None and environment.text("os.kernel") == "linux":
        follows("libc.name", "musl" if version.startswith("1.") else "glibc", "libc.version")
    return RuntimeEnvironment(facts=facts)


def _contradictions(environment: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    for rule in _RULES:
        yield from rule(environment)


def _graphics(facts: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    vendor = facts.facts["gpu.vendor"].value if "gpu.vendor" in facts else None
    if "gpu.count" in facts and facts["gpu.count"] in _NOTHING:
        for name in _GRAPHICS:
            if name in facts and facts[name] not in _NOTHING:
                yield "gpu.count", name
    if vendor is None:
        return
    if vendor == ABSENT:
        excluded: tuple[str, ...] = _GRAPHICS
    else:
        excluded = () if vendor == "nvidia" else _OF_NVIDIA
        excluded = excluded if vendor == "amd" else (*excluded, "gpu.gfx")
        if "gpu.count" in facts and facts["gpu.count"] == 0:
            yield "gpu.vendor", "gpu.count"
    for name in excluded:
        if name in facts and facts[name] not in _NOTHING:
            yield "gpu.vendor", name


def _driver(facts: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    """A driver serves some CUDA, but none of a later major release; beyond the table nothing is known."""
    cuda, served = facts.text("cuda.max"), _served_by_driver(facts)
    if served is None or "cuda.max" not in facts:
        return
    if cuda is None:  # known to be absent
        yield "gpu.driver", "cuda.max"
        return
    stated = re.match(r"\d{1,3}", cuda)
    if stated is not None and int(stated[0]) > int(served.partition(".")[0]):
        yield "gpu.driver", "cuda.max"


def _served_by_driver(facts: RuntimeEnvironment) -> str | None:
    """The highest CUDA release that NVIDIA's driver for Linux serves; None where that is not known."""
    driver, kernel = facts.text("gpu.driver"), facts.text("os.kernel")
    return None if driver is None or kernel not in (None, "linux") else highest_cuda(driver)


def _processor(facts: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    arch = facts.text("arch")
    for name in ("cpu.level", "cpu.level.needed"):
        if arch not in (None, "x86_64", "i686") and name in facts:
            yield "arch", name


def _libc(facts: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    kernel, name, version = (facts.text(fact) for fact in ("os.kernel", "libc.name", "libc.version"))
    if kernel not in (None, "linux") and name is not None:
        yield "os.kernel", "libc.name"
    if version is not None and name in ("glibc", "musl") and version.startswith("1.") != (name == "musl"):
        yield "libc.name", "libc.version"


def _builds(facts: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    """C extensions need a compiler and Python's headers."""
    if "build.extensions" in facts and facts["build.extensions"] is True:
        for name, lacking in (("compiler.c", ABSENT), ("headers.python", False)):
            if name in facts and facts[name] == lacking:
                yield name, "build.extensions"


def _cores(facts: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    usable, seen = (facts.facts[name].value if name in facts else None for name in ("cores", "cores.seen"))
    if isinstance(usable, int) and isinstance(seen, int) and usable > seen:
        yield "cores", "cores.seen"


def _python(facts: RuntimeEnvironment) -> Iterator[tuple[str, str]]:
    version, abi = facts.text("python.version"), facts.text("python.abi")
    named = re.fullmatch(r"cp3(\d{1,2})(t?)d?m?", abi or "")
    if named is None:
        return
    if version is not None and version.split(".")[:2] != ["3", named[1]]:
        yield "python.version", "python.abi"
    if "python.gil" in facts and facts["python.gil"] == bool(named[2]):
        yield "python.gil", "python.abi"


_RULES: tuple[Callable[[RuntimeEnvironment], Iterator[tuple[str, str]]], ...] = (
    _graphics,
    _driver,
    _processor,
    _libc,
    _python,
    _builds,
    _cores,
)
