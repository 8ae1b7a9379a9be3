"""Healthy stacks: what evidence says against sets of requirements that everybody installs.

Each set is advised from an empty store, with and without evidence. A stack that was refused is installed for
real and imported: a refusal of what runs is a false alarm, and makes the benchmark fail. The advised stack is
installed and imported where something is only doubted, so that each doubt stands beside what happens.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.advised import advise, document, given_up, install, moved, ran, refusals
from benchmarks.results import machine, record
from fakes.cases import case_files

_EVERYDAY = (
    ("tensorflow", "flask"),
    ("flask",),
    ("jupyterlab", "pandas", "scikit-learn", "matplotlib"),
    ("torch", "transformers", "accelerate"),
    ("apache-airflow", "celery", "redis"),
    ("dask",),
    ("celery",),
)
_LOWEST_RANK = 3_000
_DOUBTS = "import-doubts"


def run(arguments: Sequence[str]) -> None:
    """Print a row for each stack and record the figures."""
    options = _options(arguments)
    rows: list[dict[str, Any]] = []
    for requirements in _stacks(options):
        if len(rows) == options.count:
            break
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            row = _measured(requirements, Path(folder), options)
        if row is None:
            print(f"{' '.join(requirements):32} has no stack for this target", flush=True)
            continue
        rows.append(row)
        print(_line(row), flush=True)
        record("healthy", ("stacks", " ".join(requirements)), row)
    false = [row["stack"] for row in rows for refusal in row["refused"] if refusal["imports"] == "go well"]
    projects = sum(row["projects"] for row in rows)
    back = sum(sum(row["given_up"].values()) for row in rows)
    refused, doubts = (sum(len(row[what]) for row in rows) for what in ("refused", "doubts"))
    print(f"{len(rows)} stacks, {refused} releases refused, {len(false)} of them falsely, {doubts} doubts")
    print(f"{back / max(projects, 1):.3f} releases given up per project")
    record("healthy", ("machine",), machine())
    if false:
        raise SystemExit(1)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "stackwright-benchmarks"
    known = case_files("topics", "package-metadata-*.jsonl.gz")
    parser = argparse.ArgumentParser(prog="python -m benchmarks healthy", description=__doc__)
    parser.add_argument("--names", type=Path, default=next(iter(known), None), help="much used projects")
    parser.add_argument("--count", type=int, default=30, help="of the stacks (default: 30)")
    parser.add_argument("--stack", action="append", help="requirements, separated by spaces; default: all")
    parser.add_argument("--limit-s", type=float, default=900.0, help="for one command (default: 900)")
    parser.add_argument("--advise-only", action="store_true", help="install and import nothing")
    parser.add_argument("--cache", type=Path, default=cache, help="of the installer")
    parser.add_argument("--option", action="append", default=[], help="of advise, too")
    return parser.parse_args(arguments)


def _stacks(options: argparse.Namespace) -> Iterator[tuple[str, ...]]:
    """The everyday ones, then much used projects in the order of the SHA-256 of their names."""
    if options.stack:
        yield from (tuple(each.split()) for each in options.stack)
        return
    yield from _EVERYDAY
    if options.names is None:
        return
    with gzip.open(options.names, "rt", encoding="utf-8") as lines:
        known = [json.loads(line) for line in lines]
    names = {each["name"] for each in known if (each["rank"] or _LOWEST_RANK + 1) <= _LOWEST_RANK}
    names -= {name for stack in _EVERYDAY for name in stack if len(stack) == 1}
    for name in sorted(names, key=lambda each: hashlib.sha256(each.encode()).hexdigest()):
        yield (name,)


def _measured(
    requirements: Sequence[str], folder: Path, options: argparse.Namespace
) -> dict[str, Any] | None:
    asked = [*requirements, "--format", "json", "--quiet", *options.option]
    plain_store, store = str(folder / "plain.sqlite3"), str(folder / "store.sqlite3")
    without = ["--store", plain_store, "--evidence", "none"]
    plain = document(advise([*asked, *without], folder, options.limit_s))
    if not plain.get("pins"):
        return None
    cold = advise([*asked, "--store", store, "--evidence", "static"], folder, options.limit_s)
    advice = document(cold)
    statistics = advice.get("statistics", {})
    doubts = [
        f"{pin['name']} {pin['version']}: {reason['message']}"
        for pin in advice.get("pins", ())
        for reason in pin["reasons"]
        if reason["unit"] == _DOUBTS
    ]
    refused = _refused(requirements, advice, plain, folder, options)
    return {
        "stack": " ".join(requirements),
        "status": advice.get("status"),
        "refused": refused,
        "doubts": doubts,
        "advised_imports": _imports(requirements, advice["pins"], folder, options)
        if advice.get("pins") and (doubts or refused)
        else None,
        "moved": moved(advice, plain),
        "given_up": given_up(advice, plain),
        "projects": len(plain["pins"]),
        "wall_s": round(cold.wall_s, 2),
        "cpu_s": round(cold.cpu_s, 2),
        "peak_mb": round(cold.peak_bytes / 1e6),
        "bytes": statistics.get("bytes"),
        "stacks": statistics.get("stacks"),
        "unknowns": [f"{each['what']}: {each['reason']}" for each in advice.get("unknowns", ())][:10],
    }


def _refused(
    requirements: Sequence[str],
    advice: Mapping[str, Any],
    plain: Mapping[str, Any],
    folder: Path,
    options: argparse.Namespace,
) -> list[dict[str, str]]:
    """Each refused release that a stack had, with what importing that stack for real does.

    The first refused stack is that without evidence. Of others one pin is known; the rest is as advised.
    """
    newest = {pin["name"]: pin["version"] for pin in plain["pins"]}
    found = []
    for name, version, message in refusals(advice):
        if newest.get(name) == version:
            pins = plain["pins"]
        else:
            pins = [
                {**pin, "version": version, "artifacts": []} if pin["name"] == name else pin
                for pin in advice["pins"]
            ]
        imports = _imports(requirements, pins, folder, options)
        failed = [f"{module}: {ending}" for module, ending in imports.items() if ending]
        said = "; ".join(failed) or ("go well" if imports else "not tried")
        found.append({"release": f"{name} {version}", "because": message, "imports": said})
    return found


def _imports(
    requirements: Sequence[str],
    pins: Sequence[Mapping[str, Any]],
    folder: Path,
    options: argparse.Namespace,
) -> dict[str, str]:
    """Module to how its import ends, in a real environment of the pins."""
    if options.advise_only:
        return {}
    step, said = install(pins, folder, options.cache, options.limit_s, "3.11", with_builds=False)
    if step:
        return {f"({step})": said}
    names = [re.split(r"[^\w.-]", requirement, maxsplit=1)[0] for requirement in requirements]
    script = Path(__file__).with_name("root_imports.py")
    command = [str(folder / "venv" / "bin" / "python"), str(script), "120", *names]
    done = ran(command, os.environ, folder, options.limit_s)
    endings: dict[str, str] = json.loads(done.stdout) if not done.returncode else {"(imports)": done.stderr}
    return endings


def _line(row: Mapping[str, Any]) -> str:
    size = f"{(row['bytes'] or 0) / 1e6:.1f} MB"
    counted = f"{row['projects']} projects, {len(row['refused'])} refused, {len(row['doubts'])} doubts"
    spent = f"{row['wall_s']:.1f} s ({row['cpu_s']:.1f} CPU), {size}"
    back = f"{sum(row['given_up'].values())} given up"
    lines = [f"{row['stack']:32.32} {row['status']!s:8.40} {counted}, {back}, {spent}"]
    lines += [f"    refused {each['release']}: {each['because']}" for each in row["refused"]]
    lines += [f"        its imports: {each['imports']}" for each in row["refused"]]
    lines += [f"    doubt {each}" for each in row["doubts"]]
    failed = [f"{module}: {ending}" for module, ending in (row["advised_imports"] or {}).items() if ending]
    lines += [f"        of the advised stack: {each}" for each in failed]
    return "\n".join(lines)
