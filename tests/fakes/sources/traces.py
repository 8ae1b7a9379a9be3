"""Dynamic traces of applications, and how well a scan foretells them.

A trace's row is (file, line, module of the callee, its qualified name, ``py`` or ``c``, caller).
"""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyzers.source.extraction import extracted
from analyzers.source.linking import linker
from analyzers.source.linking.project_files import SourceFile
from analyzers.source.protocols import NoSurfaces
from analyzers.source.records import Use, UseKind

_TESTING = {"pytest", "_pytest", "pluggy", "unittest", "pytest_mock", "hypothesis", "coverage"}


@dataclass(frozen=True, order=True)
class Event:
    """A call that ran: where, and which public name of which root module."""

    file: str
    line: int
    root: str
    name: str
    qualified: str


@dataclass
class Score:
    """How a scan met a trace; the misses by class."""

    events: int = 0
    roots_found: int = 0
    names_found: int = 0
    stated: int = 0
    confirmed: int = 0
    misses: Counter[str] = field(default_factory=Counter)
    missed: list[Event] = field(default_factory=list)
    missed_names: list[Event] = field(default_factory=list)
    false: list[Use] = field(default_factory=list)

    @property
    def root_recall(self) -> float:
        return self.roots_found / self.events

    @property
    def name_recall(self) -> float:
        return self.names_found / self.events

    @property
    def precision(self) -> float:
        return self.confirmed / self.stated if self.stated else 1.0


def sdist(project: str, version: str, folder: Path) -> Path:
    """The unpacked sdist of a release, asked of the index through pip."""
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--no-binary",
            ":all:",
            "--dest",
            str(folder),
            f"{project}=={version}",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(folder, filter="data")
    return folder / archive.name.removesuffix(".tar.gz")


def read(path: Path) -> list[Sequence[object]]:
    rows: list[Sequence[object]] = json.loads(path.read_text())
    return rows


def events(rows: Iterable[Sequence[object]], own: Collection[str]) -> set[Event]:
    """The rows that count: calls of third parties from the application's own lines."""
    found: set[Event] = set()
    for file, line, module, qualified, _, _ in rows:
        if not (
            isinstance(file, str)
            and isinstance(line, int)
            and isinstance(module, str)
            and isinstance(qualified, str)
        ):
            continue
        root = module.partition(".")[0]
        if (
            root in own
            or root in _TESTING
            or root.startswith("test")
            or root in sys.stdlib_module_names
            or root in ("builtins", "importlib")
        ):
            continue
        if "<locals>" in qualified:
            continue
        parts = [part for part in qualified.split(".") if not (part.startswith("__") and part.endswith("__"))]
        if not parts or parts[-1].startswith("<"):
            continue
        found.add(Event(file, line, root, parts[-1], qualified))
    return found


def scanned(root: Path, packages: Mapping[str, str]) -> dict[str, linker.LinkedFile]:
    """The application's files, by their path within it; ``packages`` maps folders to dotted names."""
    files: dict[str, SourceFile] = {}
    for folder, package in packages.items():
        for path in sorted((root / folder).rglob("*.py")):
            inner = path.relative_to(root / folder)
            parts = (
                [*package.split("."), *inner.with_suffix("").parts]
                if package
                else list(inner.with_suffix("").parts)
            )
            is_package = parts[-1] == "__init__"
            files[str(inner)] = SourceFile(
                facts=extracted(path.read_text()),
                names=(".".join(parts[:-1] if is_package else parts),),
                is_package=is_package,
            )
    return linker.linked(files, surfaces=NoSurfaces())


def scored(
    found: Mapping[str, linker.LinkedFile], truth: set[Event], rows: Iterable[Sequence[object]]
) -> Score:
    """Recall of (root, line) and (name, line); precision on lines that ran a call of any third party.

    What a line states is confirmed where the trace has an event of the same root on it: a definition's root
    module may differ from the one used, so a name that agrees confirms too.
    """
    score = Score()
    stated: dict[tuple[str, int], list[Use]] = {}
    named: dict[tuple[str, int], list[Use]] = {}
    for path, linked in found.items():
        for use in linked.uses:
            if use.kind is not UseKind.IMPORT:
                named.setdefault((path, use.line), []).append(use)
            # An attribute may be a property and run code, or may not.
            if use.kind in (UseKind.CALL, UseKind.DECORATOR, UseKind.BASE):
                stated.setdefault((path, use.line), []).append(use)
    for event in sorted(truth):
        uses = named.get((event.file, event.line), [])
        score.events += 1
        root_found = any(_root(use) == event.root for use in uses)
        name_found = any(_matches(use, event) for use in uses)
        score.roots_found += root_found or name_found
        score.names_found += name_found
        if not (root_found or name_found):
            score.missed.append(event)
            score.misses[_class_of(event)] += 1
        elif not name_found:
            score.missed_names.append(event)
            score.misses["the library is found, under another name"] += 1
    executed: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for row in rows:
        if isinstance(row[0], str) and isinstance(row[1], int) and isinstance(row[2], str):
            executed.setdefault((row[0], row[1]), []).append((row[2].partition(".")[0], str(row[3])))
    lines = {(event.file, event.line) for event in truth}
    for place, uses in stated.items():
        if place not in lines:
            continue
        for use in uses:
            score.stated += 1
            name = _name(use)
            if any(root == _root(use) or name in qualified.split(".") for root, qualified in executed[place]):
                score.confirmed += 1
            else:
                score.false.append(use)
    return score


def _class_of(event: Event) -> str:
    """Why an event may have been missed."""
    last = event.qualified.rpartition(".")[2]
    if last[:2] == last[-2:] == "__" and last not in ("__init__", "__call__"):
        return "run by the language: an operator, iteration, with, str()"
    if last == "__init__":
        return "constructor reached through another class"
    if "." in event.qualified:
        return "member of a value that is not followed"
    return "function that is passed as a value"


def table(name: str, score: Score) -> str:
    """The figures and the misses by class, for people."""
    recall = f"recall of roots {score.root_recall:.3f}, of names {score.name_recall:.3f}"
    lines = [f"{name}: {score.events} events, {recall}, precision {score.precision:.3f} of {score.stated}"]
    lines += [f"  {count:4}  {reason}" for reason, count in score.misses.most_common()]
    lines += [f"        stated, not run: {use.file}:{use.line} {use.symbol}" for use in score.false]
    return "\n".join(lines)


def _root(use: Use) -> str:
    return use.symbol.partition(".")[0]


def _name(use: Use) -> str:
    parts = [
        part
        for part in use.symbol.replace("()", "").replace("[]", "").split(".")
        if not (part[:2] == part[-2:] == "__")
    ]
    return parts[-1]


def _matches(use: Use, event: Event) -> bool:
    name = _name(use)
    return name == event.name or name in event.qualified.split(".")
