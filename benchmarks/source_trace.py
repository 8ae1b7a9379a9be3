"""How well a scan foretells the calls that an application makes while its tests run; the misses by class.

`python -m benchmarks source_trace TRACE.json SDIST_FOLDER PACKAGE …` takes any traces; without arguments
those of the collected cases, whose sdists come from the index.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.results import record
from fakes.cases import case_files
from fakes.sources import traces


def run(options: list[str]) -> None:
    """Print one table for each trace and record the figures."""
    if options:
        for trace, folder, package in zip(options[::3], options[1::3], options[2::3], strict=True):
            _print(Path(trace), Path(folder), package)
        return
    for path in case_files("source/dynamic-trace", "*.json"):
        project, _, version = path.stem.rpartition("-")
        with tempfile.TemporaryDirectory() as folder:
            _print(path, traces.sdist(project, version, Path(folder)), project)


def _print(trace: Path, folder: Path, package: str) -> None:
    rows = traces.read(trace)
    score = traces.scored(traces.scanned(folder, {package: package}), traces.events(rows, {package}), rows)
    print(traces.table(trace.stem, score))
    entry = {
        "events": score.events,
        "root_recall": round(score.root_recall, 3),
        "name_recall": round(score.name_recall, 3),
        "precision": round(score.precision, 3),
        "misses": dict(score.misses.most_common()),
    }
    record("source_trace", (trace.stem,), entry)
