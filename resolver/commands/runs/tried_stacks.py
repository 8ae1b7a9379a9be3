"""Has stacks tried with an interpreter that is like the target's, as the options of a command ask."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from packaging.utils import canonicalize_name

from knowledge.confinement.scratch import scratch_folder
from knowledge.observations.known import keep_observations, keep_verdicts
from knowledge.observations.verdicts import VerdictCheck
from knowledge.probing.errors import ProbingError
from knowledge.probing.interpreters import Interpreter, interpreter_at
from knowledge.probing.observing import observation
from knowledge.probing.prober import LocalProber
from knowledge.probing.records import OwnCode, ProbeResult, ProbeTask
from knowledge.probing.stack_probes import INSTRUMENT, Demanded, ProbeLimits, StackProbes
from resolver.commands.heads import report_moment, tool, written_moment
from resolver.commands.runs.scripts import read_script
from resolver.errors import InputError

if TYPE_CHECKING:
    from analyzers.source.report import SourceReport
    from knowledge.catalog import Knowledge
    from knowledge.indexes.configuration import IndexConfiguration
    from knowledge.stores.store import Store
    from resolver.context import Context
    from resolver.reports.advice import Advice
    from resolver.targets.target import Target

_ALIKE = ("os.id", "os.version", "libc.name", "libc.version", "arch")
"""Facts of the target beside its Python that tell where a result holds."""
_REMEDY = "name an interpreter like it, or a root file system with one, by --probe-python"


class UnlikeTargetError(InputError):
    """What runs stacks is not like the target."""

    def __init__(self, target: str, differs: str) -> None:
        super().__init__(f"the stacks of {target} cannot be probed: it has {differs}", _REMEDY)
        self.differs = differs


@contextmanager
def with_probes(
    context: Context,
    knowledge: Knowledge,
    options: argparse.Namespace,
    index: IndexConfiguration,
    source: SourceReport | None,
    told: Callable[[int, int], object],
    store: str,
) -> Iterator[Context]:
    """The context with what tries stacks; what that needs on disk is gone afterwards.

    Args:
        context: of the run.
        knowledge: keeps what came of stacks.
        options: of the command.
        index: where files come from.
        source: of the user's code; None where none was scanned.
        told: called when a probe begins; see `StackProbes`.
        store: where observations are kept.

    Raises:
        InputError: the stacks of this target cannot be tried, or the script cannot be read.
    """
    script = "" if options.probe_script is None else read_script(options.probe_script, "--probe-script")
    seen: list[tuple[ProbeTask, ProbeResult]] = []
    with scratch_folder("stackwright-probe-") as folder:
        python = options.probe_python or Path(sys.executable)
        interpreter = _interpreter(python, folder, context.target)
        prober = LocalProber(folder, interpreter, index, os.environ, allow_builds=options.allow_builds)
        demanded = Demanded(
            modules=_modules(source, {each.dependency.project for each in context.requirements}),
            script=script,
            script_name="script" if options.probe_script is None else options.probe_script.name,
            code=probed_code(options),
        )
        limits = ProbeLimits(
            probes=options.probe_limit,
            seconds=None if options.evidence_budget is None else options.evidence_budget.seconds,
        )
        probes = StackProbes(
            prober,
            knowledge.derivations(INSTRUMENT, time.time),
            _environment(interpreter, context.target),
            demanded,
            limits,
            told=told,
            observed=lambda task, result: seen.append((task, result)),
        )
        try:
            yield msgspec.structs.replace(context, prober=probes)
        finally:
            _keep(seen, context, store)


def probed_code(options: argparse.Namespace) -> OwnCode | None:
    """The user's code, where it is named beside a script that may import it."""
    from resolver.commands.runs.own_code import own_code

    source = getattr(options, "source", None)
    return None if source is None or options.probe_script is None else own_code(source)


def keep_checked(advice: Advice, store: str) -> None:
    """Keep what the probes of a run showed of static verdicts."""
    if advice.probes is None or not advice.probes.checked:
        return
    checks = [
        VerdictCheck(
            dependent=each.dependent,
            dependency=each.dependency,
            instrument=each.instrument,
            confidence=each.confidence,
            confirmed=each.confirmed,
            created_at=advice.created_at,
            tool=advice.tool,
        )
        for each in advice.probes.checked
    ]
    with _opened(store) as opened:
        keep_verdicts(checks, opened)


def _keep(seen: Sequence[tuple[ProbeTask, ProbeResult]], context: Context, store: str) -> None:
    """Keep what was seen, each as an observation of its stack."""
    created_at = written_moment(report_moment())
    environment = context.target.environment
    made = [observation(*one, environment, created_at=created_at, tool=tool()) for one in seen]
    observations = [one for one in made if one is not None]
    if observations:
        with _opened(store) as opened:
            keep_observations(observations, opened)


@contextmanager
def _opened(location: str) -> Iterator[Store]:
    from knowledge.stores.locations import open_store

    store = open_store(location)
    try:
        yield store
    finally:
        store.close()


def _interpreter(python: Path, folder: Path, target: Target) -> Interpreter:
    """What runs stacks, where it is like the target's.

    Raises:
        InputError: it is not, or does not run.
    """
    try:
        found = interpreter_at(python, folder)
    except ProbingError as error:
        raise InputError(str(error), "name a CPython 3, or a root file system with one") from error
    wanted = ".".join(map(str, target.python.release[:2]))
    environment = target.environment
    differs = [
        f"{what} {asked}, and {python} has {has}"
        for what, asked, has in (
            ("Python", wanted, found.minor),
            ("the architecture", environment.text("arch"), found.machine),
            ("the system", environment.text("os.kernel"), sys.platform),
            ("the C library", environment.text("libc.name"), found.libc.partition(" ")[0]),
        )
        if asked and has and asked != has
    ]
    if differs:
        raise UnlikeTargetError(target.name, differs[0])
    return found


def _environment(interpreter: Interpreter, target: Target) -> str:
    """What tells apart where stacks run."""
    facts = [f"{name}={target.environment.text(name)}" for name in _ALIKE]
    root = "" if interpreter.root is None else str(interpreter.root)
    return "\n".join([interpreter.version, interpreter.path, root, interpreter.libc, *facts])


def _modules(source: SourceReport | None, asked: Collection[str]) -> tuple[str, ...]:
    """What the user's code imports, whatever happens, of what is asked for.

    A module behind an extra that nobody asked for imports what no stack has: that is no failure of a stack.
    """
    from analyzers.source.records import ImportKind, Origin, Role

    declared = {canonicalize_name(one.name) for one in source.declared if one.name} if source else set()
    elsewhere = declared.difference(asked)
    found = {
        each.module
        for each in (() if source is None else source.imports)
        if each.role is Role.MAIN
        and each.origin is Origin.THIRD_PARTY
        and any(match.name in asked for match in each.distributions[:1])
        and each.kind in (ImportKind.STATIC, ImportKind.STAR)
        and each.is_top_level
        and not each.guard
        and each.alternative is None
        and not (each.distributions and each.distributions[0].name in elsewhere)
    }
    return tuple(sorted(found))
