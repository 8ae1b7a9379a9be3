"""On a real scheduler with two real workers, on loopback; one of them is killed on the way."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from fakes.probing.probers import FACTORY, Rules
from fakes.searching.terrains import Projects, terrain
from knowledge.probing.records import Verdict
from resolver.errors import InputError
from resolver.monkey.cluster import Cluster
from resolver.monkey.decisions import Decision, planned, sampled
from resolver.monkey.executor import Assignment, Done
from resolver.monkey.plan import Demand
from resolver.monkey.recipes import Recipe

pytest.importorskip("distributed")

VERSIONS = ("1", "2", "3", "4")
SPACE: Projects = {"app": {v: {"lib": ""} for v in VERSIONS}, "lib": {v: {} for v in VERSIONS}}
PAIR = ("app==2", "lib==3")
START_S = 60.0


@contextlib.contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program of Dask, ended by its process id."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "DASK_DISTRIBUTED__WORKER__DAEMON": "0"}
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def waited(path: Path) -> str:
    """The address of the scheduler, once it has written it."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            return str(msgspec.json.decode(path.read_bytes())["address"]).removeprefix("tcp://")
        time.sleep(0.1)
    raise AssertionError("the scheduler did not start")


@contextlib.contextmanager
def cluster(folder: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler with two workers of one thread each."""
    file = folder / "scheduler.json"
    common = ["--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(file)]
    worker = ["distributed.cli.dask_worker", *common, "--nthreads", "1", "--no-nanny"]
    with started("distributed.cli.dask_scheduler", *common, "--port", "0") as _:
        address = waited(file)
        with started(*worker) as one, started(*worker) as other:
            yield address, [one, other]


def assignments() -> list[Assignment]:
    space = terrain(SPACE, "app")
    demand = Demand(roots=("app",))
    stacks = planned(space, sampled(space, Decision.RANDOM, 0), demand, None)
    return [Assignment(id=one.id, task=demand.task(one.pins)) for one in stacks]


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_no_stack_and_none_counts_twice(tmp_path: Path) -> None:
    rules = Rules(fails=(PAIR,), takes_s=0.3, log=str(tmp_path / "log"))
    recipe = Recipe(factory=FACTORY, settings=msgspec.to_builtins(rules))
    asked = assignments()
    found: list[Done] = []
    with cluster(tmp_path) as (address, workers):
        for done in Cluster(address, recipe).run(asked):
            found.append(done)
            if len({one.worker for one in found}) == 2 and workers[0].poll() is None:
                workers[0].send_signal(signal.SIGKILL)
    assert workers[0].returncode == -signal.SIGKILL
    assert Counter(one.id for one in found) == Counter(one.id for one in asked)
    assert len({one.worker for one in found}) == 2
    assert sum(one.result.verdict is Verdict.FAILED for one in found) == 1
    assert all(one.result.verdict is not Verdict.NOT_KNOWN for one in found)


@pytest.mark.slow
def test_what_kills_every_worker_is_not_known(tmp_path: Path) -> None:
    """Both workers die of one stack; whoever waits is told, and nothing is waited for for ever."""
    rules = Rules(kills=("app==2",))
    recipe = Recipe(factory=FACTORY, settings=msgspec.to_builtins(rules))
    asked = [one for one in assignments() if any(str(pin.release) == "app==2" for pin in one.task.pins)][:1]
    with cluster(tmp_path) as (address, _):
        (done,) = Cluster(address, recipe, idle_s=5.0).run(asked)
    assert done.result.verdict is Verdict.NOT_KNOWN


def test_a_scheduler_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolver.monkey.cluster.CONNECT_S", 1.0)
    with pytest.raises(InputError, match="no scheduler answers"):
        list(Cluster("127.0.0.1:1", Recipe(factory=FACTORY)).run(assignments()))
