"""Stacks that resolve and do not run: advised with probes, beside what uv locks, both installed and checked.

Each case of the collected broken stacks is advised from an empty store with its check as the script; then
once more, with what the first run kept. What is advised, and what `uv pip compile` gives for the same
requirements, is installed into a new virtual environment by uv, and the check runs there in a network
namespace without interfaces, apart from all that the program does. With ``--without-static`` the stacks are
found by probes alone.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from uv import find_uv_bin

from benchmarks.advised import advise, document, install, moved, ran, told
from benchmarks.results import machine, record
from fakes.cases import case_files

_WITHOUT = "[imports]\nenabled = false\n[api-demand]\nenabled = false\n"


def run(arguments: Sequence[str]) -> None:
    """Print a row for each case and record the figures."""
    options = _options(arguments)
    cases = [
        case
        for path in options.cases
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
        if not options.case or case["id"] in options.case
    ]
    kind = "probes alone" if options.without_static else "static evidence and probes"
    rows = []
    for case in cases:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            row = _measured(case, Path(folder), options)
        rows.append(row)
        print(_line(row), flush=True)
        record("probing", (kind, "cases", row["case"]), row)
    passed, uv = (sum(row[name] == "passes" for row in rows) for name in ("verdict", "uv"))
    probes, seconds = sum(row["probes"] for row in rows), sum(row["probe_s"] for row in rows)
    summary = {"cases": len(rows), "pass": passed, "uv_pass": uv, "probes": probes, "probe_s": seconds}
    print(f"{kind}: {passed} of {len(rows)} pass, {uv} as uv locks them; {probes} probes, {seconds:.0f} s")
    if not options.case:
        record("probing", (kind, "summary"), summary)
    record("probing", (kind, "machine"), machine())


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stackwright-benchmarks"
    parser = argparse.ArgumentParser(prog="python -m benchmarks probing", description=__doc__)
    found = case_files("broken-stacks", "*.json")
    parser.add_argument("--cases", type=Path, action="append", help="default: the collected ones")
    parser.add_argument("--case", action="append", metavar="ID", help="default: all")
    parser.add_argument("--limit-s", type=float, default=1200.0, help="for one command (default: 1200)")
    parser.add_argument("--cache", type=Path, default=cache, help="of the installer")
    parser.add_argument("--without-static", action="store_true", help="do without static evidence")
    options = parser.parse_args(arguments)
    options.cases = options.cases or found
    return options


def _measured(case: Mapping[str, Any], folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    check = folder / "check.py"
    check.write_text(case["check"] + "\n", encoding="utf-8")
    asked = [*case["requirements"], "--exclude-newer", case["verified"]]
    asked += ["--store", str(folder / "store.sqlite3"), "--format", "json", "--quiet"]
    asked += ["--allow-builds"] if case["needed_sdist"] else []
    wanted = ["--evidence", "probe", "--probe-script", str(check)]
    if options.without_static:
        pipeline = folder / "pipeline.toml"
        pipeline.write_text(_WITHOUT, encoding="utf-8")
        wanted += ["--pipeline", str(pipeline)]
    cold = advise([*asked, *wanted], folder, options.limit_s)
    advice = document(cold)
    warm = advise([*asked, *wanted], folder, options.limit_s)
    plain = document(advise([*asked, "--type", "latest"], folder, options.limit_s))
    probes = advice.get("probes") or {}
    made = probes.get("probes", [])
    verdict, said = _installed(advice.get("pins", []), case, folder, options)
    uv, uv_said = _locked_by_uv(case, folder, options)
    return {
        "case": case["id"],
        "verdict": verdict,
        "told": said,
        "status": advice.get("status"),
        "outcome": probes.get("outcome"),
        "moved": moved(advice, plain),
        "probes": len(made),
        "warm_probes": sum(
            not each.get("is_stored") for each in (document(warm).get("probes") or {}).get("probes", [])
        ),
        "failed": [
            f"{' with '.join('=='.join(each.values()) for each in probe.get('blame', []))}: "
            f"{probe['failure']['error']}: {probe['failure'].get('message', '')}"[:200]
            for probe in made
            if probe["verdict"] == "failed"
        ],
        "checked": probes.get("checked", []),
        "probe_s": round(sum(each.get("build_s", 0) + each.get("run_s", 0) for each in made), 1),
        "wall_s": round(cold.wall_s, 1),
        "warm_wall_s": round(warm.wall_s, 1),
        "uv": uv,
        "uv_told": uv_said,
    }


def _installed(
    pins: Sequence[Mapping[str, Any]], case: Mapping[str, Any], folder: Path, options: argparse.Namespace
) -> tuple[str, str]:
    if not pins:
        return "no stack", ""
    python = ".".join(case["python"].split(".")[:2])
    step, said = install(pins, folder, options.cache, options.limit_s, python)
    return (step, said) if step else _checked(case, folder, options)


def _locked_by_uv(case: Mapping[str, Any], folder: Path, options: argparse.Namespace) -> tuple[str, str]:
    """What the newest stack that metadata admits does, as uv locks it."""
    asked, lock = folder / "asked.in", folder / "uv.txt"
    asked.write_text("\n".join([*case["requirements"], ""]), encoding="utf-8")
    python = ".".join(case["python"].split(".")[:2])
    environ = {**os.environ, "UV_CACHE_DIR": str(options.cache / "uv"), "UV_NO_CONFIG": "1"}
    compiling = [find_uv_bin(), "pip", "compile", "-q", "--exclude-newer", case["verified"]]
    compiling += ["--python-version", python, str(asked), "-o", str(lock)]
    done = ran(compiling, environ, folder, options.limit_s)
    if done.returncode:
        return "no lock", told(done, folder)
    lines = [line.split("#")[0].strip() for line in lock.read_text(encoding="utf-8").splitlines()]
    pins = [
        {"name": name, "version": version, "artifacts": []}
        for name, _, version in (line.partition("==") for line in lines if "==" in line)
    ]
    return _installed(pins, case, folder, options)


def _checked(case: Mapping[str, Any], folder: Path, options: argparse.Namespace) -> tuple[str, str]:
    check = ["unshare", "--net", str(folder / "venv" / "bin" / "python"), "-c", case["check"]]
    done = ran(check, os.environ, folder, options.limit_s)
    shutil.rmtree(folder / "venv", ignore_errors=True)
    return ("fails", told(done, folder)) if done.returncode else ("passes", "")


def _line(row: Mapping[str, Any]) -> str:
    moved = ", ".join(f"{name} {change}" for name, change in row["moved"].items()) or "nothing moved"
    failed = "".join(f"\n    failed: {line}" for line in row["failed"])
    said = f"\n    told: {row['told']}" if row["told"] else ""
    return (
        f"{row['case']:28} {row['verdict']:8} {row['status']!s:10.60} {row['outcome']!s:10} "
        f"{row['probes']} probes ({row['probe_s']} s; {row['warm_probes']} when warm), "
        f"wall {row['wall_s']} s, uv {row['uv']}; {moved}{failed}{said}"
    )
