"""What a run holds against releases beside metadata: whatever reads them, as far as something asks for it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from knowledge.catalog import Knowledge
    from knowledge.wheels.surfaces import WheelSurfaces
    from resolver.context import Context
    from resolver.targets.target import Target


def surfaces(target: Target, knowledge: Knowledge) -> WheelSurfaces:
    """What reads the API of releases for a target."""
    from knowledge.wheels.surfaces import WheelSurfaces
    from resolver.commands.subjects.reading_targets import reading_target

    return WheelSurfaces(knowledge, reading_target(target), time.time)


def with_evidence(
    context: Context, knowledge: Knowledge, *, scanned: bool, program: str | None = None
) -> Context:
    """The context with what reads releases, where there is something to hold against them.

    Args:
        context: of the run.
        knowledge: that reads them.
        scanned: whether code was scanned.
        program: digest of the program that will run, ``sha256:…``; None where it is not known.
    """
    context = msgspec.structs.replace(context, vulnerabilities=knowledge.vulnerabilities())
    if knowledge.has_observations():
        from resolver.observed.failures import Observed

        observed = Observed(knowledge.observations(), context.target, program)
        context = msgspec.structs.replace(context, observed=observed)
    if context.demands or "performance" in context.recommendation.weights:
        from resolver.commands.runs.performance import performance

        found = performance(context, knowledge, scanned=scanned)
        context = msgspec.structs.replace(context, performance=found)
    if context.image is not None or "libraries" in context.target.environment:
        from knowledge.wheels.natives import WheelNatives

        context = msgspec.structs.replace(context, natives=WheelNatives(knowledge, time.time))
    if not context.demands:
        return context
    return msgspec.structs.replace(context, surfaces=surfaces(context.target, knowledge))


def program_digest(options: argparse.Namespace) -> str | None:
    """The digest, ``sha256:…``, of the program that stacks are tried with; None where there is none."""
    path = getattr(options, "probe_script", None)
    if path is None:
        return None
    from knowledge.probing.records import ProbeTask
    from resolver.commands.runs.scripts import read_script
    from resolver.commands.runs.tried_stacks import probed_code

    script = read_script(path, "--probe-script")
    return ProbeTask(pins=(), script=script, code=probed_code(options)).script_digest


def with_imports(
    context: Context, knowledge: Knowledge, options: argparse.Namespace, told: Callable[[int], None]
) -> Context:
    """The context with what imports stacks on paper, where evidence is asked for.

    Args:
        context: of the run.
        knowledge: that reads what is imported.
        options: of the command.
        told: hears how many releases a stack has that is going to be imported.
    """
    if getattr(options, "evidence", "none") == "none" or not context.recommendation.strides:
        return context
    from resolver.commands.runs.imports import stack_imports
    from resolver.commands.runs.project_code import project_code

    source = getattr(options, "source", None)
    imports = stack_imports(
        context.target,
        knowledge,
        time.time,
        options.evidence_budget,
        code=None if source is None else project_code(source),
        kind=options.evidence,
        told=told,
    )
    return msgspec.structs.replace(context, imports=imports)
