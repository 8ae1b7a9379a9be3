"""From what ``probe`` is asked for to its report: interpreter, files of the lock, what must be importable."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from analyzers.digests import sha256_of
from analyzers.reports import Input
from knowledge.confinement.scratch import scratch_folder
from knowledge.errors import KnowledgeError
from knowledge.probing.interpreters import Interpreter, interpreter_at
from knowledge.probing.observing import observation
from knowledge.probing.prober import LocalProber
from knowledge.probing.records import OwnCode, PinnedFile, ProbeTask
from knowledge.probing.report import ProbeReport
from knowledge.probing.sdist_builds import build_limits
from resolver.commands.heads import tool
from resolver.commands.options.probe_arguments import limits
from resolver.commands.runs import inputs
from resolver.commands.runs.scripts import read_script
from resolver.commands.runs.session import Session
from resolver.commands.subjects.inspecting import inspection_progress
from resolver.commands.subjects.locks import locked_files, read_lock
from resolver.errors import InputError

if TYPE_CHECKING:
    from images.facts.environment import RuntimeEnvironment
    from knowledge.catalog import Knowledge
    from knowledge.observations.record import Observation
    from knowledge.releases import File

_OF_MACHINE = ("cpu.", "cores", "memory_bytes")
"""Facts that hold in a root as well."""


def probed(options: argparse.Namespace) -> tuple[ProbeReport, Observation | None]:
    """Probe what the options name; what came of it, and what is to be kept, if anything."""
    script = "" if options.script is None else read_script(options.script, "--script")
    _check_modules(options.modules)
    with scratch_folder("stackwright-probe-") as folder:
        interpreter = _interpreter(options.python, folder)
        options.python_version = f"{interpreter.version}{'t' * interpreter.is_free_threaded}"
        options.platform = _platform(interpreter)
        session = Session(options)
        context = session.context(asks=False)
        lock, content = read_lock(options.lockfile, context)
        with session.knowledge(tells=False) as knowledge:
            files, unknowns = locked_files(lock, context, knowledge)
            roots = _roots(files, knowledge)
        if unknowns:
            raise InputError(
                f"{unknowns[0].where}: {unknowns[0].what}: {unknowns[0].reason}",
                "name a lock whose releases can all be installed there",
            )
        pins = tuple(_pin(name, version, file) for name, (version, file) in sorted(files.items()))
        task = ProbeTask(
            pins=pins,
            roots=roots,
            modules=tuple(options.modules),
            script=script,
            script_name=options.script.name if options.script else "script",
            code=_code(options),
        )
        index = inputs.indexes_of(options, session.project, None)
        prober = LocalProber(
            folder,
            interpreter,
            index,
            os.environ,
            limits(options),
            allow_builds=options.allow_builds,
            build_limits=build_limits(options.limit_build),
        )
        with inspection_progress(quiet=options.quiet) as progress:
            progress(f"{len(pins)} releases")
            result = prober.probe(task)
    environment = _environment(
        options.python, context.target.environment, is_root=interpreter.root is not None
    )
    report = ProbeReport(
        tool=tool(),
        input=Input(what=str(options.lockfile), digest=sha256_of(content)),
        created_at=session.created_at,
        releases=tuple(pin.release for pin in pins),
        environment=environment,
        result=result,
        has_script=bool(script),
    )
    seen = observation(task, result, environment, created_at=report.created_at, tool=report.tool)
    return report, seen


def _interpreter(path: Path | None, folder: Path) -> Interpreter:
    from knowledge.probing.errors import ProbingError

    try:
        return interpreter_at(path or Path(sys.executable), folder)
    except ProbingError as error:
        remedy = "name the program of a CPython from 3.8 on, or a directory with a root that has one"
        raise InputError(f"--python {path}: {error.reason}", remedy) from error


def _platform(interpreter: Interpreter) -> str | None:
    """Of a root, as an option names it; None for this machine."""
    if interpreter.root is None:
        return None
    name, _, version = interpreter.libc.partition(" ")
    if name == "glibc":
        return f"{interpreter.machine}-manylinux_{version.replace('.', '_')}"
    return f"musllinux_1_2_{interpreter.machine}"


def _environment(path: Path | None, target: RuntimeEnvironment, *, is_root: bool) -> RuntimeEnvironment:
    """Facts of this machine with the interpreter; of a root those of its Python and C library."""
    from resolver.commands.subjects.measurements import conditions, interpreter

    machine = interpreter(None if is_root else path).environment
    if not is_root:
        return conditions(machine)
    ours = {name: fact for name, fact in machine.facts.items() if name.startswith(_OF_MACHINE)}
    return conditions(msgspec.structs.replace(target, facts={**ours, **target.facts}))


def _code(options: argparse.Namespace) -> OwnCode | None:
    """What the program may import of the user's.

    Raises:
        InputError: it is not there, or there is no program.
    """
    from resolver.commands.runs.own_code import own_code

    if options.source is None:
        return None
    if options.script is None:
        raise InputError("--source is for a program that imports it", "name the program by --script")
    if not options.source.exists():
        remedy = "name a directory or a Python file"
        raise InputError(f"--source {options.source}: no such file or directory", remedy)
    return own_code(options.source)


def _check_modules(names: Iterable[str]) -> None:
    for name in names:
        if not all(part.isidentifier() for part in name.split(".")):
            raise InputError(f"--import {name[:100]!r} is no module", "write it like package.module")


def _pin(name: str, version: str, file: File) -> PinnedFile:
    return PinnedFile(
        project=name, version=version, filename=file.filename, url=file.url, sha256=file.hashes.get("sha256")
    )


def _roots(files: Mapping[str, tuple[str, File]], knowledge: Knowledge) -> tuple[str, ...]:
    """Projects that no other one of the stack requires, on whatever condition; all where that leaves none."""
    from packaging.requirements import InvalidRequirement, Requirement
    from packaging.utils import canonicalize_name

    required: set[str] = set()
    for name, (_, file) in files.items():
        knowledge.prefetch_metadata(name, file)
    for name, (_, file) in files.items():
        try:
            texts = knowledge.metadata(name, file).requires_dist
        except KnowledgeError:  # the build will tell
            continue
        for text in texts:
            try:
                other = canonicalize_name(Requirement(text).name)
            except InvalidRequirement:
                continue
            if other != name:
                required.add(other)
    return tuple(sorted(set(files) - required)) or tuple(sorted(files))
