"""The directory of a run: the plan, and one file for the result of each stack.

Every file is written beside, forced to disk and renamed: whatever ends the process, what is there is whole,
and at most the probes under way are lost. One process at a time works in a directory.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec.structs import replace

from analyzers.digests import sha256_of
from analyzers.undecodable import UNDECODABLE
from knowledge.probing.records import ProbeResult, Verdict
from resolver.errors import InputError
from resolver.monkey.plan import Plan, read_head
from resolver.monkey.terrain import Terrain

PLAN, TERRAIN, RESULTS, LOCK = "plan.jsonl", "terrain.json", "results", "lock"
LARGEST_BYTES = 256 << 20
_ID = re.compile(r"[0-9a-f]{16}", re.ASCII)


class StackResult(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What came of one stack of a plan.

    Attributes:
        wall_s: of the whole probe, as whoever had it done saw it.
        worker: who did it.
        attempts: how often it was tried, in all runs.
        created_at: RFC 3339, UTC.
    """

    id: str
    result: ProbeResult
    wall_s: float
    worker: str = ""
    attempts: int = 1
    created_at: str = ""

    @property
    def is_known(self) -> bool:
        """Whether it says something of the stack."""
        return self.result.verdict is not Verdict.NOT_KNOWN


class Journal:
    """One directory, locked from ``with`` to its end.

    Args:
        folder: is made.
        resumes: whether it must be there, and hold a plan.

    Raises:
        InputError: another process works in it, or it holds no plan that could be resumed.
    """

    def __init__(self, folder: Path, *, resumes: bool = False) -> None:
        self.folder = folder
        if resumes and not self.has_plan:
            raise _no_plan(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise InputError(
                f"another process works in {folder}", "wait until it ends, or name another directory"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._lock)

    @property
    def has_plan(self) -> bool:
        """Whether there is something to resume."""
        return (self.folder / PLAN).exists()

    def begin(self, plan: Plan, terrain: Terrain) -> None:
        """Write what is going to be done; the plan comes last, so that it stands for the whole."""
        (self.folder / RESULTS).mkdir(exist_ok=True)
        data = msgspec.json.encode(terrain)
        write_whole(self.folder / TERRAIN, data)
        self.extend(replace(plan, head=replace(plan.head, terrain=sha256_of(data))))

    def extend(self, plan: Plan) -> None:
        """Write a plan in place of the one that is there."""
        write_whole(self.folder / PLAN, plan.lines())

    def plan(self) -> Plan:
        """The plan.

        Raises:
            InputError: there is none, or it cannot be read.
        """
        path = self.folder / PLAN
        try:
            return Plan.read(_read(path))
        except FileNotFoundError:
            raise _no_plan(self.folder) from None
        except (ValueError, *UNDECODABLE) as error:
            raise InputError(f"{path}: {error}"[:300], "begin anew in another directory") from error

    def terrain(self) -> Terrain:
        """What the stacks were sampled from.

        Raises:
            InputError: it cannot be read.
        """
        path = self.folder / TERRAIN
        try:
            data = _read(path)
            if read_head(_read(self.folder / PLAN).partition(b"\n")[0]).terrain not in ("", sha256_of(data)):
                raise ValueError("it is not what the plan was made of")
            return msgspec.json.decode(data, type=Terrain)
        except (OSError, ValueError, *UNDECODABLE) as error:
            raise InputError(f"{path}: {error}"[:300], "begin anew in another directory") from error

    def write(self, result: StackResult) -> None:
        """Write what came of one stack."""
        write_whole(self.folder / RESULTS / f"{result.id}.json", msgspec.json.encode(result))

    def results(self, ids: Iterable[str]) -> Mapping[str, StackResult]:
        """What came of stacks so far; what cannot be read counts as not there."""
        found: dict[str, StackResult] = {}
        for name in ids:
            if _ID.fullmatch(name):
                try:
                    read = msgspec.json.decode(
                        _read(self.folder / RESULTS / f"{name}.json"), type=StackResult
                    )
                except (OSError, ValueError, *UNDECODABLE):
                    continue
                if read.id == name:
                    found[name] = read
        return found


def _no_plan(folder: Path) -> InputError:
    return InputError(f"{folder} holds no plan", "name the directory that -o named, or begin anew with -o")


def write_whole(path: Path, data: bytes) -> None:
    """Replace a file so that it is there as a whole or not at all, even if the machine stops.

    Raises:
        OSError: it cannot be written.
    """
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(LARGEST_BYTES + 1)
    if len(data) > LARGEST_BYTES:
        raise ValueError(f"it is larger than {LARGEST_BYTES} bytes")
    return data
