"""What ten thousand rules cost: loading them compiled, and a warm advise with and without them, in turns."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from benchmarks.results import machine, record
from benchmarks.rule_artifacts import printed, table
from fakes.indexes.index import FakeIndex
from fakes.indexes.server import IndexServer
from resolver.rules.sources import load

_COMMAND = Path(sys.executable).with_name("stackwright")
_PROJECTS = 60
_RULES_A_FILE = 200

_RULE = """\
  - name: rule-{number}
    match: {{project: {project}, specifier: '<0.{number}', facts: {{gpu.vendor: nvidia, cuda.max: '<12'}}}}
    do: {{refuse: true}}
    because: it is number {number} of many
    link: https://peps.python.org/pep-0508/
    checked: 2026-01-31
    examples:
      - {{fires: true, project: {project}, version: '0.0', facts: {{gpu.vendor: nvidia, cuda.max: '11.8'}}}}
      - {{fires: false, project: {project}, version: '0.0', facts: {{gpu.vendor: none}}}}
"""


def run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks rules", description=__doc__)
    parser.add_argument("--rules", type=int, default=10_000, help="how many (default: %(default)s)")
    parser.add_argument("--runs", type=int, default=15, help="of each kind (default: %(default)s)")
    parser.add_argument(
        "--artifacts",
        action="store_true",
        help="ask the configured index whether what rules choose has a wheel for each platform instead",
    )
    parser.add_argument("--python", default="3.11", help="of these platforms (default: %(default)s)")
    options = parser.parse_args(arguments)
    if options.artifacts:
        _show_artifacts(options.python)
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "rules", options.rules)
        result = {"rules": options.rules, "runs": options.runs, "machine": machine()}
        result |= _loading(folder, options.runs)
        result |= _advising(folder, options.runs)
    record("rules", ("cost",), result)
    print(json.dumps(result, indent=2))


def _show_artifacts(python: str) -> None:
    lines = table(python)
    for line in printed(lines):
        print(line)
    found = [msgspec.to_builtins(line) for line in lines]
    record("rules", ("artifacts",), {"python": python, "lines": found})


def _write(folder: Path, count: int) -> None:
    """Rules of which one in a hundred is about a project of the index."""
    folder.mkdir()
    for start in range(0, count, _RULES_A_FILE):
        rules = "".join(
            _RULE.format(
                number=number, project=f"q{number}" if number % 100 else f"p{number // 100 % _PROJECTS}"
            )
            for number in range(start, min(count, start + _RULES_A_FILE))
        )
        (folder / f"{start:06}.yaml").write_text(f"rules:\n{rules}", encoding="utf-8")


def _loading(folder: Path, runs: int) -> dict[str, object]:
    kept = folder / "kept"
    started = time.perf_counter()
    load(folder / "rules", kept)
    compiling = time.perf_counter() - started
    loading = []
    for _ in range(runs):
        started = time.perf_counter()
        load(folder / "rules", kept)
        loading.append(time.perf_counter() - started)
    size = sum(path.stat().st_size for path in kept.iterdir())
    return {
        "compile_s": round(compiling, 3),
        "load_s": {"median": round(statistics.median(loading), 4), "max": round(max(loading), 4)},
        "kept_bytes": size,
    }


def _advising(folder: Path, runs: int) -> dict[str, object]:
    """A stack of sixty projects, warm: without any rules, with those that ship, with all."""
    index = FakeIndex()
    for number in range(_PROJECTS):
        needs = [f"p{number + 1}"] if number + 1 < _PROJECTS else []
        for release in range(20):
            index.add(f"p{number}", f"1.{release}", requires=needs)
    kinds: dict[str, list[str]] = {
        "none": ["--no-rules"],
        "shipped": [],
        "all": ["--rules", str(folder / "rules")],
    }
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    work: dict[str, list[float]] = {kind: [] for kind in kinds}
    with IndexServer(index) as server:
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_INDEX_URL": server.url,
        }
        for number in range(runs + 1):
            for kind, options in _turned(kinds, number):
                command = [str(_COMMAND), "advise", "p0", "-q", "--format", "json", *options]
                before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
                subprocess.run(command, env=environ, cwd=folder, check=True, capture_output=True)
                taken, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
                if number:  # the first round fills store and caches
                    times[kind].append(taken)
                    work[kind].append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"elapsed": _figures(times), "processor": _figures(work)}


def _turned(kinds: Mapping[str, list[str]], number: int) -> list[tuple[str, list[str]]]:
    """The kinds in another order each round, so that none always follows the same one."""
    every = list(kinds.items())
    turn = number % len(every)
    return every[turn:] + every[:turn]


def _figures(taken: Mapping[str, list[float]]) -> dict[str, object]:
    """Seconds and ratios to a run without rules; a busy machine disturbs the least of many runs the least.

    Runs of one round follow each other at once: the median of the ratios within rounds leaves out what
    changed from round to round.
    """
    medians = {kind: statistics.median(each) for kind, each in taken.items()}
    least = {kind: min(each) for kind, each in taken.items()}
    return {
        "median_s": {kind: round(value, 3) for kind, value in medians.items()},
        "least_s": {kind: round(value, 3) for kind, value in least.items()},
        "ratio_of_medians": {kind: round(value / medians["none"], 3) for kind, value in medians.items()},
        "median_of_ratios": {
            kind: round(
                statistics.median(one / none for one, none in zip(each, taken["none"], strict=True)), 3
            )
            for kind, each in taken.items()
        },
        "ratio_of_least": {kind: round(value / least["none"], 3) for kind, value in least.items()},
    }
