"""Control groups of a run, where this process may make some: the kernel counts all memory and processes then.

Source: Linux, Documentation/admin-guide/cgroup-v1 and cgroup-v2.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from pathlib import Path

from knowledge.confinement.limits import Limits

_MOUNTED = re.compile(r"^\S+ \S+ \S+ (\S+) (\S+) \S+(?: \S+)* - (cgroup2?) \S+ (\S+)$", re.MULTILINE)
_KILLS = re.compile(r"^oom_kill (\d+)$", re.MULTILINE)
_REMOVALS = 50
_YOUNG_S = 60.0
"""The processes of a group may not have entered it yet."""


class ControlGroups:
    """Those of one run.

    Args:
        name: of the run, that nobody else has.
        limits: that they have.

    Attributes:
        directories: that a process of the run has to enter; empty where none can be made.
    """

    def __init__(self, name: str, limits: Limits) -> None:
        self.directories: list[Path] = []
        self._limits = limits
        with contextlib.suppress(OSError, ValueError):
            own = _own_groups()
            for root, mount, kind, options in _mounts():
                if kind == "cgroup2":
                    self._add_unified(mount, root, own.get("", "/"), name)
                    continue
                for controller in {"memory", "pids"} & set(options.split(",")):
                    self._add(mount / _below(own.get(controller, "/"), root) / name)

    def _add_unified(self, mount: Path, root: str, own: str, name: str) -> None:
        """Below the own group, or else beside it: one with processes can seldom have limited ones below."""
        at = mount / _below(own, root)
        for parent in (at, at.parent):
            with contextlib.suppress(OSError):
                enabled = (parent / "cgroup.subtree_control").read_text().split()
                if {"memory", "pids"} <= set(enabled) and parent.is_relative_to(mount):
                    self._add(parent / name)
                    return

    def _add(self, directory: Path) -> None:
        memory = str(self._limits.memory_bytes + self._limits.disk_bytes)  # files lie in it, too
        processes = str(self._limits.processes + 8)  # those that watch it are among them
        try:
            directory.mkdir()
        except OSError:
            return
        _remove_abandoned(directory.parent, directory.name.partition("-")[0])
        try:
            is_limited = False
            for file, text in (
                ("memory.limit_in_bytes", memory),
                ("memory.max", memory),
                ("memory.swap.max", "0"),
                ("pids.max", processes),
            ):
                if (directory / file).exists():
                    (directory / file).write_text(text)
                    is_limited = True
        except OSError:
            is_limited = False
        if is_limited:
            self.directories.append(directory)
        else:
            _remove(directory)

    def limit(self) -> str:
        """The limit that the run was stopped by, such as ``memory``; empty for none."""
        for directory in self.directories:
            for file in ("memory.events", "memory.oom_control"):
                if _count(directory / file, _KILLS):
                    return "memory"
        return ""

    def remove(self) -> None:
        """Remove them; nothing of the run may be left."""
        for directory in self.directories:
            _remove(directory)


def _remove(directory: Path) -> None:
    for _ in range(_REMOVALS):
        try:
            directory.rmdir()
        except FileNotFoundError:
            return
        except OSError:  # what was ended is not gone yet
            time.sleep(0.01)
        else:
            return


def _remove_abandoned(parent: Path, program: str) -> None:
    """Those of runs that were killed with what watched them; one with processes cannot be removed."""
    for one in parent.glob(f"{program}-*"):
        with contextlib.suppress(OSError):
            if time.time() - one.stat().st_mtime > _YOUNG_S:
                one.rmdir()


def _count(path: Path, pattern: re.Pattern[str]) -> int:
    with contextlib.suppress(OSError):
        matched = pattern.search(path.read_text())
        return int(matched[1]) if matched else 0
    return 0


def _own_groups() -> dict[str, str]:
    """Controller to the path of the group of this process; no name for the unified hierarchy."""
    found: dict[str, str] = {}
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        found |= dict.fromkeys(controllers.split(","), path)
    return found


def _mounts() -> list[tuple[str, Path, str, str]]:
    text = Path("/proc/self/mountinfo").read_text()
    return [(root, Path(at), kind, options) for root, at, kind, options in _MOUNTED.findall(text)]


def _below(path: str, root: str) -> str:
    """A path of a hierarchy below the part of it that is mounted."""
    relative = os.path.relpath(path, root)
    if relative.startswith(".."):
        raise ValueError(f"{path} is not mounted")
    return relative
