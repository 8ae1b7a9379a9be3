"""Dependency Monkey on a real small project with two planted incompatibilities and a real one.

Sixty stacks are sampled; the run is killed in the middle and taken up again. Printed is what was found, who
was blamed, what a probe took, and whether anything was lost or done twice; then what is advised for the same
requirements before the run and after it; then a run on two workers of Dask, of which one is killed; then
releases that misbehave, and a full disk.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.contained import STACKWRIGHT, contained
from benchmarks.local_cluster import on_cluster
from benchmarks.planted import SAID, SHOP, SILENT, planted_index
from benchmarks.results import machine, record
from fakes.indexes.server import IndexServer

STACKS, SHRINK, KILLED_AT = 60, 12, 20
REQUIREMENTS = (SHOP, "flask>=2,<2.2.4")
REAL = ("flask", "werkzeug")
"""Releases of flask before 2.3 import a name that werkzeug 3 no longer has, and do not say so."""
CLUSTER = 12


def run(options: Sequence[str]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="monkey-") as place,
        IndexServer(planted_index()) as server,
    ):
        folder = Path(place)
        folder.chmod(0o755)
        index, store = ["--index", f"planted={server.url}"], folder / "store.sqlite3"
        further = [*index, "--store", str(store)]
        entry = {"machine": machine(), **_learned(folder, further, options)}
        entry["advice"] = _moved(folder, store, index)
        asked = ["monkey", *REQUIREMENTS, "--count", str(CLUSTER), "--seed", "1", "-q", "--format", "json"]
        entry["cluster"] = on_cluster([*asked, *index, "--store", str(folder / "other.sqlite3")], folder)
        entry["contained"] = contained(folder, further)
    record("monkey", ("planted",), entry)


def _learned(folder: Path, further: Sequence[str], options: Sequence[str]) -> dict[str, object]:
    place = folder / "sixty"
    begin = [
        *("monkey", *REQUIREMENTS, "--count", str(STACKS), "--shrink", str(SHRINK), "--jobs", "2"),
        *(*further, "-q", "-o", str(place), *options),
    ]
    began = time.monotonic()
    lost = _killed(begin, place)
    resumed = [*("monkey", "--resume", str(place), "--jobs", "2"), *further, "-q", "--format", "json"]
    report = json.loads(_run(resumed))
    wall_s = time.monotonic() - began
    results = [json.loads(path.read_bytes()) for path in (place / "results").glob("*.json")]
    again = sum(one.get("attempts", 1) > 1 for one in results)
    print(f"{report['stacks']} stacks ({report['stacks'] - report['sampled']} of them to isolate), ", end="")
    print(f"{report['passed']} passed, {report['failed']} failed, {len(report['not_known'])} not known")
    print(f"killed after {lost} results; {len(results)} results in the end, {again} of them tried twice")
    seconds = report["seconds"]
    print(f"a probe took {seconds['median']:.2f} s (at most {seconds['most']:.2f} s), all {wall_s:.0f} s")
    found = {}
    for name, projects in (("said", _projects(SAID)), ("silent", _projects(SILENT)), ("real", REAL)):
        found[name] = _found(report, projects)
        print(f"  {name}: {' with '.join(projects)}: {found[name]}")
    others = [
        " ".join(one["projects"])
        for one in report["incompatibilities"]
        if set(one["projects"]) not in ({*_projects(SAID)}, {*_projects(SILENT)}, {*REAL})
    ]
    print(f"  blamed beside these: {others or 'nothing'}")
    return {
        "stacks": report["stacks"],
        "failed": report["failed"],
        "results_at_kill": lost,
        "results": len(results),
        "tried_twice": again,
        "found": found,
        "blamed_beside": others,
        "probe_s": seconds,
        "wall_s": round(wall_s, 1),
    }


def _projects(pair: Sequence[str]) -> tuple[str, ...]:
    return tuple(one.partition("==")[0] for one in pair)


def _found(report: dict[str, Any], projects: Sequence[str]) -> str:
    """How sure the blame on two projects is, and which releases of theirs it is about."""
    for one in report["incompatibilities"]:
        if set(one["projects"]) == set(projects):
            spans = (f"{span['project']} {span['oldest']}..{span['newest']}" for span in one["failing"])
            return f"{one['sureness']}, {one['count']} stacks, {' with '.join(spans)}"
    return "not found"


def _killed(command: Sequence[str], place: Path) -> int:
    """Start a run and kill it after some results; how many there were."""
    with subprocess.Popen([STACKWRIGHT, *command], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            if len(list((place / "results").glob("*.json"))) >= KILLED_AT:
                process.send_signal(signal.SIGKILL)
                break
            time.sleep(0.05)
    return len(list((place / "results").glob("*.json")))


def _advised(store: Path, further: Sequence[str], evidence: str) -> dict[str, Any]:
    """What is advised for the same requirements: pins, and what was seen that moved them."""
    asked = ["advise", *REQUIREMENTS, "--evidence", evidence, "--format", "json", "-q", *further]
    advice = json.loads(_run([*asked, "--store", str(store)]))
    seen = {
        f"{pin['name']} {one['version']}": [
            one["reason"]["message"],
            *(each["what"] for each in one["reason"]["evidence"]),
        ]
        for pin in advice["pins"]
        for one in pin["rejected"]
        if one["unit"].startswith("observed-")
    }
    return {"pins": {pin["name"]: pin["version"] for pin in advice["pins"]}, "seen": seen}


def _moved(folder: Path, learned: Path, further: Sequence[str]) -> dict[str, object]:
    """Advice from an empty store beside that from the store of the run."""
    told: dict[str, object] = {}
    for evidence in ("none", "static"):
        before = _advised(folder / f"{evidence}.sqlite3", further, evidence)
        after = _advised(learned, further, evidence)
        pins = {
            name: f"{before['pins'].get(name, 'none')} -> {version}"
            for name, version in after["pins"].items()
            if before["pins"].get(name) != version
        }
        print(f"advised with --evidence {evidence}, before -> after: {pins or 'nothing moved'}")
        for release, words in after["seen"].items():
            print(f"  not {release}: {words[0]}")
        told[evidence] = {"before": before["pins"], "after": after["pins"], "seen": after["seen"]}
    return told


def _run(command: Sequence[str]) -> str:
    done = subprocess.run([STACKWRIGHT, *command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stdout
