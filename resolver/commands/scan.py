"""``stackwright scan``: what a tree of source really uses, beside what it declares."""

from __future__ import annotations

import argparse
import functools
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands.options import arguments

if TYPE_CHECKING:
    from analyzers.files import FileReader
    from analyzers.reports import Unknown
    from resolver.commands.subjects.scanning import ScanWishes

_SOURCES = (".py", ".pyi", ".ipynb")


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``scan``."""
    command.description = (
        "Find what Python source uses of other distributions, where it differs from what is declared, and "
        "what hints at the Pythons, hardware and libraries it needs. Nothing is imported or run."
    )
    command.add_argument(
        "path", metavar="PATH", type=_named, nargs="?", default=Path(),
        help="a directory, a file, a wheel or a source distribution (default: the working directory)",
    )  # fmt: skip
    arguments.add_format(command, ("text", "json", "sarif", "html"))
    command.add_argument("--no-tests", action="store_true", help="leave tests out")
    command.add_argument(
        "--precise", action="store_true",
        help="read files that bind imported names anew a second time, more slowly",
    )  # fmt: skip
    command.add_argument(
        "--jobs", type=int, metavar="N", help="use at most so many processes (default: one for each core)"
    )
    command.add_argument(
        "--exclude", action="append", default=[], metavar="PATTERN",
        help="leave out what matches, as a line of .gitignore would; may be given more than once",
    )  # fmt: skip
    command.add_argument("--hidden", action="store_true", help="with files whose names start with a dot")
    command.add_argument("--ignored", action="store_true", help="with files that git ignores")
    command.add_argument(
        "--environment", type=Path, metavar="PREFIX",
        help="read what is installed in a virtual environment or prefix, to tell distributions apart "
        "(default: .venv or venv in PATH, else the active one)",
    )  # fmt: skip
    command.add_argument(
        "--installed", nargs="?", const="", metavar="PREFIX",
        help="instead of source look at what is installed in a virtual environment, a prefix or an image, "
        "named as for inspect (default: the one of --environment)",
    )  # fmt: skip
    command.add_argument(
        "--strict", "--check", action="store_true", help="exit with 1 if a finding is a warning or an error"
    )
    command.add_argument(
        "--look-up", action="store_true",
        help="ask the index which modules the wheels of declared projects hold, and of no other project",
    )  # fmt: skip
    arguments.add_index(command)
    arguments.add_quiet(command)


def _named(text: str) -> Path:
    """A path that is stated; an empty one is a variable that was not set, not the working directory."""
    if not text:
        raise argparse.ArgumentTypeError(
            "is empty; name a directory, a file, a wheel or a source distribution"
        )
    return Path(text)


def run(options: argparse.Namespace) -> bool:
    """Scan; false under ``--strict`` where something was found."""
    if options.installed is not None:
        return _run_installed(options)
    from analyzers.evidence import Level
    from analyzers.source.documents import document
    from resolver.commands.heads import report_moment, tool
    from resolver.commands.options.screens import columns
    from resolver.commands.subjects.scanning import ScanWishes, kept_or_scanned

    wishes = ScanWishes(
        path=options.path,
        store=options.store,
        tests=not options.no_tests,
        precise=options.precise,
        jobs=options.jobs,
        exclude=tuple(options.exclude),
        hidden=options.hidden,
        ignored=options.ignored,
        environment=options.environment,
        quiet=options.quiet,
    )
    with _looking_up(options, wishes) as looked_up:
        summary, lists = kept_or_scanned(
            looked_up, tool(), report_moment(), lists=options.format in ("json", "html")
        )
    report = summary.report
    if lists is not None and options.format == "html":
        from resolver.outputs.pages.scan_page import scan_page

        sys.stdout.write(scan_page(summary, lists))
    elif lists is not None:
        for piece in document(report, lists):
            sys.stdout.write(piece.decode())
        sys.stdout.write("\n")
    elif options.format == "sarif":
        from analyzers.api.missing import MISSING_FINDINGS
        from analyzers.sarif import sarif
        from analyzers.source.dependencies.findings import DEPENDENCY_FINDINGS

        rules = {**DEPENDENCY_FINDINGS, **MISSING_FINDINGS}
        sys.stdout.write(
            sarif(report.tool, rules, report.findings, report.unknowns, root=_root(options.path)).decode()
        )
    else:
        from resolver.commands.notes import printable
        from resolver.outputs.texts.scan_text import scan_text

        sys.stdout.write(printable(scan_text(summary, columns(sys.stdout))))
    found = any(finding.level is not Level.INFO for finding in report.findings)
    return not (options.strict and found)


def _root(path: Path) -> str:
    """What paths of findings are relative to, as seen from the working directory; of archives nothing."""
    folder = path if path.is_dir() else path.parent if path.suffix in _SOURCES else Path()
    return "" if folder == Path() else folder.as_posix()


@contextmanager
def _looking_up(options: argparse.Namespace, wishes: ScanWishes) -> Iterator[ScanWishes]:
    """The wishes, with what the index says of declared projects where ``--look-up`` asks for it."""
    if not options.look_up:
        yield wishes
        return
    import time

    import msgspec

    from knowledge.wheels.names import wheel_names
    from resolver.commands.runs.session import Session

    with Session(options).knowledge() as knowledge:
        wheels = functools.partial(wheel_names, knowledge, now=time.time)
        yield msgspec.structs.replace(wishes, wheels=wheels)


def _run_installed(options: argparse.Namespace) -> bool:
    """What is installed: what each distribution provides, imports and demands of the others."""
    import msgspec

    from analyzers.source.extraction import extracted
    from analyzers.source.installed import InstalledReport, installed, installed_input
    from resolver.commands.heads import report_moment, tool, written_moment
    from resolver.commands.notes import printable
    from resolver.commands.options.screens import columns
    from resolver.errors import InputError
    from resolver.outputs.texts.installed_text import installed_text

    if options.format == "sarif":
        raise InputError("--installed has no findings for --format sarif", "use --format json")
    with _installation(options) as (name, reader, unread):
        distributions, unknowns = installed(reader, extracted)
    report = InstalledReport(
        tool=tool(),
        input=installed_input(name, distributions),
        created_at=written_moment(report_moment()),
        unknowns=tuple(sorted({*unknowns, *unread})),
        distributions=distributions,
    )
    if options.format == "json":
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    elif options.format == "html":
        from resolver.outputs.pages.scan_page import installed_page

        sys.stdout.write(installed_page(report))
    else:
        sys.stdout.write(printable(installed_text(report, columns(sys.stdout))))
    return True


@contextmanager
def _installation(options: argparse.Namespace) -> Iterator[tuple[str, FileReader, Iterable[Unknown]]]:
    """What ``--installed`` names, its files, and what could not be read of them: a prefix or an image."""
    from analyzers.directories import HeldDirectoryReader
    from images.errors import ImageReferenceError
    from images.sources.reference_texts import is_layout
    from resolver.commands.subjects.scanning import environment_of
    from resolver.errors import InputError

    prefix = (
        Path(options.installed) if options.installed else environment_of(options.path, options.environment)
    )
    remedy = "name a virtual environment, a prefix or an image: --installed PREFIX"
    if prefix is None:
        raise InputError("--installed: no environment is active, nor is there a .venv", remedy)
    if prefix.is_dir() and not is_layout(prefix):
        with HeldDirectoryReader(prefix) as reader:
            yield str(prefix), reader, ()
        return
    named = options.installed or str(prefix)
    if not prefix.exists() and ":" not in named:
        raise InputError(f"--installed {prefix}: there is no such directory", remedy)
    from images.roots.image_files import PYTHON_FILES, image_files
    from resolver.commands.subjects.inspecting import inspection_progress

    try:
        with inspection_progress(quiet=options.quiet) as progress:
            files = image_files(
                options.installed or str(prefix), [PYTHON_FILES], environ=os.environ, progress=progress
            )
    except ImageReferenceError as error:
        error.add_note(remedy)
        raise
    yield named, files, files.unknowns
