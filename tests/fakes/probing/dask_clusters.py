"""A scheduler and workers of Dask on loopback, each a process that ends with its block."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

START_S = 60.0


@contextlib.contextmanager
def started(*arguments: str, path: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, ended by its process id.

    Args:
        path: a directory in which it finds modules before others.
    """
    search = [*([] if path is None else [str(path)]), *sys.path]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(search), "DASK_DISTRIBUTED__WORKER__DAEMON": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", *arguments],
        cwd=path,  # which comes first of all
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def scheduler(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the program and arguments of a worker of one thread."""
    file = folder / "scheduler.json"
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    with started("distributed.cli.dask_scheduler", *common, "--port", "0"):
        worker = ["distributed.cli.dask_worker", *common, "--nthreads", "1", "--no-nanny"]
        yield _waited(file), worker


def _waited(path: Path) -> str:
    """The address of the scheduler, once it has written it."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return str(msgspec.json.decode(path.read_bytes())["address"]).removeprefix("tcp://")
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")
