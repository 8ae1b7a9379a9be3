"""The processor: maker, features, micro-architecture, and level of x86-64."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set

from images.facts.environment import Fact, FactValue
from images.hardware.pseudo_files import PseudoFiles

_CPUINFO = "proc/cpuinfo"
_LIMIT_FLAGS = 1024

_MAKERS = {
    "AuthenticAMD": "amd",
    "GenuineIntel": "intel",
    "HygonGenuine": "hygon",
    "CentaurHauls": "via",
    "  Shanghai  ": "zhaoxin",
    "IBM/S390": "ibm",
}

# Source: Arm, MIDR_EL1, and the kernel's arch/arm64/include/asm/cputype.h; makers as archspec spells them.
_ARM_MAKERS = {
    0x41: "ARM",
    0x42: "Broadcom",
    0x43: "Cavium",
    0x46: "Fujitsu",
    0x48: "HiSilicon",
    0x4E: "Nvidia",
    0x50: "APM",
    0x51: "Qualcomm",
    0x53: "Samsung",
    0x61: "Apple",
    0x6D: "Microsoft",
    0xC0: "Ampere",
}

_LEVELS = (
    frozenset({"cmov", "cx8", "fpu", "fxsr", "mmx", "sse", "sse2", "syscall"}),
    frozenset({"cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"}),
    frozenset({"abm", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "movbe", "xsave"}),
    frozenset({"avx512bw", "avx512cd", "avx512dq", "avx512f", "avx512vl"}),
)
"""In the kernel's spelling. Source: x86-64 psABI, "Micro-Architecture Levels"."""


def processor_facts(
    files: PseudoFiles, arch: str, *, names_microarchitecture: bool = True
) -> dict[str, Fact]:
    """``cpu.vendor``, ``cpu.flags``, ``cpu.level`` and ``cpu.microarchitecture``, of the first processor.

    Args:
        files: of the machine.
        arch: of its kernel, as in the fact.
        names_microarchitecture: whether the last of them is looked for.
    """
    fields = first_processor(files.text(_CPUINFO) or "")
    if not fields:
        return {}
    flags = frozenset((fields.get("flags") or fields.get("Features") or "").split()[:_LIMIT_FLAGS])
    vendor = _vendor(fields)
    values: dict[str, FactValue] = {}
    if vendor:
        values["cpu.vendor"] = _MAKERS.get(vendor, vendor.lower())
    if flags:
        values["cpu.flags"] = tuple(sorted(flags))
    if arch == "x86_64" and flags:
        values["cpu.level"] = x86_level(flags)
    name = _microarchitecture(arch, vendor, flags, fields) if names_microarchitecture else None
    if name is not None:
        values["cpu.microarchitecture"] = name
    return {name: Fact(value=value, source=f"/{_CPUINFO}") for name, value in values.items()}


def first_processor(cpuinfo: str) -> dict[str, str]:
    """The fields of the first processor; some kernels tell its maker after an empty line, for all of them."""
    fields: dict[str, str] = {}
    for line in cpuinfo.splitlines():
        name, colon, value = line.partition(":")
        if colon:
            fields.setdefault(name.strip(), value.strip())
    return fields


def x86_level(flags: Set[str]) -> int:
    """The micro-architecture level that a processor with these features has; 0 for less than the first."""
    return next((level for level, needed in enumerate(_LEVELS) if not needed <= flags), len(_LEVELS))


def x86_level_features(level: int) -> Set[str]:
    """What every processor of a micro-architecture level has; nothing for one below the first."""
    return frozenset().union(*_LEVELS[: max(level, 0)])


def _vendor(fields: Mapping[str, str]) -> str | None:
    if "vendor_id" in fields:
        return fields["vendor_id"]
    implementer = re.fullmatch(r"0x([0-9a-f]{1,4})", fields.get("CPU implementer", ""))
    if implementer:
        return _ARM_MAKERS.get(int(implementer[1], 16))
    return "IBM" if fields.get("cpu", "").startswith("POWER") else None


def _microarchitecture(
    arch: str, vendor: str | None, flags: Set[str], fields: Mapping[str, str]
) -> str | None:
    """The most special of the targets of archspec that are for this maker and need none but these features.

    It is archspec's own way, for a machine that need not be this one. Source: archspec, cpu/detect.py.
    """
    from archspec.cpu import TARGETS  # reads its table

    # The kernel names SSE3 after the code name of the processor that brought it.
    features = {*flags, "sse3"} if "pni" in flags else set(flags)
    power = re.match(r"POWER([0-9]{1,2})", fields.get("cpu", ""))
    generation = int(power[1]) if power else 0
    fitting = [
        target
        for target in TARGETS.values()
        if str(target.family) == arch
        and target.vendor in ("generic", vendor)
        and target.features <= features
        and target.generation <= generation
        # Nothing tells which version of the Arm architecture a processor has.
        and (arch != "aarch64" or target.vendor != "generic" or target.name == arch)
    ]
    if not fitting:
        return None
    generic = max((one for one in fitting if one.vendor == "generic"), key=_specialty, default=None)
    part = fields.get("CPU part", "")
    exact = [target for target in fitting if part and target.cpu_part == part]
    special = [target for target in exact or fitting if generic is None or target > generic]
    best = max(special, key=_specialty, default=generic)
    return None if best is None else str(best.name)


def _specialty(target: object) -> tuple[int, int]:
    return len(getattr(target, "ancestors", ())), len(getattr(target, "features", ()))
