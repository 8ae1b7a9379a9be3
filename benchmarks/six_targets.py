"""One project on six targets, on the configured index: is each difference justified, and what says uv."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from uv import find_uv_bin

from benchmarks.results import machine, record
from fakes.images.image_files import write_oci_layout
from fakes.images.runtime_images import UBUNTU, glibc_image, musl_image
from fakes.searching.justified import unjustified

_COMMAND = Path(sys.executable).with_name("stackwright")
_PROJECT = """
[project]
name = "shop"
version = "1.0"
dependencies = ["numpy", "pandas", "scikit-learn", "xgboost", "polars", "psycopg2", "cryptography"]

[tool.stackwright.environments.plain]
image = "debian"
gpu.vendor = "none"

[tool.stackwright.environments.nvidia]
image = "nvidia"
gpu.driver = "535.104.05"

[tool.stackwright.environments.workstation]
python-version = "3.11.9"
platform = "x86_64-manylinux_2_39"
cpu.level = 3
gpu.driver = "580.82.07"
compiler.c = "gcc 14"

[tool.stackwright.environments.alpine]
image = "alpine"
gpu.vendor = "none"
compiler.c = "gcc 14"

[tool.stackwright.environments.old]
python-version = "3.11.9"
platform = "x86_64-manylinux_2_17"
cpu.level = 1
gpu.vendor = "none"
compiler.c = "gcc 4.8"

[tool.stackwright.environments.arm]
image = "arm"
gpu.vendor = "none"
"""
_TARGETS = {
    "plain": "x86_64-manylinux_2_36",
    "nvidia": "x86_64-manylinux_2_35",
    "workstation": "x86_64-manylinux_2_39",
    "alpine": "x86_64-unknown-linux-musl",
    "old": "x86_64-manylinux2014",
    "arm": "aarch64-manylinux_2_36",
}
_PINNED = re.compile(r"^ \+ ([a-z0-9-]+)==(\S+)", re.MULTILINE)
_COMPILED = re.compile(r"^([a-z0-9-]+)==(\S+)$", re.MULTILINE)


def run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks six_targets", description=__doc__)
    parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_oci_layout(folder / "debian", glibc_image())
        write_oci_layout(folder / "nvidia", glibc_image(UBUNTU, minor=35, environ=["CUDA_VERSION=12.2.2"]))
        write_oci_layout(folder / "alpine", musl_image())
        write_oci_layout(folder / "arm", glibc_image(architecture="arm64"))
        (folder / "pyproject.toml").write_text(_PROJECT, encoding="utf-8")
        for kind, options in (("shared", []), ("independent", ["--independent", "--upgrade"])):
            result = _measured(folder, options)
            record("six_targets", (kind,), {"machine": machine(), **result})
            print(kind, json.dumps(result, indent=2))


def _measured(folder: Path, options: Sequence[str]) -> dict[str, object]:
    command = [str(_COMMAND), "advise", "--format", "json", "--evidence", "none", *options]
    command += ["--store", str(folder / "store.sqlite3")]
    command += [argument for name in _TARGETS for argument in ("--environment", name)]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    elapsed = time.perf_counter() - started
    report = json.loads(done.stdout)
    stacks = {
        one["name"]: {pin["name"]: pin["version"] for pin in one["advice"]["pins"]}
        for one in report["environments"]
    }
    return {
        "elapsed_s": round(elapsed, 1),
        "pins": {name: len(stack) for name, stack in stacks.items()},
        "differences": {one["project"]: one["versions"] for one in report["differences"]},
        "unjustified": unjustified(report),
        "uv_resolves_the_same": {name: _resolved(folder, name, stack) for name, stack in stacks.items()},
        "uv_would_install_the_same": {name: _synced(folder, name) == stack for name, stack in stacks.items()},
    }


def _resolved(folder: Path, name: str, stack: dict[str, str]) -> bool | None:
    """Whether uv's resolver comes from the pins, with all that they ask for, to the same stack.

    None where it would have to build a source distribution to know what that asks for.
    """
    asked = folder / f"{name}.in"
    asked.write_text("".join(f"{each}=={version}\n" for each, version in stack.items()), encoding="utf-8")
    told = _uv(folder, name, "compile", str(asked), "--no-annotate", "--no-header", "--no-build")
    found = dict(_COMPILED.findall(told))
    return None if not found and "no-build" in told.replace("`", "") else found == stack


def _synced(folder: Path, name: str) -> dict[str, str]:
    """What uv's installer takes from the lockfile for the platform."""
    told = _uv(folder, name, "sync", f"pylock.{name}.toml", "--dry-run", "--target", f"{name}-target")
    return dict(_PINNED.findall(told))


def _uv(folder: Path, name: str, *arguments: str) -> str:
    command = [find_uv_bin(), "pip", *arguments, "--no-config"]
    command += ["--python-platform", _TARGETS[name], "--python-version", "3.11"]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("UV_")}
    done = subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
