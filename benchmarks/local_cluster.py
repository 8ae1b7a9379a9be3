"""A Dask scheduler with two workers on loopback, of which one is killed on the way."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.contained import STACKWRIGHT

_START_S = 60.0
_KILLED_AT = 4


def on_cluster(asked: Sequence[str], folder: Path) -> dict[str, object]:
    """Probe by two workers, the first of which is killed after some results.

    Args:
        asked: the run, without where it is probed.
        folder: for the run and the scheduler.
    """
    place, results = folder / "cluster", folder / "cluster" / "results"
    with _cluster(folder) as (address, worker):
        command: list[str | Path] = [STACKWRIGHT, *asked, "--executor", f"dask://{address}", "-o", str(place)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            while process.poll() is None and len(list(results.glob("*.json"))) < _KILLED_AT:
                time.sleep(0.05)
            lost = len(list(results.glob("*.json")))
            worker.send_signal(signal.SIGKILL)
            output, _ = process.communicate()
    report = json.loads(output) if process.returncode == 0 else {}
    told = {
        "exit_code": process.returncode,
        "stacks": report.get("stacks"),
        "passed": report.get("passed"),
        "failed": report.get("failed"),
        "not_known": len(report.get("not_known", [])),
        "results_at_kill": lost,
        "results": len(list(results.glob("*.json"))),
    }
    print(f"two workers, one killed: {told}")
    return told


@contextlib.contextmanager
def _cluster(folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    file = folder / "scheduler.json"
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    worker = ["distributed.cli.dask_worker", *common, "--nthreads", "1", "--no-nanny"]
    with _started("distributed.cli.dask_scheduler", *common, "--port", "0"):
        end = time.monotonic() + _START_S
        while not file.exists() and time.monotonic() < end:
            time.sleep(0.1)
        time.sleep(0.5)
        address = json.loads(file.read_bytes())["address"].removeprefix("tcp://")
        with _started(*worker) as one, _started(*worker):
            yield address, one


@contextlib.contextmanager
def _started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, ended by its process id."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen([sys.executable, "-m", *arguments], stdout=quiet, stderr=quiet) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
