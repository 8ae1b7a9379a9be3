"""Which wheel of a release is chosen for a foreign platform: beside uv, on the configured index."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from uv import find_uv_bin

from benchmarks.results import machine, record

_COMMAND = Path(sys.executable).with_name("stackwright")
_TARGETS = (
    ("3.11", "x86_64-manylinux2014"),
    ("3.12", "x86_64-manylinux_2_28"),
    ("3.13", "x86_64-manylinux_2_34"),
    ("3.12", "aarch64-manylinux_2_28"),
    ("3.13", "aarch64-manylinux_2_39"),
    ("3.12", "x86_64-unknown-linux-musl"),
    ("3.12", "aarch64-unknown-linux-musl"),
    ("3.12", "aarch64-apple-darwin"),
    ("3.11", "x86_64-apple-darwin"),
    ("3.13", "x86_64-pc-windows-msvc"),
    ("3.12", "i686-pc-windows-msvc"),
)
_PROJECTS = (
    *("numpy", "cryptography", "pydantic-core", "pillow", "psutil", "orjson", "lxml", "grpcio"),
    *("markupsafe", "rpds-py", "zstandard", "watchfiles"),
)
"""Of those that have the most wheels: for many Pythons, the stable ABI, both libcs, free threads."""
_SELECTED = re.compile(r"Selecting: (\S+?)==(\S+) \[[a-z]+\] \((\S+)\)")


def run(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks wheel_choice", description=__doc__)
    parser.parse_args(arguments)
    result: dict[str, object] = {"machine": machine(), "projects": len(_PROJECTS), "targets": len(_TARGETS)}
    equal, unlike = 0, []
    with tempfile.TemporaryDirectory() as name:
        for python, platform in _TARGETS:
            theirs = {each: _of_uv(each, python, platform, Path(name)) for each in _PROJECTS}
            ours = _of_stackwright(theirs, python, platform, Path(name))
            for project, (version, filename) in theirs.items():
                equal += ours[project] == filename
                if ours[project] != filename:
                    unlike.append(
                        {
                            "project": f"{project} {version}",
                            "target": f"{python} {platform}",
                            "uv": filename,
                            "stackwright": ours[project],
                        }
                    )
    result |= {"equal": equal, "unlike": unlike}
    record("wheel_choice", ("uv",), result)
    print(json.dumps(result, indent=2))


def _of_uv(project: str, python: str, platform: str, folder: Path) -> tuple[str, str]:
    """Version and file that uv's resolver selects, as its log tells."""
    command = [find_uv_bin(), "pip", "install", project, "--dry-run", "-v", "--no-deps", "--no-config"]
    command += ["--target", str(folder / "target"), "--python-platform", platform, "--python-version", python]
    environ = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    done = subprocess.run(command, env=environ, cwd=folder, capture_output=True, text=True, check=True)
    for name, version, filename in _SELECTED.findall(done.stderr):
        if name == project:
            return version, filename
    raise RuntimeError(f"uv tells no choice for {project}: {done.stderr[-500:]}")


def _of_stackwright(
    wanted: Mapping[str, tuple[str, str]], python: str, platform: str, folder: Path
) -> dict[str, str]:
    """The best file of the same releases."""
    asked = [f"{project}=={version}" for project, (version, _) in wanted.items()]
    command = [str(_COMMAND), "advise", *asked, "--type", "latest", "--no-rules", "--format", "json", "-q"]
    command += ["--platform", platform, "--python-version", python, "--store", str(folder / "store.sqlite3")]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    pins = {pin["name"]: pin["artifacts"][0]["filename"] for pin in json.loads(done.stdout)["pins"]}
    return {project: pins[project] for project in wanted}
