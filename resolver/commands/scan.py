"""``stackwright scan``: what a tree of source really uses, beside what it declares."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from resolver.commands import arguments

if TYPE_CHECKING:
    from analyzers.source.provided_names import Provided
    from analyzers.source.report import SourceReport
    from analyzers.source.scan import RecordCache

_ENVIRONMENTS = (".venv", "venv")


def add(command: argparse.ArgumentParser) -> None:
    """The options of ``scan``."""
    command.description = (
        "Find what Python source uses of other distributions, where it differs from what is declared, and "
        "what hints at the Pythons, hardware and libraries it needs. Nothing is imported or run."
    )
    command.add_argument(
        "path", metavar="PATH", type=Path, nargs="?", default=Path(),
        help="a directory, a file, a wheel or a source distribution (default: the working directory)",
    )  # fmt: skip
    command.add_argument(
        "--format", choices=("text", "json", "sarif"), default="text",
        help="format of the result (default: %(default)s)",
    )  # fmt: skip
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
        help="instead of source look at what is installed in a virtual environment or prefix "
        "(default: the one of --environment)",
    )  # fmt: skip
    command.add_argument("--strict", action="store_true", help="exit with 1 if there are findings")
    arguments.add_store(command)
    command.add_argument("-q", "--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> bool:
    """Scan; false under ``--strict`` where something was found."""
    if options.installed is not None:
        return _run_installed(options)
    import shutil

    import msgspec

    from analyzers.evidence import Level

    report = scanned(options)
    if options.format == "json":
        told = msgspec.json.encode(report).decode()
        sys.stdout.write(told + "\n")
    elif options.format == "sarif":
        from analyzers.sarif import sarif
        from analyzers.source.findings import DEPENDENCY_FINDINGS

        sys.stdout.write(sarif(report.tool, DEPENDENCY_FINDINGS, report.findings).decode())
    else:
        from resolver.commands.notes import printable
        from resolver.outputs.scan_text import scan_text

        sys.stdout.write(printable(scan_text(report, shutil.get_terminal_size((100, 24)).columns)))
    sys.stdout.flush()
    found = any(finding.level is not Level.INFO for finding in report.findings)
    return not (options.strict and found)


def _run_installed(options: argparse.Namespace) -> bool:
    """What is installed: what each distribution provides, imports and demands of the others."""
    import shutil

    import msgspec

    from analyzers.directories import HeldDirectoryReader
    from analyzers.source.extraction import extracted
    from analyzers.source.installed import InstalledReport, installed, installed_input
    from resolver.commands.notes import printable
    from resolver.commands.session import report_moment, tool
    from resolver.errors import InputError
    from resolver.outputs.installed_text import installed_text

    prefix = Path(options.installed) if options.installed else _environment(options)
    remedy = "name a virtual environment or a prefix: --installed PREFIX"
    if prefix is None:
        raise InputError("--installed: no environment is active, nor is there a .venv", remedy)
    if not prefix.is_dir():
        raise InputError(f"--installed {prefix}: there is no such directory", remedy)
    if options.format == "sarif":
        raise InputError("--installed has no findings for --format sarif", "use --format json")
    with HeldDirectoryReader(prefix) as reader:
        distributions, unknowns = installed(reader, extracted)
    report = InstalledReport(
        tool=tool(),
        input=installed_input(str(prefix), distributions),
        created_at=report_moment().isoformat().replace("+00:00", "Z"),
        unknowns=unknowns,
        distributions=distributions,
    )
    if options.format == "json":
        sys.stdout.write(msgspec.json.encode(report).decode() + "\n")
    else:
        columns = shutil.get_terminal_size((100, 24)).columns
        sys.stdout.write(printable(installed_text(report, columns)))
    return True


def scanned(options: argparse.Namespace) -> SourceReport:
    """The report on what the options name.

    Raises:
        InputError: it cannot be scanned.
    """
    from analyzers.source.opening import OpenError, opened
    from analyzers.source.scan import Knowledge, Scan, ScanOptions
    from analyzers.source.walking import WalkOptions
    from resolver.commands.session import report_moment, tool
    from resolver.errors import InputError

    if options.jobs is not None and options.jobs < 1:
        raise InputError(f"--jobs must be at least 1: {options.jobs}")
    progress = _Progress() if not options.quiet and sys.stderr.isatty() else None
    try:
        with opened(options.path) as tree, _cache(options) as cache:
            walk = WalkOptions(
                ignored=options.ignored or tree.is_shipped,
                hidden=options.hidden,
                exclude=tuple(options.exclude),
                named=tree.named,
            )
            wanted = ScanOptions(
                walk=walk,
                tests=not options.no_tests,
                precise=options.precise,
                jobs=options.jobs or os.cpu_count() or 1,
            )
            known = Knowledge(cache=cache, provided=_provided(options))
            scan = Scan(tree.reader, str(options.path), wanted, known, progress, tree.rules, tree.unknowns)
            return scan.report(tool(), report_moment().isoformat().replace("+00:00", "Z"))
    except OpenError as error:
        raise InputError(str(error), "name a directory, a file, a wheel or a source distribution") from error
    finally:
        if progress is not None:
            progress.clear()


def _provided(options: argparse.Namespace) -> list[Provided]:
    """What is installed where the project runs; nothing where no environment is known."""
    from analyzers.directories import DirectoryReader
    from analyzers.distributions import find_distributions, read_distribution
    from analyzers.site_packages import site_packages
    from analyzers.source.provided_names import provided_names

    prefix = _environment(options)
    if prefix is None:
        return []
    reader = DirectoryReader(prefix)
    found = [
        read_distribution(reader, dist_info)
        for place in site_packages(reader)
        for dist_info in find_distributions(reader, place.directory)
    ]
    return provided_names(found)


def _environment(options: argparse.Namespace) -> Path | None:
    from resolver.errors import InputError

    if options.environment is not None:
        if not options.environment.is_dir():
            raise InputError(
                f"--environment {options.environment}: there is no such directory",
                "name a virtual environment or a prefix",
            )
        return Path(options.environment)
    for name in _ENVIRONMENTS:
        if (options.path / name / "pyvenv.cfg").is_file():
            return Path(options.path / name)
    active = os.environ.get("VIRTUAL_ENV")
    # The environment of this program says nothing about the project.
    if active and Path(active).is_dir() and Path(active).resolve() != Path(sys.prefix).resolve():
        return Path(active)
    return None


@contextmanager
def _cache(options: argparse.Namespace) -> Iterator[RecordCache]:
    """Records of earlier scans in the user's store; where there can be none, this scan keeps nothing."""
    from analyzers.source.scan import INSTRUMENT, NoCache
    from knowledge.derivations import Derivations
    from knowledge.errors import StoreError
    from knowledge.store_locations import default_location, open_store
    from resolver.commands.notes import show_note

    location = options.store or default_location(os.environ, Path.home())
    try:
        store = open_store(location)
    except StoreError as error:
        show_note(f"facts for later runs ({error.location}): {error.reason}")
        yield NoCache()
        return
    try:
        derivations = Derivations(store, INSTRUMENT, time.time)
        yield derivations
        for unknown in derivations.unknowns:
            show_note(f"{unknown.what} ({unknown.where}): {unknown.reason}")
    finally:
        store.close()


class _Progress:
    """One line of a terminal."""

    def __init__(self) -> None:
        from resolver.progress import TerminalProgress

        self._line = TerminalProgress(sys.stderr)

    def analysed(self, files: int, cached: int) -> None:
        """See `analyzers.source.scan.ScanProgress`."""
        self._line.show(f"{files:,} files analysed, {cached:,} of them known before")

    def clear(self) -> None:
        """Remove the line."""
        self._line.clear()
