"""What other programs answer: the worker in which packages are imported, and workers of a foreign cluster."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from analyzers.reports import Tool
from fakes.hostile.mutations import mutated
from fakes.hostile.surviving import endure
from fakes.probing.dask_clusters import scheduler, started
from fakes.probing.observed import MOMENT
from fakes.probing.probers import FACTORY, Rules
from fakes.searching.terrains import Projects, terrain
from images.facts.environment import RuntimeEnvironment
from knowledge.confinement.limits import Limits
from knowledge.confinement.running import Surroundings
from knowledge.observations.record import Observation
from knowledge.probing.environments import Environment
from knowledge.probing.importing import Importing
from knowledge.probing.installed import Installed
from knowledge.probing.judging import Judge
from knowledge.probing.observing import observation
from knowledge.probing.records import PinnedFile, ProbeResult, ProbeTask, Verdict
from resolver.monkey.cluster import Cluster
from resolver.monkey.decisions import Decision, planned, sampled
from resolver.monkey.executor import Assignment, Done
from resolver.monkey.plan import Demand
from resolver.monkey.recipes import Recipe

LIMITS = Limits(time_s=2.0, memory_bytes=1 << 28, processes=32, disk_bytes=8 << 20, output_bytes=1 << 20)
FORGER = """\
#!/bin/sh
read -r job
token=${job#*'"token":"'}
token=${token%%'"'*}
export LC_ALL=C
cat HERE/words >&2
sed "s/TOKEN/$token/" HERE/report
. HERE/end
"""
"""In the place of the interpreter: whoever is imported there knows the token, and can write what it likes."""
ENDINGS = (
    "exit 0", "exit 0", "exit 1", "exit 255", "kill -9 $$", "kill -11 $$", "kill -34 $$", "sleep 9",
    "yes x", "yes x >&2", "exec >&-; sleep 9", "(sleep 9 &)", "rm -rf .; exit 0",
)  # fmt: skip
REPORT = b"""\
{"python": "3.11.7", "token": "TOKEN"}
{"begins": "app", "token": "TOKEN"}
{"ended": "app", "wall_s": 0.5, "error": {"type": "ImportError", "types": ["ImportError", "Exception"], \
"text": "cannot import name 'x' from 'lib' (SITE/lib/__init__.py)", "name": "lib", \
"path": "SITE/lib/__init__.py", "line": 3, "errno": 2, "of": ["lib", "SITE/lib/__init__.py"], \
"frames": [{"file": "SITE/app/__init__.py", "line": 1, "function": "<module>"}], \
"before": {"type": "OSError", "text": "SITE/lib/x.so: undefined symbol: y", "frames": [], \
"before": null}}, "token": "TOKEN"}
{"begins": "", "token": "TOKEN"}
{"ended": "", "wall_s": 1e-3, "error": {"type": "SystemExit", "text": "1"}, "token": "TOKEN"}
{"begins": "lib", "token": "TOKEN"}
{"ended": "lib", "wall_s": 0.1, "error": null, "token": "TOKEN"}
{"is_over": true, "token": "TOKEN"}
"""
WORDS = b"""\
Traceback (most recent call last):
  File "SITE/app/__init__.py", line 1, in <module>
    from lib import x
ImportError: cannot import name 'x' from 'lib' (SITE/lib/__init__.py)
Fatal Python error: Segmentation fault

Current thread 0x00007f (most recent call first):
  File "SITE/lib/__init__.py", line 3 in f
  File "SITE/app/__init__.py", line 1 in <module>
"""


@pytest.fixture
def forged(tmp_path: Path) -> tuple[Path, Environment, ProbeTask]:
    site = tmp_path / "site-packages"
    for name in ("app", "lib"):
        about = site / f"{name}-1.dist-info"
        about.mkdir(parents=True)
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("x = f(1)\n")
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        (about / "RECORD").write_text(f"{name}/__init__.py,,\n{name}/x.so,,\n")
    (site / "lib" / "x.so").write_bytes(b"\x7fELF")
    python = tmp_path / "python"
    python.write_text(FORGER.replace("HERE", str(tmp_path)))
    python.chmod(0o755)
    tmp_path.chmod(0o755)
    environment = Environment(
        place=tmp_path, site_packages=site, python=str(python), seen_site=str(site), readable=(tmp_path,)
    )
    pins = tuple(PinnedFile(project=name, version="1", filename="", url="") for name in ("app", "lib"))
    return tmp_path, environment, ProbeTask(pins=pins, roots=("app",), script="import app\n")


def test_what_a_worker_reports(forged: tuple[Path, Environment, ProbeTask], seconds: float) -> None:
    """Whatever it is: it ends in a verdict that can be kept, written and read."""
    folder, environment, task = forged
    runs = folder / "runs"
    runs.mkdir(mode=0o711)
    site = str(environment.site_packages).encode()
    report, words = REPORT.replace(b"SITE", site), WORDS.replace(b"SITE", site)
    lines = tuple(line + b"\n" for line in report.splitlines())

    def work(chance: random.Random) -> None:
        whole = chance.random() < 0.5
        told = mutated(chance, (report,)) if whole else b"".join(_some(chance, lines))
        (folder / "report").write_bytes(told)
        (folder / "words").write_bytes(mutated(chance, (words,)) if chance.random() < 0.7 else b"")
        (folder / "end").write_text(chance.choice(ENDINGS) + "\n")
        installed = Installed(environment.site_packages, environment.seen_site, task.pins)
        judge = Judge(task, installed)
        tries = Importing(
            environment, Surroundings(folder=runs, readable=environment.readable), LIMITS
        ).tried(judge.demanded, task.script, judge.others)
        result = judge.result(tries, "3.11.7", 0.1)
        assert msgspec.json.decode(msgspec.json.encode(result), type=ProbeResult) == result
        assert set(result.blame) <= {pin.release for pin in task.pins}
        seen = observation(
            task, result, RuntimeEnvironment(facts={}), created_at=MOMENT, tool=Tool(name="x", version="1")
        )
        if seen is not None:
            assert msgspec.msgpack.decode(msgspec.msgpack.encode(seen), type=Observation) == seen
            assert len(msgspec.json.encode(seen)) < 100_000
        assert not list(runs.iterdir())

    assert endure("worker", work, 4 * seconds) > 0


def _some(chance: random.Random, lines: tuple[bytes, ...]) -> Iterator[bytes]:
    """Lines in any order, some of them bad, any number of times."""
    for _ in range(chance.choice((1, 8, 300))):
        one = chance.choice(lines)
        yield one if chance.random() < 0.5 else mutated(chance, (one,)) + b"\n"


VERSIONS = ("1", "2", "3", "4")
SPACE: Projects = {"app": {v: {"lib": ""} for v in VERSIONS}, "lib": {v: {} for v in VERSIONS}}
FOREIGN = '''\
"""What a worker of others has in the place of this module."""
import json, os, pathlib, random

class Odd:
    def __reduce__(self):
        return (eval, ("1 / 0",))

class BadError(Exception):
    def __init__(self, one, two):
        super().__init__(one)

    def __str__(self):
        raise RuntimeError("no words")

def probe_bytes(recipe, assignment):
    name = json.loads(assignment)["id"]
    kind, content = random.choice(list(pathlib.Path(HERE).iterdir())).read_bytes().split(b" ", 1)
    if kind == b"bytes":
        return content.replace(b"THIS", name.encode())
    if kind == b"raise":
        raise random.choice((BadError(1, 2), ValueError("x" * 100_000), KeyError(), RecursionError()))
    if kind == b"odd":
        return random.choice((None, 1, "text", [], {"id": name}, bytearray(b"{}"), b"x" * 1_000_000, Odd()))
    raise SystemExit(3)
'''


@pytest.mark.slow
def test_what_workers_of_a_foreign_cluster_answer(tmp_path: Path, seconds: float) -> None:
    """Each stack gets one answer, and none that another one was asked for."""
    pytest.importorskip("distributed")
    answers = tmp_path / "answers"
    answers.mkdir()
    package = tmp_path / "foreign" / "resolver" / "monkey"
    package.mkdir(parents=True)
    for folder in (package.parent, package):
        (folder / "__init__.py").write_text("")
    (package / "cluster.py").write_text(FOREIGN.replace("HERE", repr(str(answers))))
    space, demand = terrain(SPACE, "app"), Demand(roots=("app",))
    stacks = planned(space, sampled(space, Decision.RANDOM, 0), demand, None)
    asked = [Assignment(id=one.id, task=demand.task(one.pins)) for one in stacks]
    good = msgspec.json.encode(
        Done(id="THIS", result=ProbeResult(verdict=Verdict.PASSED, python="3.11.7"), wall_s=0.1)
    )
    recipe = Recipe(factory=FACTORY, settings=msgspec.to_builtins(Rules()))

    def work(chance: random.Random) -> None:
        for number in range(8):
            content = b"bytes " + mutated(chance, (good, good.replace(b"THIS", asked[0].id.encode())))
            kinds = (content, content, content, b"raise x", b"odd x")
            (answers / str(number)).write_bytes(chance.choice(kinds))
        found = list(Cluster(address, recipe).run(asked))
        assert sorted(done.id for done in found) == sorted(one.id for one in asked)
        assert all(len(done.worker) < 1000 for done in found)

    with scheduler(tmp_path) as (address, worker), started(*worker, path=tmp_path / "foreign"):
        assert endure("cluster", work, 2 * seconds) > 0
