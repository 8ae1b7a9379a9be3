"""Devices on the PCI bus: which are graphics processors, of whom, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from images.hardware.pseudo_files import PseudoFiles

_DEVICES = "sys/bus/pci/devices"
_NAMES = ("usr/share/misc/pci.ids", "usr/share/hwdata/pci.ids", "var/lib/pciutils/pci.ids")
_LIMIT_NAMES_BYTES = 8 << 20
_NUMBER = re.compile(r"0x([0-9a-f]{4,6})")

VENDORS = {0x10DE: "nvidia", 0x1002: "amd", 0x8086: "intel"}
"""Makers of graphics processors that compute; those of virtual machines and of server consoles do not."""

_DISPLAY_CLASS, _ACCELERATOR_CLASS = 0x03, 0x12


class PciGpu(msgspec.Struct, frozen=True, kw_only=True):
    """A graphics processor on the bus; `slot` as in ``0000:01:00.0``."""

    slot: str
    vendor: str
    device: int


def graphics_processors(files: PseudoFiles) -> list[PciGpu] | None:
    """Those of the makers in `VENDORS`, by slot; None where there is no bus to read.

    Source: PCI Code and ID Assignment Specification: 03 is display, 12 are accelerators, which are graphics
    processors where AMD makes them, and not where others do.
    """
    slots = files.names(_DEVICES)
    return None if slots is None else list(_found(files, slots))


def _found(files: PseudoFiles, slots: list[str]) -> Iterator[PciGpu]:
    for slot in slots:
        numbers = [files.word(f"{_DEVICES}/{slot}/{name}") for name in ("class", "vendor", "device")]
        matches = [_NUMBER.fullmatch(number) for number in numbers]
        if not all(matches):
            continue
        kind, maker, device = (int(match[1], 16) for match in matches if match)
        vendor = VENDORS.get(maker)
        if vendor is None:
            continue
        if kind >> 16 == _DISPLAY_CLASS or (kind >> 16 == _ACCELERATOR_CLASS and vendor == "amd"):
            yield PciGpu(slot=slot, vendor=vendor, device=device)


def device_name(files: PseudoFiles, gpu: PciGpu) -> str | None:
    """The name in the list of PCI ids, where one is installed: what is in brackets is the marketing's.

    Source: https://github.com/pciutils/pciids
    """
    maker = next(number for number, vendor in VENDORS.items() if vendor == gpu.vendor)
    for path in _NAMES:
        content = files.text(path, _LIMIT_NAMES_BYTES)
        start = -1 if content is None else ("\n" + content).find(f"\n{maker:04x}  ")
        if content is None or start < 0:
            continue
        of_maker = re.compile(r"\n(?=[0-9a-zA-Z])").split(content[start:], maxsplit=1)[0]
        match = re.search(rf"^\t{gpu.device:04x}  (.{{1,200}})$", of_maker, re.MULTILINE)
        if match:
            marketing = re.search(r"\[([^\]]+)\]", match[1])
            return marketing[1] if marketing else match[1].strip()
    return None
