"""How a measured program is run: confined like any other that nobody vouches for, with so many threads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from knowledge.confinement.interpreter_directories import interpreter_directories
from knowledge.confinement.limits import Ended, Limits
from knowledge.confinement.running import Surroundings
from knowledge.confinement.running import run as run_confined

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH")
_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "POLARS_MAX_THREADS",
    "RAYON_NUM_THREADS",
)


def environment(given: Mapping[str, str], threads: int) -> dict[str, str]:
    """What a measured process sees of the user's environment: next to nothing, and how many threads."""
    passed = {name: given[name] for name in _PASSED_ON if name in given}
    return {**passed, **thread_settings(threads), "PYTHONHASHSEED": "0"}


def thread_settings(threads: int) -> dict[str, str]:
    """Variables that tell libraries how many threads to use."""
    return dict.fromkeys(_THREADS, str(threads))


def run(
    command: Sequence[str],
    job: bytes,
    environ: Mapping[str, str],
    folder: Path,
    limits: Limits,
    files: Mapping[str, bytes] | None = None,
) -> Ended:
    """Run a command to its end, and end whatever it left running.

    Args:
        command: its first part is the path of an interpreter.
        job: what it reads; small.
        environ: all that it sees; see `environment`.
        folder: in which a directory for the run is made.
        limits: beyond which it is ended.
        files: see `knowledge.confinement.running.run`.
    """
    surroundings = Surroundings(folder=folder, readable=interpreter_directories(Path(command[0])))
    return run_confined(command, job, environ, surroundings, limits, files)
