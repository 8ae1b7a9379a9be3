"""What advice by measurement is worth: two programs, timed by themselves on stacks of two types of advice.

One uses what a release of numpy does slowly, the other does not. Each is advised with type ``stable`` and
with type ``performance``; both stacks are installed, and the program runs on them in turns.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.results import machine, record
from knowledge.confinement.limits import Limits
from knowledge.confinement.running import PLACE
from knowledge.indexes.configuration import configure_index, pip_configuration_files
from knowledge.measuring.processes import environment
from knowledge.measuring.processes import run as run_limited
from knowledge.measuring.venvs import Venv, Venvs
from knowledge.observations.record import ReleaseIdentity

_COMMAND = Path(sys.executable).with_name("stackwright")
_TYPES = ("stable", "performance")
_TIMED = re.compile(r"took ([0-9.]+) s")

PROGRAMS = {
    "visitors": """\
import time

import numpy as np

visits = np.random.RandomState(7).randint(0, 1 << 50, 800_000)
began = time.perf_counter()
visitors = np.unique(visits)
print(f"{visitors.size} visitors, took {time.perf_counter() - began:.4f} s")
""",
    "prefixes": """\
import time

import numpy as np

names = np.random.RandomState(7).randint(10_000_000, 99_999_999, 200_000).astype("U8")
began = time.perf_counter()
found = np.char.startswith(names, "12")
print(f"{found.sum()} names, took {time.perf_counter() - began:.4f} s")
""",
}


def run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks performance", description=__doc__)
    parser.add_argument(
        "--runs", type=int, default=7, help="of each program on each stack (default: %(default)s)"
    )
    parser.add_argument("--store", help="where knowledge is kept (default: an empty store)")
    options = parser.parse_args(arguments)
    result: dict[str, object] = {"runs": options.runs, "machine": machine()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("venvs", "runs"):
            (folder / part).mkdir()
        index = configure_index(
            environ=os.environ, pip_files=pip_configuration_files(os.environ, Path.home(), Path(sys.prefix))
        )
        venvs = Venvs(folder / "venvs", Path(sys.executable), index, os.environ)
        made: dict[ReleaseIdentity, Venv] = {}
        store = options.store or str(folder / "store.sqlite3")
        for program, code in PROGRAMS.items():
            script = folder / program / "app.py"
            script.parent.mkdir()
            script.write_text(code, encoding="utf-8")
            advised = {kind: _advised(script, kind, store) for kind in _TYPES}
            for release in advised.values():
                if release not in made:
                    made[release] = venvs.make(release)
            stacks = {kind: made[release] for kind, release in advised.items()}
            told = {kind: release.version for kind, release in advised.items()}
            result[program] = {"numpy": told, **_timed(script, stacks, options.runs, folder / "runs")}
    result["load_after"] = [round(value, 2) for value in os.getloadavg()]
    record("performance", ("programs",), result)
    print(json.dumps(result, indent=2))


def _advised(script: Path, kind: str, store: str) -> ReleaseIdentity:
    """The release of numpy that one type of advice pins for a program."""
    command = [str(_COMMAND), "advise", "numpy", "--source", str(script.parent), "--type", kind, "-q"]
    done = subprocess.run(
        [*command, "--store", store, "--format", "json"], cwd=script.parent, capture_output=True, check=True
    )
    (pin,) = (pin for pin in json.loads(done.stdout)["pins"] if pin["name"] == "numpy")
    return ReleaseIdentity(project="numpy", version=pin["version"])


def _timed(script: Path, stacks: dict[str, Venv], runs: int, folder: Path) -> dict[str, object]:
    """The program's own times on each stack, in turns; of one stack alone where both are the same."""
    if len(set(stacks.values())) == 1:
        stacks = dict(list(stacks.items())[:1])
    times: dict[str, list[float]] = {kind: [] for kind in stacks}
    environ = environment(os.environ, 1)
    for number in range(runs):
        for kind in stacks if number % 2 == 0 else reversed(stacks):
            command = [str(stacks[kind].python), "-I", f"{PLACE}/{script.name}"]
            files = {script.name: script.read_bytes()}
            ended = run_limited(command, b"", environ, folder, Limits(), files)
            told = _TIMED.search(ended.output.decode())
            if ended.failure or told is None:
                raise RuntimeError(f"{script.parent.name} on {stacks[kind].candidate}: {ended.failure}")
            times[kind].append(float(told[1]))
    medians = {kind: statistics.median(each) for kind, each in times.items()}
    figures: dict[str, object] = {
        kind: {
            "median_s": round(medians[kind], 4),
            "least_s": round(min(each), 4),
            "greatest_s": round(max(each), 4),
        }
        for kind, each in times.items()
    }
    if len(medians) == 1:
        return figures
    return {**figures, "stable_to_performance": round(medians["stable"] / medians["performance"], 2)}
