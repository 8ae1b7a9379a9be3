"""Graphics processors: whose, how many, which driver, and what it serves.

Read from files of the kernel and its drivers; no library of a driver is loaded and no program started. A
container sees the bus of its host: a device that is there may not have been given to it.
"""

from __future__ import annotations

import re

from analyzers.evidence import Confidence
from images.facts.environment import ABSENT, Fact, FactValue
from images.hardware.nvidia_drivers import highest_cuda
from images.hardware.pci import PciGpu, device_name, graphics_processors
from images.hardware.pseudo_files import PseudoFiles

_PREFERRED = ("nvidia", "amd", "intel")
"""Where there are several makes: the one that more packages have builds for."""

_NVIDIA_VERSION = "proc/driver/nvidia/version"
_NVIDIA_DEVICES = "proc/driver/nvidia/gpus"
_AMD_VERSION = "sys/module/amdgpu/version"
_AMD_NODES = "sys/class/kfd/kfd/topology/nodes"
_DRIVER = re.compile(r"Kernel Module(?: for \S+)?\s+([0-9]{3,4}(?:\.[0-9]{1,4}){1,2})\b")
_OFF_THE_BUS = {
    "dev/nvhost-gpu": "nvidia",
    "sys/module/nvgpu": "nvidia",
    "usr/lib/wsl/lib/libcuda.so.1": "nvidia",
}
"""Traces of graphics processors that are part of a chip or lent by the system above."""
_POSSIBLE_OFF_THE_BUS = ("dev/dxg", "dev/kfd", "dev/mali0")
_RENDERER = "sys/class/drm/renderD128/device"


def graphics_facts(files: PseudoFiles) -> dict[str, Fact]:
    """``gpu.vendor``, ``gpu.count``, ``gpu.model``, ``gpu.driver``, ``gpu.gfx`` and ``cuda.max``.

    ``none`` only where the bus was read and nothing hints at a processor beside it.
    """
    gpus = graphics_processors(files)
    vendor = next((name for name in _PREFERRED if any(gpu.vendor == name for gpu in gpus or ())), None)
    if vendor is None:
        return _without_bus(files, gpus)
    chosen = [gpu for gpu in gpus or () if gpu.vendor == vendor]
    source = f"/sys/bus/pci/devices/{chosen[0].slot}"
    facts = {
        "gpu.vendor": Fact(value=vendor, source=source),
        "gpu.count": Fact(value=len(chosen), source="/sys/bus/pci/devices"),
    }
    match vendor:
        case "nvidia":
            return {**facts, **_model(files, chosen), **_nvidia(files, chosen)}
        case "amd":
            return {**facts, **_model(files, chosen), **_amd(files), "cuda.max": _no_cuda(source)}
        case _:
            return {**facts, **_model(files, chosen), "cuda.max": _no_cuda(source)}


def _without_bus(files: PseudoFiles, gpus: list[PciGpu] | None) -> dict[str, Fact]:
    for path, vendor in _OFF_THE_BUS.items():
        if files.exists(path):
            facts = {"gpu.vendor": Fact(value=vendor, source=f"/{path}", confidence=Confidence.LIKELY)}
            return {**facts, **_nvidia_driver(files)}
    if gpus is None or any(files.exists(path) for path in _POSSIBLE_OFF_THE_BUS):
        return {}
    if files.exists(_RENDERER) and not files.exists(f"{_RENDERER}/vendor"):
        # Something draws that is not on the bus.
        return {}
    values: dict[str, FactValue] = {"gpu.vendor": ABSENT, "gpu.count": 0, "cuda.max": ABSENT}
    return {name: Fact(value=value, source="/sys/bus/pci/devices") for name, value in values.items()}


def _no_cuda(source: str) -> Fact:
    return Fact(value=ABSENT, source=source)


def _model(files: PseudoFiles, gpus: list[PciGpu]) -> dict[str, Fact]:
    name = device_name(files, gpus[0])
    return {} if name is None else {"gpu.model": Fact(value=name, source="list of PCI ids")}


def _nvidia(files: PseudoFiles, gpus: list[PciGpu]) -> dict[str, Fact]:
    facts = _nvidia_driver(files)
    for slot in files.names(_NVIDIA_DEVICES) or ():
        path = f"{_NVIDIA_DEVICES}/{slot}/information"
        match = re.search(r"^Model:\s+(.{1,200})$", files.text(path) or "", re.MULTILINE)
        if match:
            facts["gpu.model"] = Fact(value=match[1].strip(), source=f"/{path}")
            break
    if "gpu.driver" not in facts and files.names("proc") is not None:
        # The module would have made the file: CUDA cannot be used, whatever is on the bus.
        absent = Fact(value=ABSENT, source=f"no /{_NVIDIA_VERSION}")
        facts |= {"gpu.driver": absent, "cuda.max": absent}
    return facts


def _nvidia_driver(files: PseudoFiles) -> dict[str, Fact]:
    match = _DRIVER.search(files.text(_NVIDIA_VERSION) or "")
    if match is None:
        return {}
    source = f"/{_NVIDIA_VERSION}"
    facts = {"gpu.driver": Fact(value=match[1], source=source)}
    cuda = highest_cuda(match[1])
    if cuda is not None:
        facts["cuda.max"] = Fact(value=cuda, source=f"driver {match[1]}")
    return facts


def _amd(files: PseudoFiles) -> dict[str, Fact]:
    facts = {}
    version = files.word(_AMD_VERSION)
    if re.fullmatch(r"[0-9]{1,4}(?:\.[0-9]{1,6}){1,3}", version):
        facts["gpu.driver"] = Fact(value=version, source=f"/{_AMD_VERSION}")
    for node in files.names(_AMD_NODES) or ():
        path = f"{_AMD_NODES}/{node}/properties"
        match = re.search(r"^gfx_target_version ([1-9][0-9]{4,6})$", files.text(path) or "", re.MULTILINE)
        if match:
            facts["gpu.gfx"] = Fact(value=gfx_name(int(match[1])), source=f"/{path}")
            break
    return facts


def gfx_name(target: int) -> str:
    """The name of an AMD architecture: 90010 is ``gfx90a``, 110001 ``gfx1101``.

    Source: the kernel's amdkfd: major, minor and stepping in two decimal digits each; the name has the last
    two in hexadecimal.
    """
    major, minor, stepping = target // 10000, target // 100 % 100, target % 100
    return f"gfx{major}{minor:x}{stepping:x}"
