"""Runs as a program of its own, by the interpreter of a candidate's environment: one benchmark, one process.

The job comes on standard input, one JSON object on what was standard output goes back. Whatever the benchmark
writes goes to standard error. Only the standard library is used: nothing else is known to be there.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from pathlib import Path

_OPENBLAS = [
    f"{prefix}openblas_get_{{}}{suffix}" for prefix in ("scipy_", "") for suffix in ("64_", "", "_64", "64")
]


def main() -> None:
    """Set up, find how often a repetition must run the statement to be measurable, repeat, and report."""
    result = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    job = json.load(sys.stdin)
    names: dict[str, object] = {"__name__": "__benchmark__"}
    exec(compile(job["setup"], "<setup>", "exec"), names)
    source = "".join(f"        {line}\n" for line in job["statement"].splitlines())
    lines = f"def run(times):\n    for _ in range(times):\n{source}"
    exec(compile(lines, "<statement>", "exec"), names)
    run = names["run"]
    assert callable(run)
    times, taken = 1, _timed(run, 1)
    while taken < job["least_s"] and times < 1 << 24:
        times = max(times * 2, int(times * job["least_s"] / max(taken, 1e-7) * 1.1))
        taken = _timed(run, times)
    figures = [taken / times]
    began = time.perf_counter()
    while len(figures) < job["most"] and time.perf_counter() - began < job["for_s"]:
        figures.append(_timed(run, times) / times)
    json.dump({"figures": figures, "times": times, **_kernel()}, result)
    result.close()


def _timed(run: object, times: int) -> float:
    assert callable(run)
    began = time.perf_counter()
    run(times)
    return time.perf_counter() - began


def _kernel() -> dict[str, str]:
    """The OpenBLAS that was loaded, and the kernels that it chose for this processor."""
    try:
        with Path("/proc/self/maps").open(encoding="utf-8", errors="replace") as maps:
            paths = {line.split(None, 5)[-1].strip() for line in maps if "openblas" in line.lower()}
    except OSError:
        return {}
    for path in sorted(paths):
        try:
            library = ctypes.CDLL(path)
        except OSError:
            continue
        told = {}
        for key, what in (("library", "config"), ("architecture", "corename")):
            for name in _OPENBLAS:
                function = getattr(library, name.format(what), None)
                if function is not None:
                    function.restype = ctypes.c_char_p
                    told[key] = function().decode("utf-8", "replace")[:200]
                    break
        if told:
            return told
    return {}


if __name__ == "__main__":
    main()
