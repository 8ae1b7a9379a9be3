"""Scanners of source side by side in one run, in turns: seconds, memory, megabytes per processor second.

Cold means an empty store, second means that of the run before on an unchanged tree. Bare parsing of the same
files in one process stands beside them as a measure of the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

from benchmarks.commands import Run, figures, timed
from benchmarks.corpora import python_files, unpacked
from benchmarks.indexes import configured_url
from benchmarks.peers import clean_environment, installed_command
from benchmarks.results import machine, record

_PARSE = """
import sys
from pathlib import Path
from ast_grep_py import SgRoot
count = 0
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    count += SgRoot(path.read_text("utf-8", "replace"), "python").root().is_named()
print(count)
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scanner:
    """One way to scan.

    Attributes:
        requirement: what is installed to have it; None for what the benchmark's own environment holds.
        arguments: of its command, from the folder and a store.
        extracted: how many facts its answer states, by kind.
        codes: of a run that did what was asked.
        starts_cold: whether the store is removed before each run.
    """

    name: str
    command: str
    arguments: Callable[[Path, Path], list[str]]
    extracted: Callable[[str], Mapping[str, int]]
    requirement: str | None = None
    codes: tuple[int, ...] = (0,)
    starts_cold: bool = True


@dataclass(slots=True)
class _Entrant:
    scanner: Scanner
    program: str
    runs: list[Run] = field(default_factory=list)
    failed: str | None = None


def _ours(text: str) -> dict[str, int]:
    document = json.loads(text)
    return {name: len(document[name]) for name in ("files", "imports", "uses", "findings")}


def _of_invectio(text: str) -> dict[str, int]:
    """Symbols of each package and file; where they stand is not told."""
    report = json.loads(text)["report"]
    return {
        "files": len(report),
        "symbols": sum(len(names) for file in report.values() for names in file.values()),
    }


def _of_deptry(text: str) -> dict[str, int]:
    return {"findings": len(re.findall(r": DEP\d+ ", text))}


def _of_fawltydeps(text: str) -> dict[str, int]:
    return {"imports": len([line for line in text.splitlines() if ":" in line])}


SCANNERS = (
    Scanner(
        name="stackwright",
        command="stackwright",
        arguments=lambda folder, store: ["scan", str(folder), "--store", str(store), "--format", "json"],
        extracted=_ours,
    ),
    Scanner(
        name="stackwright, 1 job",
        command="stackwright",
        arguments=lambda folder, store: [
            "scan",
            str(folder),
            "--store",
            str(store),
            "--format",
            "json",
            "--jobs",
            "1",
        ],
        extracted=_ours,
    ),
    Scanner(
        name="stackwright, second",
        command="stackwright",
        arguments=lambda folder, store: ["scan", str(folder), "--store", str(store), "--format", "json"],
        extracted=_ours,
        starts_cold=False,
    ),
    Scanner(
        name="invectio",
        requirement="invectio==0.2.2",
        command="invectio",
        arguments=lambda folder, store: ["whatuses", "--ignore-errors", str(folder)],
        extracted=_of_invectio,
    ),
    Scanner(
        name="deptry",
        requirement="deptry==0.25.1",
        command="deptry",
        arguments=lambda folder, store: [
            str(folder),
            "--config",
            str(folder / "pyproject.toml"),
            "--no-ansi",
        ],
        extracted=_of_deptry,
        codes=(0, 1),
    ),
    Scanner(
        name="FawltyDeps",
        requirement="fawltydeps==0.20.0",
        command="fawltydeps",
        arguments=lambda folder, store: ["--list-imports", "--detailed", "--code", str(folder)],
        extracted=_of_fawltydeps,
    ),
    Scanner(
        name="bare parsing",
        command="python",
        arguments=lambda folder, store: ["-c", _PARSE, str(folder)],
        extracted=lambda text: {"files": int(text)},
    ),
)
CORPORA = {
    "homeassistant": (
        "2026.11.0",
        ("stackwright", "stackwright, 1 job", "stackwright, second", "bare parsing"),
    ),
    "mlflow": ("3.18.0", tuple(scanner.name for scanner in SCANNERS)),
}
"""Version, and who scans it: what takes minutes for one project is not asked to scan the largest."""


