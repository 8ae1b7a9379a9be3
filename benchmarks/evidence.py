"""Stacks that resolve and do not run: advised with evidence, installed for real, checked without a network.

Each case of the collected broken stacks is advised from an empty store, with its check as the code; the lock
is installed into a new virtual environment, and the check runs there in a network namespace without
interfaces. Beside it stands what the same requirements get without evidence.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.advised import advise, document, given_up, install, moved, ran, refusals, told
from benchmarks.results import machine, record
from fakes.cases import case_files


def run(arguments: Sequence[str]) -> None:
    """Print a row for each case and record the figures."""
    options = _options(arguments)
    cases = [case for path in options.cases for case in _cases(path)]
    rows = []
    for case in cases:
        if options.case and case["id"] not in options.case:
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            row = _measured(case, Path(folder), options)
        rows.append(row)
        print(_line(row), flush=True)
        record("evidence", ("cases", row["case"]), row)
    passed = sum(row["verdict"] == "passes" for row in rows)
    projects = sum(row["projects"] for row in rows)
    given_up = sum(sum(row["given_up"].values()) for row in rows)
    print(f"{passed} of {len(rows)} pass; {given_up / max(projects, 1):.2f} releases given up per project")
    record("evidence", ("machine",), machine())


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stackwright-benchmarks"
    parser = argparse.ArgumentParser(prog="python -m benchmarks evidence", description=__doc__)
    found = case_files("broken-stacks", "*.json")
    parser.add_argument("--cases", type=Path, action="append", help="default: the collected ones")
    parser.add_argument("--case", action="append", metavar="ID", help="default: all")
    parser.add_argument("--limit-s", type=float, default=600.0, help="for one command (default: 600)")
    parser.add_argument("--advise-only", action="store_true", help="install and check nothing")
    parser.add_argument("--cache", type=Path, default=cache, help="of the installer")
    parser.add_argument("--option", action="append", default=[], help="of advise, too")
    options = parser.parse_args(arguments)
    options.cases = options.cases or found
    return options


def _cases(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return cases


def _measured(case: Mapping[str, Any], folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    code = folder / "check.py"
    code.write_text(case["check"] + "\n", encoding="utf-8")
    asked = [*case["requirements"], "--exclude-newer", case["verified"], "--python-version", case["python"]]
    asked += ["--store", str(folder / "store.sqlite3"), "--format", "json", "--quiet"]
    asked += ["--allow-builds"] if case["needed_sdist"] else []
    evidence = ["--evidence", "static", "--source", str(code), *options.option]
    cold = advise([*asked, *evidence], folder, options.limit_s)
    advice = document(cold)
    warm = advise([*asked, *evidence], folder, options.limit_s)
    plain = document(advise([*asked, "--evidence", "none"], folder, options.limit_s))
    verdict, said = _checked(advice, case, folder, options)
    return {
        "case": case["id"],
        "verdict": verdict,
        "told": said,
        "status": advice.get("status"),
        "moved": moved(advice, plain),
        "evidence": list(dict.fromkeys(message for _, _, message in refusals(advice))),
        "wall_s": round(cold.wall_s, 2),
        "cpu_s": round(cold.cpu_s, 2),
        "warm_wall_s": round(warm.wall_s, 2),
        "warm_cpu_s": round(warm.cpu_s, 2),
        "peak_mb": round(cold.peak_bytes / 1e6),
        "bytes": advice.get("statistics", {}).get("bytes"),
        "requests": advice.get("statistics", {}).get("requests"),
        "stacks": advice.get("statistics", {}).get("stacks"),
        "projects": len(advice.get("pins", ())),
        "given_up": given_up(advice, plain),
        "unknowns": [f"{one['what']}: {one['reason']}" for one in advice.get("unknowns", ())][:10],
    }


def _checked(
    advice: Mapping[str, Any], case: Mapping[str, Any], folder: Path, options: argparse.Namespace
) -> tuple[str, str]:
    """Install what is advised and run the check; the verdict, and the end of what was said."""
    if not advice.get("pins"):
        return "no stack", str(advice.get("status"))
    if options.advise_only:
        return "not checked", ""
    python = ".".join(case["python"].split(".")[:2])
    step, said = install(advice["pins"], folder, options.cache, options.limit_s, python)
    if step:
        return step, said
    check = ["unshare", "--net", str(folder / "venv" / "bin" / "python"), "-c", case["check"]]
    done = ran(check, os.environ, folder, options.limit_s)
    return ("fails", told(done, folder)) if done.returncode else ("passes", "")


def _line(row: Mapping[str, Any]) -> str:
    moved = ", ".join(f"{name} {change}" for name, change in row["moved"].items()) or "nothing moved"
    size = f"{(row['bytes'] or 0) / 1e6:.1f} MB"
    told = f"\n    told: {row['told']}" if row["told"] else ""
    evidence = "".join(f"\n    {line}" for line in row["evidence"])
    return (
        f"{row['case']:28} {row['verdict']:8} {row['status']!s:10.60} cold {row['wall_s']:.1f} s "
        f"({row['cpu_s']:.1f} CPU), warm {row['warm_wall_s']:.1f} s ({row['warm_cpu_s']:.1f} CPU), {size}, "
        f"{row['stacks']} stacks; {moved}{evidence}{told}"
    )
