"""Dependency Monkey on a real small project with two planted incompatibilities and a real one.

Sixty stacks are sampled; the run is killed in the middle and taken up again. Printed is what was found, who
was blamed, what a probe took, and whether anything was lost or done twice. Then releases that fork, eat
memory and hang, and a full disk: what of them is contained.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.planted import GUEST, SAID, SHOP, SILENT, planted_index
from benchmarks.results import machine, record
from fakes.server import IndexServer

STACKWRIGHT = Path(sys.executable).with_name("stackwright")
STACKS, SHRINK, KILLED_AT = 60, 12, 20
REQUIREMENTS = (SHOP, "flask>=2,<2.3")
REAL = ("flask", "werkzeug")
"""Releases of flask before 2.3 import a name that werkzeug 3 no longer has, and do not say so."""
TMPFS = "24m"


def run(options: Sequence[str]) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="monkey-") as place,
        IndexServer(planted_index()) as server,
    ):
        folder = Path(place)
        folder.chmod(0o755)
        further = ["--index", f"planted={server.url}", "--store", str(folder / "store.sqlite3")]
        entry = {"machine": machine(), **_learned(folder, further, options)}
        entry["contained"] = _contained(folder, further)
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


def _contained(folder: Path, further: Sequence[str]) -> dict[str, object]:
    """What comes of guests that misbehave, and of a disk that is full."""
    told: dict[str, object] = {}
    limits = ["--limit-time", "20", "--limit-memory", "1", "--limit-processes", "64"]
    place = folder / "guests"
    asked = ["monkey", GUEST, "--decision", "all", "-o", str(place), "-q", "--format", "json"]
    report = json.loads(_run([*asked, *limits, *further]))
    for line in (place / "plan.jsonl").read_text().splitlines()[1:]:
        planned = json.loads(line)
        result = json.loads((place / "results" / f"{planned['id']}.json").read_bytes())
        version, failure = planned["pins"][0]["version"], result["result"].get("failure") or {}
        said = f"{result['result']['verdict']} {failure.get('error', '')} {failure.get('message', '')[:60]}"
        told[f"{GUEST} {version}"] = f"{said.strip()} after {result['wall_s']:.1f} s"
    told["refused"] = report["confinement"].get("refused", [])
    with _small_disk(folder / "small") as disk:
        if disk is None:
            told["full disk"] = "skipped: mounting a tmpfs needs root"
        else:
            full = [
                "monkey",
                "numpy",
                "--count",
                "2",
                "-o",
                str(disk / "m"),
                "-q",
                "--format",
                "json",
                *further,
            ]
            done = subprocess.run([STACKWRIGHT, *full], capture_output=True, text=True, check=False)
            said = json.loads(done.stdout)["not_known"] if done.returncode == 0 else []
            errors = sorted({one["failure"]["error"] for one in said})
            told["full disk"] = f"exit code {done.returncode}, {len(said)} not known: {' '.join(errors)}"
    for name, text in told.items():
        print(f"  {name}: {text}")
    return told


@contextmanager
def _small_disk(place: Path) -> Iterator[Path | None]:
    if os.geteuid() != 0:
        yield None
        return
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={TMPFS},mode=755", "tmpfs", place],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)


def _run(command: Sequence[str]) -> str:
    done = subprocess.run([STACKWRIGHT, *command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    return done.stdout
