"""What an application called while its own tests ran, against what the scan foretells without running it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fakes.cases import case_files
from fakes.sources import traces

_TRACES = case_files("source/dynamic-trace", "*.json")


def test_scoring_counts_what_it_says() -> None:
    rows = [
        ["a.py", 2, "lib.core", "A.go", "py", "f"],
        ["a.py", 2, "lib.core", "option.<locals>.decorator", "py", "f"],
        ["a.py", 3, "lib.core", "make", "py", "f"],
        ["a.py", 4, "os.path", "join", "py", "f"],
        ["a.py", 5, None, "len", "c", "f"],
        ["a.py", 6, "tests.test_a", "x", "py", "f"],
        ["a.py", 7, "app.b", "x", "py", "f"],
        ["a.py", 8, "other", "B.__init__", "py", "f"],
    ]
    truth = traces.events(rows, {"app"})
    assert [(event.line, event.name) for event in sorted(truth)] == [(2, "go"), (3, "make"), (8, "B")]


@pytest.mark.index
@pytest.mark.slow
@pytest.mark.skipif(not _TRACES, reason="the collected traces are not there")
@pytest.mark.parametrize("path", _TRACES, ids=lambda path: path.stem)
def test_a_trace_is_foretold(path: Path, tmp_path: Path) -> None:
    project, _, version = path.stem.rpartition("-")
    root = traces.sdist(project, version, tmp_path)
    rows = traces.read(path)
    score = traces.scored(traces.scanned(root, {project: project}), traces.events(rows, {project}), rows)
    report = traces.table(project, score)
    assert score.events > 50, report
    assert score.root_recall >= 0.95, report
    assert score.name_recall >= 0.85, report
    assert score.precision >= 0.97, report
