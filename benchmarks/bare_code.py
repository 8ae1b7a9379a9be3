"""How often code that declares nothing can be imported on its advised stack, and what was foretold.

`python -m benchmarks bare_code --gists GIT_DIRECTORY` reads the hard gists of dockerizeme from a clone. None
is run: their import statements at module level are, in a fresh environment and without a network.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.commands import timed
from benchmarks.import_statements import import_blocks
from benchmarks.results import machine, record

_CLONED = "https://github.com/dockerizeme/dockerizeme"
_FOLDER, _FILE = "hard-gists", "snippet.py"
_ADVISE_LIMIT_S, _INSTALL_LIMIT_S, _IMPORT_LIMIT_S = 300, 900, 180
_VERSION = "3.11"
_RUNNER = Path(__file__).with_name("import_runner.py")
_MISSING = re.compile(r"No module named '([\w.]+)'")
_NOT_CONFIGURED = ("ImproperlyConfigured", "AppRegistryNotReady", "SystemExit")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one gist.

    Attributes:
        told: module (or project) to kind, of what was foretold to fail.
        failures: module to the last line of its traceback.
        category: of the gist as a whole.
    """

    gist: str
    status: str
    seconds: float
    pins: dict[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    untold: list[str] = field(default_factory=list)
    reachable: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether every import at module level is possible."""
        return self.status == "advised" and not self.failures


def run(options: list[str]) -> None:
    """Print a line for each gist and the shares, and record them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks bare_code")
    parser.add_argument("--gists", type=Path, help=f"git directory of a clone of {_CLONED}")
    parser.add_argument(
        "--first", default="0123", help="hexadecimal digits with which the sha256 of an id begins"
    )
    parser.add_argument("--skip", type=int, default=0)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--only", action="append", default=[], help="these ids alone")
    parser.add_argument("--store", type=Path, help="kept between runs (default: a new one)")
    parser.add_argument("--evidence-budget", help="as that of `stackwright advise`, whose default it is")
    parser.add_argument("--record", default="hard-gists")
    chosen = parser.parse_args(options)
    if chosen.gists is None:
        print(f"bare_code: skipped without --gists CLONE/.git, the git directory of a clone of {_CLONED}")
        return
    outcomes = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = chosen.store or folder / "store.sqlite3"
        for gist, source in _gists(chosen):
            outcome = _examined(gist, source, folder, store, chosen.evidence_budget)
            outcomes.append(outcome)
            print(_line(outcome), flush=True)
    result = _summary(outcomes) | {"evidence_budget": chosen.evidence_budget}
    print(_table(result))
    record("bare_code", (chosen.record,), result)


def _gists(chosen: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    """Ids with sources: those that this Python can parse and that import what it does not have."""
    git = ["git", f"--git-dir={chosen.gists}"]
    listed = subprocess.run(
        [*git, "ls-tree", "--name-only", f"HEAD:{_FOLDER}"], capture_output=True, check=True
    )
    ids = listed.stdout.decode().split()
    if chosen.only:
        ids = [one for one in ids if one in chosen.only]
    ordered = sorted((hashlib.sha256(one.encode()).hexdigest(), one) for one in ids)
    found = 0
    for digest, gist in ordered:
        if digest[0] not in chosen.first or found >= chosen.skip + chosen.count:
            continue
        shown = subprocess.run(
            [*git, "show", f"HEAD:{_FOLDER}/{gist}/{_FILE}"], capture_output=True, check=False
        )
        if shown.returncode == 0 and _is_foreign(shown.stdout):
            found += 1
            if found > chosen.skip:
                yield gist, shown.stdout


def _is_foreign(source: bytes) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    roots: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            roots.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            roots.add((node.module or "").partition(".")[0])
    return bool(roots - sys.stdlib_module_names)


def _examined(gist: str, source: bytes, folder: Path, store: Path, budget: str | None) -> Outcome:
    code = folder / gist
    code.mkdir()
    (code / _FILE).write_bytes(source)
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    program = str(Path(sys.executable).with_name("stackwright"))
    command = [program, "advise", "--source", str(code / _FILE), "--python-version", _VERSION]
    command += ["--no-build-package", ":all:", "--store", str(store), "--format", "json", "-q"]
    command += [] if budget is None else ["--evidence-budget", budget]
    advised = timed(command, os.environ, empty, _ADVISE_LIMIT_S)
    try:
        advice: dict[str, Any] = json.loads(advised.output)
    except ValueError:
        last = advised.log.strip().rpartition("\n")[2]
        return Outcome(gist, f"refused ({advised.exit_code}): {last}", advised.wall_s, told={"": "refused"})
    told = _told(advice)
    pins = {pin["name"]: pin["version"] for pin in advice["pins"]}
    unavailable = (advice.get("code") or {}).get("unavailable", ())
    reachable = not any(one.get("is_top_level", True) for one in unavailable)
    if advised.exit_code:
        status = f"no stack: {advice.get('diagnosis')}"
        return Outcome(gist, status, advised.wall_s, told={**told, "": "no-stack"}, reachable=reachable)
    failures = _failures(source, pins, code)
    untold = [name for name in failures if not _covers(told, name)]
    return Outcome(gist, "advised", advised.wall_s, pins, told, failures, untold, reachable)


def _told(advice: dict[str, Any]) -> dict[str, str]:
    code = advice.get("code") or {}
    told = {one["name"]: one["kind"] for one in code.get("unavailable", ()) if one.get("is_top_level", True)}
    modules = {one["distribution"]: one["name"] for one in code.get("asked", ())}
    for pin in advice["pins"]:
        for reason in pin["reasons"]:
            is_api = reason["unit"] == "unmet-demand" and " has no " in reason["message"]
            if is_api or reason["unit"] == "import-doubts":
                told.setdefault(modules.get(pin["name"], pin["name"]), reason["unit"])
    for reason in advice["remarks"]:
        if reason["unit"] == "import-doubts":  # of the code itself, which no release is to blame for
            for name in _MISSING.findall(reason["message"]):
                told.setdefault(name, reason["unit"])
    return told


def _covers(told: dict[str, str], module: str) -> bool:
    """Whether what was told is about a module that failed: a part of its name, or a project of that name."""
    root = module.partition(".")[0]
    names = {module, root, root.lower().replace("_", "-")}
    return any(
        name in names or module.startswith(f"{name}.") or name.startswith(f"{module}.") for name in told
    )


def _failures(source: bytes, pins: dict[str, str], folder: Path) -> dict[str, str]:
    """Module to error, for the import statements that fail on the stack."""
    environment = folder / "venv"
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "-q", "-p", _VERSION, str(environment)], check=True)
    python = str(environment / "bin" / "python")
    if pins:
        wanted = [f"{name}=={version}" for name, version in sorted(pins.items())]
        command = [uv, "pip", "install", "-q", "-p", python, "--no-deps", "--only-binary", ":all:", *wanted]
        installed = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_LIMIT_S, check=False
        )
        if installed.returncode:
            return {"": f"the stack cannot be installed: {installed.stderr.strip()[-300:]}"}
    blocks = folder / "blocks.json"
    blocks.write_text(json.dumps(import_blocks(source)), encoding="utf-8")
    run = folder / "run"
    run.mkdir()
    environ = {"PATH": "/usr/bin:/bin", "HOME": str(run), "MPLBACKEND": "agg", "LANG": "C.UTF-8"}
    isolated = ["unshare", "-n", python, "-I", str(_RUNNER), str(blocks), str(run / "report.json")]
    with contextlib.suppress(
        subprocess.TimeoutExpired
    ):  # the report says which import it was that took so long
        subprocess.run(
            isolated, cwd=run, env=environ, capture_output=True, timeout=_IMPORT_LIMIT_S, check=False
        )
    try:
        report: list[list[str]] = json.loads((run / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"": "the imports ended the interpreter"}
    subprocess.run(["rm", "-rf", str(environment)], check=True)
    return {
        module: error.replace(str(folder), "")
        for module, error in report
        if not any(part in error for part in _NOT_CONFIGURED)
    }


def _line(outcome: Outcome) -> str:
    mark = "ok  " if outcome.succeeded else "told" if not outcome.untold else "MISS"
    if outcome.succeeded and outcome.told:
        mark = "OVER"
    failed = "; ".join(f"{name}: {error[-110:]}" for name, error in outcome.failures.items())
    return (
        f"{mark} {outcome.gist} {outcome.seconds:5.1f} s {outcome.status[:160]} told={outcome.told} {failed}"
    )


def _table(result: Mapping[str, Any]) -> str:
    rows = [
        ("gists", result["count"]),
        ("imported", f"{result['imported']} ({result['imported_share']:.1%})"),
        ("reachable at all", f"{result['reachable']} ({result['reachable_share']:.1%})"),
        ("failures", result["failed"]),
        ("foretold", f"{result['foretold']} ({result['foretold_share']:.1%})"),
        ("foretold in vain", result["foretold_wrongly"]),
        ("median seconds per gist", result["median_s"]),
        ("load", result["machine"]["load"][0]),
        *((f"  {kind}", count) for kind, count in result["kinds"].items()),
    ]
    return "\n".join(f"{name:26} {value}" for name, value in rows)


def _summary(outcomes: list[Outcome]) -> dict[str, Any]:
    failed = [one for one in outcomes if not one.succeeded]
    right = [one for one in failed if not one.untold]
    over = [one for one in outcomes if one.succeeded and one.told]
    kinds = Counter(kind for one in failed for kind in set(one.told.values()) or {"untold"})
    total = max(1, len(outcomes))
    return {
        "machine": machine(),
        "gists": [asdict(one) for one in outcomes],
        "count": len(outcomes),
        "imported": len(outcomes) - len(failed),
        "imported_share": round((len(outcomes) - len(failed)) / total, 3),
        "reachable": sum(one.reachable for one in outcomes),
        "reachable_share": round(sum(one.reachable for one in outcomes) / total, 3),
        "failed": len(failed),
        "foretold": len(right),
        "foretold_share": round(len(right) / max(1, len(failed)), 3),
        "foretold_wrongly": len(over),
        "kinds": dict(kinds.most_common()),
        "median_s": round(statistics.median(one.seconds for one in outcomes), 2) if outcomes else None,
    }
