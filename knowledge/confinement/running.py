"""Runs one program confined, from its start to its end: a job in, what it wrote and how it ended out."""

from __future__ import annotations

import contextlib
import os
import secrets
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from knowledge.confinement.control_groups import ControlGroups
from knowledge.confinement.hiding import hidden_directories, listening_sockets, name_resolution
from knowledge.confinement.launching.orders import PLACE, USER, Order
from knowledge.confinement.limits import Ended, Limits
from knowledge.confinement.removal import remove_tree

__all__ = ["PLACE", "Surroundings", "run"]

_TOLD_BYTES = 64 << 10
_GRACE_S = 10.0
"""The launcher ends a run that lasts too long; should it not, it is ended with it after so long."""
_OPEN_FILES = 4096
_MARK = "STACKWRIGHT_RUN"
_SWEEPS = 20
_LARGEST_LINE = 1 << 20
_ROOT = Path(__file__).parents[2]
_LAUNCH = (
    "import sys; sys.path.append(sys.argv.pop(1)); "
    "from knowledge.confinement.launching.launcher import main; main(int(sys.argv[1]), int(sys.argv[2]))"
)


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a program finds around it.

    Attributes:
        folder: in which a directory for the run is made and removed.
        readable: files and directories that it must find, such as its interpreter.
        root: a directory that becomes its root; None for that of this machine.
        binds: within `root`, under which path something readable is found there.
        has_network: whether it may reach others.
    """

    folder: Path
    readable: tuple[Path, ...] = ()
    root: Path | None = None
    binds: Mapping[str, str] = {}
    has_network: bool = False


class Held(msgspec.Struct):
    """See `knowledge.confinement.launching.orders.Held`."""

    applied: list[str]
    refused: list[str]


class Told(msgspec.Struct):
    """See `knowledge.confinement.launching.orders.Told`."""

    code: int | None
    stopped: str
    error: str
    wall_s: float
    memory_bytes: int
    most_processes: int


def run(
    command: Sequence[str],
    job: bytes,
    environ: Mapping[str, str],
    surroundings: Surroundings,
    limits: Limits,
    files: Mapping[str, bytes] | None = None,
) -> Ended:
    """Run a program to its end, and end whatever it left running.

    Args:
        command: its first part is a path; `PLACE` in a part stands for the directory of the run, where it can
            write, which is its home and its working directory.
        job: what it reads; small.
        environ: all that it sees; `PLACE` likewise.
        surroundings: what it finds.
        limits: beyond which it is ended.
        files: what it finds in the directory of the run.
    """
    mark = secrets.token_hex(16)
    place = tempfile.mkdtemp(prefix="run-", dir=surroundings.folder)
    groups = ControlGroups(f"stackwright-{mark}", limits)
    readable = (*surroundings.readable, *(name_resolution() if surroundings.has_network else ()))
    order = Order(
        command=list(command),
        environ={"HOME": PLACE, "TMPDIR": PLACE, "USER": USER, "LOGNAME": USER, **environ, _MARK: mark},
        place=place,
        files={name: content.decode("latin-1") for name, content in (files or {}).items()},
        hidden=hidden_directories(readable),
        sockets=listening_sockets(),
        readable=[str(path) for path in readable],
        root="" if surroundings.root is None else str(surroundings.root),
        binds=dict(surroundings.binds),
        has_network=surroundings.has_network,
        wall_s=limits.time_s,
        cpu_s=int(limits.time_s * 64) + 1,
        memory_bytes=limits.memory_bytes,
        processes=limits.processes,
        disk_bytes=limits.disk_bytes,
        file_bytes=limits.disk_bytes,
        open_files=_OPEN_FILES,
        cgroups=[str(directory) for directory in groups.directories],
    )
    try:
        ended = _Launched(order, mark, limits, groups).followed(job)
    finally:
        groups.remove()
        remove_tree(Path(place))
    if groups.directories:
        return msgspec.structs.replace(ended, applied=(*ended.applied, "control-groups"))
    refusal = "control-groups: this process may make none"
    return msgspec.structs.replace(ended, refused=(*ended.refused, refusal))


class _Launched:
    """A launcher, and the descriptors that lead to it and to what it runs."""

    def __init__(self, order: Order, mark: str, limits: Limits, groups: ControlGroups) -> None:
        self._limits, self._mark, self._groups = limits, mark, groups
        orders, self._orders = os.pipe()
        self._tells, tells = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _LAUNCH, str(_ROOT), str(orders), str(tells)],
                cwd="/",
                env={_MARK: mark},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                bufsize=0,
                pass_fds=(orders, tells),
            )
        except BaseException:
            os.close(self._orders)
            os.close(self._tells)
            raise
        finally:
            os.close(orders)
            os.close(tells)
        self._order = msgspec.json.encode(order) + b"\n"

    def followed(self, job: bytes) -> Ended:
        """How it ended."""
        began = time.monotonic()
        try:
            with contextlib.suppress(BrokenPipeError):
                _write_all(self._orders, self._order)
            assert self._process.stdin is not None
            with contextlib.suppress(BrokenPipeError), self._process.stdin as stdin:
                _write_all(stdin.fileno(), job)
            output, told, lines, limit = self._read(began + self._limits.time_s + _GRACE_S)
        finally:
            self._end()
        held, ending = _decoded(lines)
        if ending is None:
            return Ended(
                failure=f"it could not be confined: {_last_line(told) or 'its launcher ended'}",
                limit=limit,
                told=told,
                wall_s=time.monotonic() - began,
            )
        limit = limit or ("" if ending.stopped == "asked" else ending.stopped)
        if ending.code:
            limit = limit or self._groups.limit()
        return Ended(
            failure=_failure(limit, ending, told, self._limits),
            limit=limit,
            code=None if limit else ending.code,
            output=b"" if limit == "output" else output,
            told=told,
            wall_s=ending.wall_s,
            memory_bytes=ending.memory_bytes or None,
            most_processes=ending.most_processes,
            applied=tuple(held.applied),
            refused=tuple(held.refused),
        )

    def _read(self, deadline: float) -> tuple[bytes, bytes, bytes, str]:
        """What it writes until all are gone, the end of its complaints, what is told of it, and the limit."""
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        output, told, lines, limit = bytearray(), bytearray(), bytearray(), ""
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ, output)
            selector.register(self._process.stderr, selectors.EVENT_READ, told)
            selector.register(self._tells, selectors.EVENT_READ, lines)
            while selector.get_map():
                left = deadline - time.monotonic()
                if left <= 0:
                    return bytes(output), bytes(told), bytes(lines), limit or "time"
                is_over = self._process.poll() is not None
                events = selector.select(0 if is_over else min(left, 0.5))
                for key, _ in events:
                    content = os.read(key.fd, 1 << 16)
                    key.data.extend(content)
                    if not content:
                        selector.unregister(key.fileobj)
                if len(told) > 2 * _TOLD_BYTES:
                    del told[:-_TOLD_BYTES]
                if len(output) > self._limits.output_bytes and not limit:
                    limit = "output"
                    self._ask_to_end()
                if limit == "output":
                    output.clear()
                if len(lines) > _LARGEST_LINE or (is_over and not events):
                    break
        return bytes(output), bytes(told[-_TOLD_BYTES:]), bytes(lines), limit

    def _ask_to_end(self) -> None:
        if self._orders >= 0:
            os.close(self._orders)
            self._orders = -1

    def _end(self) -> None:
        self._ask_to_end()
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._tells)
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            if stream is not None:
                stream.close()
        for _ in range(_SWEEPS):
            left = _marked(f"{_MARK}={self._mark}".encode())
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if not left:
                break
            time.sleep(0.01)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _marked(mark: bytes) -> list[int]:
    """Processes that were started by it and got away: they still have its environment."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for entry in os.scandir("/proc"):
            if entry.name.isdigit():
                with contextlib.suppress(OSError), Path(entry.path, "environ").open("rb") as environ:
                    if mark in environ.read(1 << 16).split(b"\0"):
                        found.append(int(entry.name))
    return found


def _decoded(lines: bytes) -> tuple[Held, Told | None]:
    parts = lines.splitlines()
    held = msgspec.json.decode(parts[0], type=Held) if parts else Held([], [])
    return held, msgspec.json.decode(parts[1], type=Told) if len(parts) > 1 else None


def _failure(limit: str, ending: Told, told: bytes, limits: Limits) -> str:
    match limit:
        case "time":
            return f"it did not end within {limits.time_s:g} s"
        case "output":
            return f"it writes more than {limits.output_bytes >> 20} MiB to standard output"
        case "memory":
            return f"it needs more than {limits.memory_bytes / 1e9:.3g} GB of memory"
        case "processes":
            return f"it has more than {limits.processes} processes and threads"
        case "":
            pass
        case _:
            return f"it was ended for the {limit}"
    if ending.error:
        return f"it cannot be started: {ending.error}"
    if not ending.code:
        return ""
    reason = f": {_last_line(told)}" if _last_line(told) else ""
    if ending.code < 0:
        with contextlib.suppress(ValueError):
            return f"it was ended by {signal.Signals(-ending.code).name}{reason}"
    return f"it ended with exit code {ending.code}{reason}"


def _last_line(told: bytes) -> str:
    lines = [line.strip() for line in told.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""
