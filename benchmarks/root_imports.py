"""Run by the Python of an environment: how importing the outermost modules of distributions ends, as JSON.

Each module is imported by a process of its own, where that is possible in a network namespace without
interfaces.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import PurePosixPath

_PASSED_OVER = frozenset({"test", "tests", "docs", "doc", "examples", "example", "benchmarks", "scripts"})


def roots(name: str) -> Iterator[str]:
    """Outermost modules of a distribution, as its record lists its files."""
    for path in distribution(name).files or ():
        first = PurePosixPath(str(path)).parts[0]
        is_package = len(path.parts) > 1 and path.suffix in (".py", ".so")
        stem = first if is_package else first.partition(".")[0]
        if (is_package or path.suffix in (".py", ".so")) and stem.isidentifier():
            yield stem


def ending(module: str, limit_s: float) -> str:
    """The last line that importing a module leaves; empty where it goes well."""
    apart = ["unshare", "--net"] if os.geteuid() == 0 and shutil.which("unshare") else []
    command = [*apart, sys.executable, "-W", "ignore", "-c", f"import {module}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {limit_s:g} s"
    return (done.stderr.strip().splitlines() or ["it ended"])[-1][:300] if done.returncode else ""


if __name__ == "__main__":
    modules = {module for name in sys.argv[2:] for module in roots(name)} - _PASSED_OVER
    json.dump({module: ending(module, float(sys.argv[1])) for module in sorted(modules)}, sys.stdout)
