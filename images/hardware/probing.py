"""The hardware of a machine as facts: what `stackwright inspect host` says beyond what resolution needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from images.environment import RuntimeEnvironment
from images.hardware.displays import display_facts
from images.hardware.graphics import graphics_facts
from images.hardware.limits import core_facts, memory_facts
from images.hardware.processors import processor_facts
from images.hardware.pseudo_files import PseudoFiles


def hardware_environment(
    arch: str, environ: Mapping[str, str], root: Path = Path("/"), usable_cores: int | None = None
) -> RuntimeEnvironment:
    """The facts of processor, memory, graphics and display; what cannot be read is not known and left out.

    It starts no process and loads nothing of the machine that it looks at.

    Args:
        arch: of the machine, as in the fact ``arch``.
        environ: of the process that would run there.
        root: ``/``, or where the files of a machine were recorded.
        usable_cores: as in the fact ``cores`` of `images.host.host_environment`.
    """
    files = PseudoFiles(root)
    return RuntimeEnvironment(
        facts={
            **processor_facts(files, arch),
            **memory_facts(files),
            **core_facts(files, usable_cores),
            **graphics_facts(files),
            **display_facts(environ),
        }
    )
