"""Runs what is measured as a child in a session of its own: capped time, memory and output, nothing left."""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

_LARGEST_OUTPUT = 1 << 20
_TOLD_BYTES = 4000
_MARK = "STACKWRIGHT_RUN"
_SWEEPS = 20
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


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one process may cost."""

    time_s: float = 120.0
    memory_bytes: int = 4 << 30


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a process ended.

    Attributes:
        failure: why its figures do not count; empty where they do.
        output: what it wrote to standard output.
        wall_s: from its start to its end.
    """

    failure: str
    output: bytes
    wall_s: float


def environment(given: Mapping[str, str], folder: Path, threads: int) -> dict[str, str]:
    """What a measured process sees of the user's environment: next to nothing, and how many threads."""
    passed = {name: given[name] for name in _PASSED_ON if name in given}
    count = str(threads)
    return {
        **passed,
        **dict.fromkeys(_THREADS, count),
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PYTHONHASHSEED": "0",
    }


def run(
    command: Sequence[str], job: bytes, environ: Mapping[str, str], folder: Path, limits: Limits
) -> Ended:
    """Run a command to its end, and end whatever it left running.

    Args:
        command: its first part is a path.
        job: what it reads; small.
        environ: all that it sees; see `environment`.
        folder: where it runs.
        limits: beyond which it is ended.
    """
    mark = secrets.token_hex(16)
    began = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**environ, _MARK: mark},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        bufsize=0,
    )
    try:
        _limit(process.pid, limits)
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(job)
        output, told, failure = _followed(process, began + limits.time_s)
        wall_s = time.perf_counter() - began
    finally:
        _end(process, mark)
    if not failure and process.returncode:
        failure = _ending(process.returncode, told)
    elif failure:
        failure = failure.format(limits=limits)
    return Ended(failure=failure, output=output, wall_s=wall_s)


def _limit(pid: int, limits: Limits) -> None:
    """Memory that it can write to; what is only reserved does not count, which libraries do freely."""
    if sys.platform == "linux":
        import resource

        with contextlib.suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_DATA, (limits.memory_bytes, limits.memory_bytes))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (limits.memory_bytes, limits.memory_bytes))


def _followed(process: subprocess.Popen[bytes], deadline: float) -> tuple[bytes, bytes, str]:
    """What a process writes until it ends, the end of what it complains of, and why it has to be ended."""
    assert process.stdout is not None
    assert process.stderr is not None
    output, told = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ, output)
        selector.register(process.stderr, selectors.EVENT_READ, told)
        while True:
            left = deadline - time.perf_counter()
            if left <= 0:
                return bytes(output), bytes(told), "it did not end within {limits.time_s:g} s"
            is_over = process.poll() is not None  # what it left running may hold the pipes open
            events = selector.select(0 if is_over else min(left, 0.02))
            for key, _ in events:
                content = os.read(key.fd, 1 << 16)
                key.data.extend(content)
                if not content:
                    selector.unregister(key.fileobj)
            del told[:-_TOLD_BYTES]
            if len(output) > _LARGEST_OUTPUT:
                return b"", bytes(told), f"it writes more than {_LARGEST_OUTPUT >> 20} MiB to standard output"
            if is_over and not events:
                return bytes(output), bytes(told), ""


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()
    for _ in range(_SWEEPS):
        left = _marked(f"{_MARK}={mark}".encode())
        for pid in left:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            break
        time.sleep(0.01)


def _marked(mark: bytes) -> list[int]:
    """Processes that were started by it and left its session: they still have its environment."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                with contextlib.suppress(OSError), Path(entry.path, "environ").open("rb") as environ:
                    if mark in environ.read(1 << 16).split(b"\0"):
                        found.append(int(entry.name))
    return found


def _ending(code: int, told: bytes) -> str:
    lines = [line.strip() for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    reason = f": {lines[-1][:200]}" if lines else ""
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"it was ended by {signal.Signals(-code).name}{reason}"
    return f"it ended with exit code {code}{reason}"
