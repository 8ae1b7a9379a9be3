"""What `stackwright advise` says of requirements, and real environments of the stacks that it names."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from uv import find_uv_bin

from benchmarks.commands import Run, timed

_PASSED_OVER = re.compile(r"(\d[\d,]*) (?:preferable|newer) releases? passed over")
_EVIDENCE = ("imports", "api-demand")


def advise(arguments: Sequence[str], folder: Path, limit_s: float) -> Run:
    """Run the command in a folder."""
    command = [str(Path(sys.executable).with_name("stackwright")), "advise", *arguments]
    return timed(command, os.environ, folder, limit_s)


def document(done: Run) -> dict[str, Any]:
    """The advice that a run printed; with nothing but a status where it printed none."""
    try:
        found: dict[str, Any] = json.loads(done.output)
    except ValueError:
        return {"status": f"exit code {done.exit_code}: {done.log.strip()[-300:]}"}
    return found


def moved(advice: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, str]:
    """Pins that are others than those without evidence, as ``before -> after``."""
    newest = {pin["name"]: pin["version"] for pin in plain.get("pins", ())}
    return {
        pin["name"]: f"{newest.get(pin['name'], 'none')} -> {pin['version']}"
        for pin in advice.get("pins", ())
        if newest.get(pin["name"]) != pin["version"]
    }


def given_up(advice: Mapping[str, Any], plain: Mapping[str, Any]) -> dict[str, int]:
    """How many releases further back a pin is than without evidence."""
    newest = {pin["name"]: pin for pin in plain.get("pins", ())}
    return {
        pin["name"]: _passed_over(pin) - _passed_over(newest[pin["name"]])
        for pin in advice.get("pins", ())
        if pin["name"] in newest and newest[pin["name"]]["version"] != pin["version"]
    }


def _passed_over(pin: Mapping[str, Any]) -> int:
    for reason in pin["reasons"]:
        if found := _PASSED_OVER.search(reason["message"]):
            return int(found[1].replace(",", ""))
    return 0


def refusals(advice: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Releases that evidence refuses: name, version, and what it says."""
    return [
        (pin["name"], rejection["version"], rejection["reason"]["message"])
        for pin in advice.get("pins", ())
        for rejection in pin["rejected"]
        if rejection["unit"] in _EVIDENCE
    ]


def install(
    pins: Sequence[Mapping[str, Any]],
    folder: Path,
    cache: Path,
    limit_s: float,
    python: str,
    *,
    with_builds: bool = True,
) -> tuple[str, str]:
    """Make an environment of pins in the folder ``venv``; the step that failed and what it said."""
    lines = []
    for pin in pins:
        hashes = [f"--hash=sha256:{file['sha256']}" for file in pin["artifacts"] if file["sha256"]]
        lines.append(" ".join([f"{pin['name']}=={pin['version']}", *hashes]))
    lock, place, uv = folder / "lock.txt", folder / "venv", find_uv_bin()
    lock.write_text("\n".join([*lines, ""]), encoding="utf-8")
    environ = {**os.environ, "UV_CACHE_DIR": str(cache / "uv"), "UV_NO_CONFIG": "1"}
    options = ["--no-deps", *([] if with_builds else ["--only-binary", ":all:"])]
    if all("--hash" in line for line in lines):
        options.append("--require-hashes")
    python_path = place / "bin" / "python"
    commands = {
        "venv": [uv, "venv", "-q", "--clear", "-p", python, str(place)],
        "install": [uv, "pip", "install", "-q", *options, "-r", str(lock), "--python", str(python_path)],
    }
    for step, command in commands.items():
        done = ran(command, environ, folder, limit_s)
        if done.returncode:
            return step, told(done, folder)
    return "", ""


def ran(
    command: Sequence[str], environ: Mapping[str, str], folder: Path, limit_s: float
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end or the limit."""
    try:
        return subprocess.run(
            command, env=environ, cwd=folder, capture_output=True, text=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        return subprocess.CompletedProcess(command, 1, "", f"ended after {error.timeout:g} s")


def told(done: subprocess.CompletedProcess[str], folder: Path) -> str:
    """The end of what a command said, without the place where it ran."""
    return done.stderr.strip().replace(str(folder), "…")[-300:]
