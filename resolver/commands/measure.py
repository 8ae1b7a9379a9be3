"""``stackwright measure``: how fast releases are on this machine."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments, numbers

if TYPE_CHECKING:
    from knowledge.measuring.benchmarks import Benchmark
    from knowledge.measuring.report import MeasurementReport

_MOST_GB = 1024


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``measure``."""
    command.description = (
        "Measure releases of projects on this machine: each in a virtual environment of its own, in turns, "
        "until the figures agree. That installs wheels of the index and runs them."
    )
    command.add_argument(
        "requirements",
        nargs="+",
        metavar="REQUIREMENT",
        help="a project, and which releases, such as 'numpy>=1.26'",
    )
    command.add_argument(
        "--releases", default="4", metavar="N|VERSIONS",
        help="so many: the newest release of each of the newest minor series; or which, such as 1.26.4,2.0.2 "
        "(default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--with", dest="beside", action="append", default=[], metavar="REQUIREMENT",
        help="install this beside each release, such as 'numpy<2'; may be given more than once",
    )  # fmt: skip
    command.add_argument(
        "--benchmark", dest="benchmarks", action="append", default=[], metavar="NAME|FILE",
        help="only this benchmark, or those of a file; may be given more than once (default: all that ship "
        "for the project)",
    )  # fmt: skip
    command.add_argument(
        "--script", type=Path, metavar="FILE",
        help="run this program instead: what it says in the output format of Thoth's "
        "Amun counts, or else its whole time",
    )  # fmt: skip
    command.add_argument(
        "--python",
        type=Path,
        metavar="PATH",
        help="interpreter to measure with (default: the one of this program)",
    )
    command.add_argument(
        "--processes", type=numbers.whole_number(1, 999), default=5, metavar="N",
        help="so many must agree, of at most three times as many (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--threads",
        type=numbers.whole_number(1, 999),
        default=1,
        metavar="N",
        help="that libraries are told to use (default: %(default)s)",
    )
    command.add_argument(
        "--most-load", type=float, metavar="LOAD",
        help="measure only while the load of the machine is at most this (default: its cores)",
    )  # fmt: skip
    command.add_argument(
        "--patience", type=numbers.seconds, default=120.0, metavar="SECONDS",
        help="wait so long, in all, for the load to fall (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--limit-time",
        type=numbers.seconds,
        default=120.0,
        metavar="SECONDS",
        help="end a process after so long (default: %(default)s)",
    )
    command.add_argument(
        "--limit-memory",
        type=numbers.above_zero(_MOST_GB, "gigabytes"),
        default=4.0,
        metavar="GB",
        help="give a process so much memory (default: %(default)s)",
    )
    arguments.add_output(command, "the figures to a file, as JSON")
    command.add_argument(
        "--keep", action="store_true", help="keep the figures in the store, where advise finds them"
    )
    arguments.add_format(command)
    arguments.add_index(command)
    arguments.add_quiet(command)


def run(options: argparse.Namespace) -> bool:
    """Measure; false where something could not be."""
    from resolver.commands.notes import printable
    from resolver.outputs.files import check_text, write_output
    from resolver.outputs.json_text import json_text
    from resolver.outputs.texts.measurements_text import measurements_text

    if options.output is not None:
        check_text(options.output)
    report = _measured(options)
    document = json_text(report, indent=1)
    if options.output is not None:
        write_output(options.output, document)
    if options.keep:
        _keep(options, report)
    sys.stdout.write(document if options.format == "json" else printable(measurements_text(report)))
    return not report.unknowns


def _keep(options: argparse.Namespace, report: MeasurementReport) -> None:
    from knowledge.measuring.known import keep
    from knowledge.stores.locations import default_location, open_store

    store = open_store(options.store or default_location(os.environ, Path.home()))
    try:
        keep(report, store)
    finally:
        store.close()


def _measured(options: argparse.Namespace) -> MeasurementReport:
    import tempfile

    from knowledge.confinement.limits import Limits
    from knowledge.measuring.sessions import MeasuringSession, Settings
    from knowledge.measuring.venvs import Venvs
    from resolver.commands.runs import inputs
    from resolver.commands.runs.session import Session
    from resolver.commands.subjects.inspecting import inspection_progress
    from resolver.commands.subjects.measurements import (
        candidates,
        interpreter,
        measured,
        requirements,
        wanted,
    )

    session = Session(options)
    python = interpreter(options.python)
    asked = wanted(options.requirements, tuple(_benchmarks(options)), options.script)
    with session.knowledge() as knowledge:
        chosen = candidates(asked, options.releases, python, knowledge)
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    settings = Settings(
        processes=options.processes,
        threads=options.threads,
        most_load=float(cores) if options.most_load is None else options.most_load,
        patience_s=options.patience,
        limits=Limits(time_s=options.limit_time, memory_bytes=int(options.limit_memory * 1e9)),
    )
    with (
        tempfile.TemporaryDirectory(prefix="stackwright-measure-", ignore_cleanup_errors=True) as place,
        inspection_progress(quiet=options.quiet) as progress,
    ):
        folder = Path(place)
        (folder / "venvs").mkdir()
        (folder / "runs").mkdir()
        index = inputs.indexes_of(options, session.project, None)
        venvs = Venvs(folder / "venvs", python.path, index, os.environ, requirements(options.beside))
        name = os.urandom(6).hex()
        taking = MeasuringSession(name, settings, folder / "runs", os.environ, progress)
        return measured(chosen, venvs, taking, python, session.created_at, progress)


def _benchmarks(options: argparse.Namespace) -> list[Benchmark]:
    """Those that options name, else all that ship."""
    from knowledge.measuring.benchmarks import read_benchmarks, shipped_benchmarks
    from resolver.errors import InputError

    shipped = list(shipped_benchmarks())
    if not options.benchmarks:
        return [] if options.script is not None else shipped
    found: list[Benchmark] = []
    for name in options.benchmarks:
        named = [one for one in shipped if one.id == name]
        if not named and ("/" in name or name.endswith((".yaml", ".yml", ".json")) or Path(name).is_file()):
            named = list(read_benchmarks(Path(name)))
        if not named:
            import difflib

            near = difflib.get_close_matches(name, [one.id for one in shipped])
            remedy = (
                f"did you mean: {', '.join(near)}?"
                if near
                else "name a benchmark that ships, or a file of some"
            )
            raise InputError(f"there is no benchmark {name}", remedy)
        found += named
    return found
