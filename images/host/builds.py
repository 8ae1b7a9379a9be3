"""What this machine has to build with, by looking on PATH: what every run on it can afford to know."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from analyzers.evidence import Confidence
from images.facts.environment import ABSENT, Fact

COMPILERS: Mapping[str, Sequence[str]] = {
    "compiler.c": ("cc", "gcc", "clang"),
    "compiler.cxx": ("c++", "g++", "clang++"),
    "compiler.fortran": ("gfortran",),
    "compiler.rust": ("rustc",),
    "compiler.cuda": ("nvcc",),
}
"""By fact, the names of the programs, the usual one first."""

_MOST_DIRECTORIES = 64


def build_facts(environ: Mapping[str, str], base_prefix: str = sys.base_prefix) -> dict[str, Fact]:
    """``compiler.*``, by name, and ``headers.python`` of the interpreter that runs.

    A program of a compiler's name is likely one; that there is none on PATH is certain of PATH alone, and
    builds look nowhere else.
    """
    path = environ.get("PATH", os.defpath)
    directories = [Path(each) for each in path.split(os.pathsep) if each][:_MOST_DIRECTORIES]
    suffix = ".exe" if os.name == "nt" else ""
    facts = {}
    for name, spellings in COMPILERS.items():
        places = (each / f"{one}{suffix}" for one in spellings for each in directories)
        found = next((place for place in places if _is_program(place)), None)
        if found is None:
            facts[name] = Fact(value=ABSENT, source="variable PATH")
        else:
            program = found.name.removesuffix(suffix)
            facts[name] = Fact(value=program, source=str(found), confidence=Confidence.LIKELY)
    header = _header(Path(base_prefix))
    there = header.is_file()
    facts["headers.python"] = Fact(value=there, source=f"{header}" if there else f"no {header}")
    return facts


def _is_program(path: Path) -> bool:
    try:
        return path.is_absolute() and path.is_file() and os.access(path, os.X_OK)
    except OSError:
        return False


def _header(base_prefix: Path) -> Path:
    """Where the installation has it. Source: sysconfig, the schemes ``posix_prefix`` and ``nt``."""
    if os.name == "nt":
        return base_prefix / "Include" / "Python.h"
    numbers = f"{sys.version_info.major}.{sys.version_info.minor}{getattr(sys, 'abiflags', '')}"
    library = sys.implementation.name if sys.implementation.name != "cpython" else "python"
    return base_prefix / "include" / f"{library}{numbers}" / "Python.h"
