"""Imports modules and runs a script in an environment, confined; a crash ends one module, not the probe."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.confinement.limits import Ended, Limits
from knowledge.confinement.running import PLACE, Surroundings, run
from knowledge.measuring.processes import thread_settings
from knowledge.probing.environments import Environment
from knowledge.probing.raised import Raised
from knowledge.probing.records import OwnCode

SCRIPT = "script.py"
WORKER = ".worker/worker.py"
"""Where no import finds it: a release may bring a module of that name."""
CODE = "code"
"""The directory beside the script that has the user's code."""
_WORKER = Path(__file__).with_name("worker.py")
_OTHERS_S = 60.0
_MOST_PROCESSES = 200
"""So many are started at most for one stack: each ends at a crash."""


class Line(msgspec.Struct):
    """One thing that a worker tells; only one of the groups is there."""

    token: str
    python: str = ""
    begins: str | None = None
    ended: str | None = None
    wall_s: float = 0.0
    error: Raised | None = None
    is_over: bool = False


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """One module, or the script.

    Attributes:
        raised: what it raised; None where it went well or where it crashed.
        ended: how the process ended that it was tried in, where that was its end.
    """

    wall_s: float = 0.0
    raised: Raised | None = None
    ended: Ended | None = None


class Tries(msgspec.Struct):
    """What came of everything that was tried."""

    modules: dict[str, Tried]
    python: str = ""
    script: Tried | None = None
    memory_bytes: int | None = None
    wall_s: float = 0.0
    told: bytes = b""
    last: Ended | None = None


class _Work:
    """What is still to be done."""

    def __init__(self, modules: list[str], script: str, others: list[str]) -> None:
        self.modules, self.script, self.others = modules, script, others

    @property
    def size(self) -> int:
        return len(self.modules) + bool(self.script) + len(self.others)

    @property
    def is_done(self) -> bool:
        return self.size == 0

    def forget(self, tries: Tries) -> None:
        """Leave out what was tried."""
        self.modules = [module for module in self.modules if module not in tries.modules]
        self.others = [module for module in self.others if module not in tries.modules]
        if tries.script is not None:
            self.script = ""


class Importing:
    """Runs workers in one environment.

    Args:
        environment: with the stack.
        surroundings: of every run.
        limits: of each process; the time is that of all together.
        code: of the user, that the script finds.
    """

    def __init__(
        self,
        environment: Environment,
        surroundings: Surroundings,
        limits: Limits,
        code: OwnCode | None = None,
    ) -> None:
        self._environment, self._surroundings, self._limits = environment, surroundings, limits
        self._code = code or OwnCode()
        self._worker = _WORKER.read_bytes()

    def tried(self, modules: Sequence[str], script: str, others: Sequence[str] = ()) -> Tries:
        """Import modules one after another, then run a script, unless that is empty, then import others.

        Args:
            modules: that must be importable.
            script: a program.
            others: that are imported as far as `_OTHERS_S` seconds reach.
        """
        tries = Tries(modules={})
        work = _Work(list(modules), script, list(others))
        for _ in range(_MOST_PROCESSES):
            left_s = self._limits.time_s - tries.wall_s
            if left_s <= 0 or work.is_done:
                break
            before = work.size
            ended, begun = self._worked(work, left_s, tries)
            if begun:
                tries.modules[begun] = Tried(ended=ended)
            elif begun == "":
                tries.script = Tried() if ended.code == 0 else Tried(wall_s=ended.wall_s, ended=ended)
            work.forget(tries)
            if ended.limit or work.size == before or (begun is None and not ended.failure):
                break
        return tries

    def _worked(self, work: _Work, left_s: float, tries: Tries) -> tuple[Ended, str | None]:
        """One process, and what it was at when it ended; None for nothing."""
        token = secrets.token_hex(16)
        modules, script = [*work.modules, *work.others], work.script
        job = {
            "token": token,
            "modules": work.modules,
            "others": work.others,
            "others_s": _OTHERS_S,
            "sites": [],
            "script": SCRIPT if script else "",
            "code": [f"{CODE}/{each}".rstrip("/") for each in self._code.directories],
        }
        files = {WORKER: self._worker}
        if script:
            files[SCRIPT] = script.encode()
            files |= {f"{CODE}/{path}": content for path, content in self._code.files}
        ended = run(
            [self._environment.python, "-I", f"{PLACE}/{WORKER}"],
            msgspec.json.encode(job),
            self._environ(),
            self._surroundings,
            msgspec.structs.replace(self._limits, time_s=left_s),
            files,
        )
        tries.last = ended
        tries.wall_s += ended.wall_s
        tries.told = ended.told
        tries.memory_bytes = max(tries.memory_bytes or 0, ended.memory_bytes or 0) or None
        begun: str | None = None
        asked = set(modules)
        for line in _lines(ended.output, token):
            if line.python:
                tries.python = line.python
            elif line.begins is not None:
                begun = line.begins
            elif line.ended is not None and line.ended == begun:
                one = Tried(wall_s=min(max(line.wall_s, 0.0), self._limits.time_s), raised=line.error)
                if line.ended == "" and script:
                    tries.script = one
                elif line.ended in asked:
                    tries.modules[line.ended] = one
                begun = None
        if begun is not None and begun not in asked and not (begun == "" and script):
            begun = None
        if script and begun is None and ended.code and tries.script is not None and not tries.script.raised:
            tries.script = Tried(wall_s=tries.script.wall_s, ended=ended)  # it crashed at its very end
        return ended, begun

    def _environ(self) -> Mapping[str, str]:
        path = f"{self._environment.python.rpartition('/')[0]}:/usr/local/bin:/usr/bin:/bin"
        return {
            "PATH": path,
            "LANG": "C.UTF-8",
            "PYTHONHASHSEED": "0",
            "PYTHONDONTWRITEBYTECODE": "1",
            **thread_settings(1),
        }


def _lines(output: bytes, token: str) -> list[Line]:
    """What a worker told; what others wrote between it is passed over."""
    found = []
    for text in output.splitlines():
        try:
            line = msgspec.json.decode(text, type=Line)
        except UNDECODABLE:
            continue
        if line.token == token:
            found.append(line)
    return found