def run(arguments: Sequence[str]) -> None:
    options = _options(arguments)
    index_url = options.index_url or configured_url()
    for name in options.corpus or CORPORA:
        release, wanted = CORPORA[name]
        folder = options.folder or unpacked(name, release, index_url, options.cache)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
            entrants = [
                _Entrant(scanner, _program(scanner, options.cache, index_url))
                for scanner in SCANNERS
                if scanner.name in wanted
            ]
            result = _measured(entrants, folder, Path(home), options)
        record("scanning", ("corpora", f"{name} {release}"), result)
        _show(f"{name} {release}", result)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stackwright-benchmarks"
    parser = argparse.ArgumentParser(prog="python -m benchmarks scanning", description=__doc__)
    parser.add_argument("--corpus", action="append", choices=CORPORA, help="default: all")
    parser.add_argument("--folder", type=Path, help="where the one corpus that is named lies unpacked")
    parser.add_argument("--runs", type=int, default=3, help="measured runs of each (default: 3)")
    parser.add_argument("--limit-s", type=float, default=600.0, help="for one run (default: 600)")
    parser.add_argument("--index-url", help="default: what pip or uv are configured to use")
    parser.add_argument("--cache", type=Path, default=cache, help="for peers and corpora")
    options = parser.parse_args(arguments)
    if options.folder is not None and len(options.corpus or ()) != 1:
        parser.error("--folder needs exactly one --corpus")
    return options


def _program(scanner: Scanner, cache: Path, index_url: str) -> str:
    if scanner.requirement is None:
        return str(Path(sys.executable).parent / scanner.command)
    return installed_command(scanner.requirement, scanner.command, cache, index_url)


def _measured(
    entrants: Sequence[_Entrant], folder: Path, home: Path, options: argparse.Namespace
) -> dict[str, object]:
    sources = python_files(folder)
    size_bytes = sum(path.stat().st_size for path in sources)
    for path in sources:
        path.read_bytes()  # the first one would pay for reading the disk
    started = machine()
    for _ in range(options.runs):
        for entrant in entrants:
            if entrant.failed is None:
                _measure(entrant, folder, home, options.limit_s)
    return {
        "files": len(sources),
        "size_mb": round(size_bytes / 1e6, 1),
        "machine": started,
        "scanners": {entrant.scanner.name: _summary(entrant, size_bytes) for entrant in entrants},
    }


def _measure(entrant: _Entrant, folder: Path, home: Path, limit_s: float) -> None:
    scanner, store = entrant.scanner, home / "store" / "store.sqlite3"
    if scanner.starts_cold:
        shutil.rmtree(store.parent, ignore_errors=True)
    command = [entrant.program, *scanner.arguments(folder, store)]
    done = timed(command, clean_environment(home), folder, limit_s)
    if done.exit_code in scanner.codes:
        entrant.runs.append(done)
    elif done.exit_code is None:
        entrant.failed = f"ended after {limit_s:g} s"
    else:
        entrant.failed = f"exit code {done.exit_code}: {done.log.strip()[-300:]}".replace(str(home), "…")


def _summary(entrant: _Entrant, size_bytes: int) -> dict[str, object]:
    requirement = entrant.scanner.requirement
    release = requirement.partition("==")[2] if requirement else version("ast-grep-py")
    if requirement is None and entrant.scanner.command == "stackwright":
        release = version("stackwright")
    summary: dict[str, object] = {"version": release}
    if entrant.failed is not None:
        return summary | {"failed": entrant.failed}
    found = figures(entrant.runs)
    last = entrant.runs[-1]
    return summary | {
        **asdict(found),
        "mb_per_cpu_s": round(size_bytes / 1e6 / found.cpu_s, 2),
        "extracted": dict(entrant.scanner.extracted(last.output or last.log)),
    }


def _show(title: str, result: Mapping[str, object]) -> None:
    scanners = result["scanners"]
    assert isinstance(scanners, dict)
    ours = scanners["stackwright, 1 job"].get("mb_per_cpu_s")
    print(f"\n{title}: {result['files']:,} files, {result['size_mb']} MB")
    print(f"  {'':20} wall s  (min to max)       CPU s  MB RSS  MB/CPU s  to it, ours  extracted")
    for name, found in scanners.items():
        if "failed" in found:
            print(f"  {name:20} {found['failed']}")
            continue
        spread = f"({found['wall_min_s']:.2f} to {found['wall_max_s']:.2f})"
        ratio = f"{ours / found['mb_per_cpu_s']:.2f}" if ours else "-"
        told = ", ".join(f"{kind} {count:,}" for kind, count in found["extracted"].items())
        print(
            f"  {name:20} {found['wall_s']:6.2f}  {spread:18} {found['cpu_s']:6.2f}  {found['peak_mb']:6.0f}"
            f"  {found['mb_per_cpu_s']:8.2f}  {ratio:>11}  {told}"
        )
