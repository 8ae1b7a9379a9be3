"""Releases that fork, eat memory, hang and never end to build, and a full disk: what of them is contained."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.planted import BUILDER, GUEST

STACKWRIGHT = Path(sys.executable).with_name("stackwright")
_TMPFS = "24m"
_LIMITS = ("--limit-time", "20", "--limit-memory", "1", "--limit-processes", "64", "--limit-build", "10")


def contained(folder: Path, further: Sequence[str]) -> dict[str, object]:
    """What comes of guests that misbehave, and of a disk that is full.

    Args:
        further: options that name the index and the store.
    """
    told: dict[str, object] = {}
    report = _probed(folder / "guests", [GUEST, "--decision", "all"], further, told)
    _probed(folder / "builders", [BUILDER, "--count", "1", "--allow-builds"], further, told)
    told["refused"] = report["confinement"].get("refused", [])
    with _small_disk(folder / "small") as disk:
        told["full disk"] = "skipped: mounting a tmpfs needs root" if disk is None else _full(disk, further)
    for name, text in told.items():
        print(f"  {name}: {text}")
    return told


def _probed(
    place: Path, asked: Sequence[str], further: Sequence[str], told: dict[str, object]
) -> dict[str, Any]:
    command = ["monkey", *asked, "-o", str(place), "-q", "--format", "json", *_LIMITS, *further]
    done = subprocess.run([STACKWRIGHT, *command], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr}")
    for line in (place / "plan.jsonl").read_text().splitlines()[1:]:
        planned = json.loads(line)
        result = json.loads((place / "results" / f"{planned['id']}.json").read_bytes())
        pin, failure = planned["pins"][0], result["result"].get("failure") or {}
        said = f"{result['result']['verdict']} {failure.get('error', '')} {failure.get('message', '')[:60]}"
        told[f"{pin['project']} {pin['version']}"] = f"{said.strip()} after {result['wall_s']:.1f} s"
    return dict(json.loads(done.stdout))


def _full(disk: Path, further: Sequence[str]) -> str:
    asked = ["monkey", "numpy", "--count", "2", "-o", str(disk / "m"), "-q", "--format", "json", *further]
    done = subprocess.run([STACKWRIGHT, *asked], capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)["not_known"] if done.returncode == 0 else []
    errors = sorted({one["failure"]["error"] for one in said})
    return f"exit code {done.returncode}, {len(said)} not known: {' '.join(errors)}"


@contextmanager
def _small_disk(place: Path) -> Iterator[Path | None]:
    if os.geteuid() != 0:
        yield None
        return
    place.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={_TMPFS},mode=755", "tmpfs", str(place)]
    if subprocess.run(mounting, capture_output=True, check=False).returncode != 0:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)
