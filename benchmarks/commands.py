"""Runs commands as whole processes: wall time, processor time and memory of each, with all it started.

A small launcher starts and waits for the command. The peak of a process that is started by a large one would
otherwise be that of the large one, because Linux carries it over.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LAUNCHER = """
import os, sys, time
report, program, *_ = sys.argv[1:]
start = time.perf_counter()
child = os.posix_spawn(program, sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
wall = time.perf_counter() - start
cpu, code = usage.ru_utime + usage.ru_stime, os.waitstatus_to_exitcode(status)
with open(report, "w") as file:
    print([wall, cpu, usage.ru_maxrss, code], file=file)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One process that ended or was ended.

    Attributes:
        cpu_s: user and system time, children that were waited for included; 0 when it was ended.
        peak_bytes: resident memory of the largest of these processes.
        exit_code: None when the time limit ended it.
    """

    wall_s: float
    cpu_s: float
    peak_bytes: int
    exit_code: int | None
    output: str
    log: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Several runs of one command: medians, and the range of the wall time."""

    runs: int
    wall_s: float
    wall_min_s: float
    wall_max_s: float
    cpu_s: float
    peak_mb: float


def timed(command: Sequence[str], environ: Mapping[str, str], folder: Path, limit_s: float) -> Run:
    """Run a command in a folder, in this environment and no other, and end it with its children at the limit.

    Args:
        command: its first part is an absolute path.
    """
    with tempfile.TemporaryDirectory() as place:
        report = Path(place) / "report"
        launcher = [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(report), *command]
        process = subprocess.Popen(
            launcher,
            cwd=folder,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        try:
            output, log = process.communicate(timeout=limit_s)
        except subprocess.TimeoutExpired:
            return _ended(process, limit_s)
        except BaseException:
            _ended(process, limit_s)
            raise
        if process.returncode:
            raise RuntimeError(f"{command[0]} could not be started: {log[-2000:]}")
        wall, cpu, peak_kib, code = json.loads(report.read_text(encoding="utf-8"))
        return Run(wall, cpu, peak_kib << 10, code, output, log)


def _ended(process: subprocess.Popen[str], limit_s: float) -> Run:
    os.killpg(process.pid, signal.SIGKILL)
    output, log = process.communicate()
    return Run(limit_s, 0.0, 0, None, output, log)


def figures(runs: Sequence[Run]) -> Figures:
    """Medians of several runs that ended by themselves."""
    walls = [run.wall_s for run in runs]
    return Figures(
        runs=len(runs),
        wall_s=round(statistics.median(walls), 3),
        wall_min_s=round(min(walls), 3),
        wall_max_s=round(max(walls), 3),
        cpu_s=round(statistics.median(run.cpu_s for run in runs), 3),
        peak_mb=round(statistics.median(run.peak_bytes for run in runs) / 1e6, 1),
    )
