"""Micro-benchmarks as data: what runs, how large, and which symbols its time stands for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from analyzers.manifests.documents.yaml_documents import (
    YamlLimits,
    YamlMapping,
    YamlNode,
    YamlSequence,
    yaml_document,
)
from analyzers.manifests.documents.yaml_records import RecordError, record
from analyzers.manifests.errors import ManifestError
from knowledge.errors import BenchmarkError
from knowledge.indexes.filenames import normalized

SHIPPED = Path(__file__).with_name("shipped")
LARGEST_FILE_BYTES = 1 << 20
_LIMITS = YamlLimits(size_bytes=LARGEST_FILE_BYTES, events=50_000)
_ID = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_SYMBOL = re.compile(r"[A-Za-z_][\w.()\[\]]*(?:\*[\w.()\[\]]*)*")
_LONGEST_ID = 100
_SEE = "see docs/reference/measure.md for what may stand there"


class Benchmark(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One thing that a project is used for.

    Attributes:
        project: normalised name.
        stands_for: symbols whose use its time stands for, as a scan names them; ``*`` stands for any text.
        size: what is worked on, in words.
        setup: Python that runs once.
        statement: Python that is timed.
        script: a program that is run instead, whose output says how long it took; else its whole time counts.
    """

    id: str
    project: str
    stands_for: tuple[str, ...]
    size: str = ""
    setup: str = ""
    statement: str = ""
    script: str = ""


class BenchmarkFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file of benchmarks."""

    benchmarks: tuple[Benchmark, ...]


def shipped_benchmarks() -> Iterator[Benchmark]:
    """Those that come with the program."""
    for path in sorted(SHIPPED.glob("*.yaml")):
        yield from read_benchmarks(path)


def read_benchmarks(path: Path) -> tuple[Benchmark, ...]:
    """The benchmarks of a file, YAML or JSON. They are compiled, never run.

    Raises:
        BenchmarkError: with the file and the line of the first fault.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise BenchmarkError(str(path), error.strerror or str(error), "name a file of benchmarks") from error
    try:
        document = yaml_document(data, str(path), _LIMITS)
        found = record(document, BenchmarkFile).benchmarks
    except ManifestError as error:
        problem = error.problems[0]
        raise BenchmarkError(str(problem.location), problem.reason, problem.remedy) from error
    except RecordError as error:
        raise BenchmarkError(str(error.location), error.reason, _SEE) from error
    seen: set[str] = set()
    for one, node in zip(found, _nodes(document), strict=True):
        for key, reason in _faults(one):
            place = node.entries.get(key, node).location
            raise BenchmarkError(str(place), f"benchmark {one.id[:_LONGEST_ID]}: {reason}", _SEE)
        if one.id in seen:
            raise BenchmarkError(str(node.location), f"two benchmarks are named {one.id}", _SEE)
        seen.add(one.id)
    return found


def _nodes(document: YamlNode) -> list[YamlMapping]:
    assert isinstance(document, YamlMapping)
    listed = document.entries["benchmarks"]
    assert isinstance(listed, YamlSequence)
    return [node for node in listed.items if isinstance(node, YamlMapping)]


def _faults(one: Benchmark) -> Iterator[tuple[str, str]]:
    """What is wrong with a benchmark: the key, and the reason."""
    if not _ID.fullmatch(one.id) or len(one.id) > _LONGEST_ID:
        yield "id", "its id is not made of small letters, digits, dots and dashes"
    if normalized(one.project) != one.project:
        yield "project", f"the name of its project is written {normalized(one.project)}"
    if not one.stands_for:
        yield "stands_for", "it stands for no symbol"
    for pattern in one.stands_for:
        if not _SYMBOL.fullmatch(pattern):
            yield "stands_for", f"{pattern[:_LONGEST_ID]!r} is no symbol, such as numpy.sort or numpy.*.sort"
    if bool(one.statement.strip()) == bool(one.script.strip()):
        yield "id", "it needs a statement or a script, and not both"
    if one.script and one.setup:
        yield "setup", "a script has no setup beside it"
    for key in ("setup", "statement", "script"):
        try:
            compile(getattr(one, key), f"<{key}>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None)
            yield (
                key,
                f"{key} is no Python: {getattr(error, 'msg', error)}"
                + (f" (its line {line})" if line else ""),
            )
