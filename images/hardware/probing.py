"""The hardware of a machine as facts: what `stackwright inspect host` says beyond what resolution needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from images.facts.environment import ABSENT, Fact, RuntimeEnvironment
from images.hardware.displays import display_facts
from images.hardware.graphics import graphics_facts
from images.hardware.limits import core_facts, memory_facts
from images.hardware.processors import processor_facts
from images.hardware.pseudo_files import PseudoFiles

_NO_DRIVER = Fact(value=ABSENT, source="no driver")


def hardware_environment(
    arch: str,
    environ: Mapping[str, str],
    root: Path = Path("/"),
    usable_cores: int | None = None,
    *,
    ask_driver: bool = False,
    names_microarchitecture: bool = True,
) -> RuntimeEnvironment:
    """The facts of processor, memory, graphics and display; what cannot be read is not known and left out.

    Unless the driver is to be asked, it starts no process and loads nothing of the machine that it looks at.

    Args:
        arch: of the machine, as in the fact ``arch``.
        environ: of the process that would run there.
        root: ``/``, or where the files of a machine were recorded.
        usable_cores: as in the fact ``cores`` of `images.host.facts.host_environment`.
        ask_driver: whether NVIDIA's driver is asked, where its kernel module is loaded on this machine.
        names_microarchitecture: whether ``cpu.microarchitecture`` is looked for, which takes longest.
    """
    files = PseudoFiles(root)
    graphics = graphics_facts(files)
    if ask_driver and root == Path("/") and graphics.get("gpu.driver", _NO_DRIVER).value != ABSENT:
        from images.hardware.driver_question import driver_facts  # starts processes

        graphics |= driver_facts()
    return RuntimeEnvironment(
        facts={
            **processor_facts(files, arch, names_microarchitecture=names_microarchitecture),
            **memory_facts(files),
            **core_facts(files, usable_cores),
            **graphics,
            **display_facts(environ),
        }
    )
