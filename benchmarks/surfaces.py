"""Surfaces of releases against `dir` of what is installed and griffe's breaking changes, and their cost.

`python -m benchmarks surfaces [truth|imports|breakages|cost …]`. Peers and packages are installed in
environments of their own. What griffe finds and the diff does not is argued in `argued_breakages.json`; an
entry that is found by now, and a breakage without an entry, is told and fails. `imports` compares what
importing on paper makes of installed packages: a module or a name that only Python finds is a false alarm,
and fails.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from uv import find_uv_bin

from benchmarks.indexes import configured_url
from benchmarks.peers import clean_environment
from benchmarks.results import machine, record
from fakes.sources.griffe_kinds import OURS

CACHE = Path(os.environ.get("STACKWRIGHT_BENCHMARK_CACHE", Path.home() / ".cache" / "stackwright-benchmarks"))
ARGUED = Path(__file__).with_name("argued_breakages.json")
PACKAGES = {
    "numpy": "numpy",
    "pandas": "pandas",
    "flask": "flask",
    "scikit-learn": "sklearn",
    "sqlalchemy": "sqlalchemy",
    "requests": "requests",
}
PAIRS = (
    ("click", "7.1.2", "8.1.7"),
    ("jinja2", "2.11.3", "3.1.4"),
    ("httpx", "0.23.3", "0.28.1"),
    ("sqlalchemy", "1.4.54", "2.0.36"),
    ("pandas", "1.5.3", "2.2.3"),
)
IMPORTED = {
    "numpy": "numpy",
    "pandas": "pandas",
    "scipy": "scipy",
    "scikit-learn": "sklearn",
    "matplotlib": "matplotlib",
    "sqlalchemy": "sqlalchemy",
    "flask": "flask",
    "requests": "requests",
    "psutil": "psutil",
    "python-multipart": "python_multipart",
    "celery": "celery",
    "dask[array]": "dask",
    "pydantic": "pydantic",
    "huggingface-hub": "huggingface_hub",
    "setuptools": "setuptools",
    "twisted": "twisted",
    "trio": "trio",
    "scikit-image": "skimage",
    "rich": "rich",
}
LEAST_RECALL = 0.995
MOST_ARGUED = 0.05


def run(options: Sequence[str]) -> None:
    """Every part, or those that are named."""
    parts = {"truth": truth, "imports": imports, "breakages": breakages, "cost": cost}
    failed = [name for name in options or parts if not parts[name]()]
    if failed:
        print(f"not reached: {', '.join(failed)}", file=sys.stderr)
        raise SystemExit(1)


def _uv(*arguments: str | Path) -> str:
    command = [find_uv_bin(), *map(str, arguments)]
    environ = {**clean_environment(CACHE), "UV_DEFAULT_INDEX": configured_url()}
    return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout


def _environment(name: str, requirements: Sequence[str]) -> Path:
    place = CACHE / "surfaces" / name
    if not (place / "complete").exists():
        _uv("venv", "--clear", "-q", "-p", sys.executable, place)
        _uv("pip", "install", "-q", "--python", place, "--only-binary", ":all:", *requirements)
        (place / "complete").touch()
    return place


def _json(command: Sequence[str | Path]) -> Any:
    found = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    return json.loads(found.stdout)


def _stackwright(*arguments: str) -> Any:
    store = ["--store", str(CACHE / "surfaces" / "store.sqlite3")]
    program = Path(sys.executable).with_name("stackwright")
    return _json([program, *arguments, "--format", "json", "-q", *store])


# Names.


def truth() -> bool:
    """Recall of the public names that `dir` gives, per package, with what is missed by class."""
    place = _environment("truth", list(PACKAGES))
    script = Path(__file__).with_name("surface_truth.py")
    is_reached = True
    for project, package in PACKAGES.items():
        names = _json([place / "bin" / "python", script, package])
        version = _uv("pip", "show", "--python", place, project).partition("Version: ")[2].split()[0]
        surface = _stackwright("surface", f"{project}=={version}")
        ours = {module["name"]: module for module in surface["modules"]}
        missed: Counter[str] = Counter()
        total = 0
        for name, found in names.items():
            module = ours.get(name)
            told = {offer["name"] for offer in module.get("offers", ())} if module else set()
            total += len(found)
            if lacking := len(set(found) - told):
                reason = "closed" if module is not None else "no such module"
                missed[module.get("open", reason) if module else reason] += lacking
        recall = 1 - missed.total() / total
        is_reached &= recall >= LEAST_RECALL
        print(f"{project:13} {version:8} {len(names):4} modules {total:6} names  recall {recall:.4f}")
        for reason, count in missed.most_common():
            print(f"{'':13} {count:6} missed: {reason}")
        entry = {"version": version, "names": total, "recall": round(recall, 4), "missed": dict(missed)}
        record("surfaces", ("truth", project), entry)
    return is_reached


# Importing on paper.


def imports() -> bool:
    """Whether everything that Python imports, and each of its names, is there on paper, too."""
    place = _environment("imports", list(IMPORTED))
    script = Path(__file__).with_name("module_names.py")
    names = _json([place / "bin" / "python", script, *IMPORTED.values()])
    known = CACHE / "surfaces" / "module-names.json"
    known.write_text(json.dumps(names), encoding="utf-8")
    packages = next(place.glob("lib/python*/site-packages"))
    found = _json([sys.executable, "-m", "benchmarks.simulated_names", packages, known])
    failures, lacking = found["failures"], found["lacking"]
    print(
        f"{found['closed']} closed and {found['open']} open modules with {found['names']} names: "
        f"{len(failures)} modules fail, {sum(map(len, lacking.values()))} names are refused"
    )
    for module, said in failures.items():
        print(f"    {module}: {said}")
    for module, refused in lacking.items():
        print(f"    {module} lacks {', '.join(refused[:20])}")
    record("surfaces", ("imports",), {**found, "machine": machine()})
    return not failures and not lacking


# Breaking changes.


def breakages() -> bool:
    """What griffe finds between two releases, and how much of it the diff tells."""
    argued = json.loads(ARGUED.read_text(encoding="utf-8"))
    place = _environment("griffe", ["griffe==2.4.1"])
    is_reached = True
    for project, before, after in PAIRS:
        trees = [_unpacked(project, version) for version in (before, after)]
        script = Path(__file__).with_name("griffe_breakages.py")
        theirs = [
            " ".join(filter(None, each))
            for each in _json([place / "bin" / "python", script, project, *trees])
        ]
        missed = set(_missed(project, before, after, theirs))
        listed = {each for paths in argued.get(project, {}).values() for each in paths}
        share = len(missed) / len(theirs)
        print(f"{project:13} {before} to {after}: griffe {len(theirs)}, argued {len(missed)} ({share:.1%})")
        for each in sorted(missed - listed):
            print(f"    not found and not argued: {each}")
        for each in sorted(listed - missed):
            print(f"    found by now, argue no longer: {each}")
        is_reached &= missed == listed and share <= MOST_ARGUED
        record("surfaces", ("breakages", project), {"griffe": len(theirs), "argued": len(missed)})
    return is_reached


def _unpacked(project: str, version: str) -> Path:
    place = CACHE / "surfaces" / f"{project}-{version}"
    if not place.exists():
        _uv("pip", "install", "-q", "--no-deps", "--target", place, f"{project}=={version}")
    return place


def _missed(project: str, before: str, after: str, theirs: Sequence[str]) -> Iterator[str]:
    """Breakages that no change tells, under the path of the definition in either release."""
    changes = _stackwright("diff", project, before, after)["changes"]
    definitions = [
        dict(_definitions(_stackwright("surface", f"{project}=={version}"))) for version in (before, after)
    ]
    told: set[tuple[str, str, str | None]] = set()
    gone: set[str] = set()
    for change in changes:
        for path in {change["path"], *change.get("also", ()), change.get("defined", change["path"])}:
            for place in {path, *(_defined(path, known) for known in definitions)}:
                told.add((place, change["kind"], change.get("parameter")))
                if change["kind"] in OURS["OBJECT_REMOVED"]:
                    gone.add(place)
    for text in theirs:
        kind, path, *parameter = text.split()
        places = {path, *(_defined(path, known) for known in definitions)}
        wanted = {(place, ours) for place in places for ours in OURS[kind]}
        found = {
            (place, ours)
            for place, ours, named in told
            if not parameter or named in parameter or ours == "parameter-renamed"
        }
        if not wanted & found and not any(_lies_in(place, gone) for place in places):
            yield text


def _lies_in(path: str, gone: set[str]) -> bool:
    """Whether a path, or something that it lies in, is gone."""
    parts = path.split(".")
    return any(".".join(parts[:stop]) in gone for stop in range(1, len(parts) + 1))


def _definitions(surface: Any) -> Iterator[tuple[str, str]]:
    """Paths to the places of definition of what is defined elsewhere."""
    for module in surface["modules"]:
        for offer in module.get("offers", ()):
            path = f"{module['name']}.{offer['name']}"
            if "defined" in offer:
                yield path, offer["defined"]
            for member in offer.get("members", ()):
                if "defined" in member:
                    yield f"{offer.get('defined', path)}.{member['name']}", member["defined"]


def _defined(path: str, known: Mapping[str, str]) -> str:
    for _ in range(6):
        parts = path.split(".")
        for stop in range(len(parts), 1, -1):
            head = ".".join(parts[:stop])
            if known.get(head, head) != head:
                path = ".".join([known[head], *parts[stop:]])
                break
        else:
            break
    return path


# Cost.


def cost(project: str = "pandas", count: int = 30) -> bool:
    """Bytes and processor time of the surfaces of the newest releases, with an empty store."""
    store = CACHE / "surfaces" / "cost.sqlite3"
    store.unlink(missing_ok=True)
    root = Path(__file__).parent.parent
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (root, root / "tests")))}
    command = [sys.executable, "-m", "benchmarks.surface_cost", project, str(count), str(store)]
    found = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True, env=environ, cwd=root).stdout
    )
    of_wheels = found["bytes"] - found["listing_bytes"]
    print(
        f"{found['releases']} releases of {project}: {of_wheels / 1e6:.1f} MB of their wheels, "
        f"{found['listing_bytes'] / 1e6:.1f} MB of the listing (as JSON), {found['requests']} requests, "
        f"{found['read']} of {found['files']} files read, {found['cpu_s']:.1f} CPU s, "
        f"{found['wall_s']:.1f} s, store {found['store_bytes'] / 1e6:.1f} MB"
    )
    record("surfaces", ("cost", project), {**found, "machine": machine()})
    return bool(of_wheels <= 30e6 and found["cpu_s"] <= 20)
