"""What was measured, for a run: held against the code and the processor of the target."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from images.facts.environment import RuntimeEnvironment
from resolver.slowdowns import Performance

if TYPE_CHECKING:
    from knowledge.catalog import Knowledge
    from resolver.context import Context


def performance(context: Context, knowledge: Knowledge, *, scanned: bool) -> Performance:
    """The measurements of a run.

    Args:
        context: of the run.
        knowledge: has them.
        scanned: whether code was scanned, so that it is known what counts.
    """
    environment = context.target.environment
    return Performance(
        knowledge.measurements(),
        lambda: with_microarchitecture(environment),
        context.demands if scanned else None,
    )


def with_microarchitecture(environment: RuntimeEnvironment, root: Path = Path("/")) -> RuntimeEnvironment:
    """With the name of the processor, where it is that of this machine; looking it up takes a while.

    Args:
        environment: of a target.
        root: ``/``, or where the files of a machine were recorded.
    """
    from images.hardware.processors import processor_facts
    from images.hardware.pseudo_files import PseudoFiles

    arch = environment.text("arch")
    if "cpu.microarchitecture" in environment or "cpu.flags" not in environment or arch is None:
        return environment
    found = processor_facts(PseudoFiles(root), arch)
    name = found.get("cpu.microarchitecture")
    if name is None or any(
        found[fact] != environment.facts.get(fact) for fact in ("cpu.vendor", "cpu.flags") if fact in found
    ):
        return environment
    return environment.overridden_by(RuntimeEnvironment(facts={"cpu.microarchitecture": name}))
