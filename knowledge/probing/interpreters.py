"""Interpreters that stacks are probed with: of this machine, or inside a directory that holds a root."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import msgspec

from analyzers.undecodable import UNDECODABLE
from knowledge.confinement.limits import Limits
from knowledge.confinement.running import Surroundings, run
from knowledge.probing.errors import ProbingError

_LIMIT_S = 30.0
_IN_ROOT = ("usr/local/bin", "usr/bin", "bin", "opt/venv/bin", "opt/conda/bin")
_PROGRAM = re.compile(r"python3(?:\.(\d+))?")
_VERSION = re.compile(r"3\.\d{1,3}\.\d{1,3}", re.ASCII)
_LIBC = re.compile(r"(?:glibc 2\.\d{1,3}|musl)?", re.ASCII)
_MACHINE = re.compile(r"[A-Za-z0-9_]{1,32}", re.ASCII)
_MOST_LINKS = 20
_ASK = """
import json, os, platform, sys, sysconfig
try:
    libc = os.confstr("CS_GNU_LIBC_VERSION") or ""
except (ValueError, OSError, AttributeError):
    libc = ""
musl = [name for name in (os.listdir("/lib") if os.path.isdir("/lib") else []) if name.startswith("ld-musl-")]
print(json.dumps({
    "implementation": sys.implementation.name, "version": "%d.%d.%d" % sys.version_info[:3],
    "prefix": sys.base_prefix,
    "libc": ".".join(libc.split(".")[:2]) or ("musl" if musl else ""), "machine": platform.machine(),
    "is_free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
}))
"""


class Interpreter(msgspec.Struct, frozen=True, kw_only=True):
    """What runs a stack.

    Attributes:
        path: of the program, as it is found within `root`.
        version: of Python, such as ``3.11.7``.
        prefix: where it is installed.
        libc: such as ``glibc 2.36`` or ``musl``; empty where that is not known.
        machine: such as ``x86_64``.
        root: the directory that is its root; None for that of this machine.
    """

    path: str
    version: str
    prefix: str
    libc: str
    machine: str
    is_free_threaded: bool = False
    root: Path | None = None

    @property
    def minor(self) -> str:
        """Such as ``3.11``."""
        return ".".join(self.version.split(".")[:2])


class _Told(msgspec.Struct):
    implementation: str
    version: str
    prefix: str
    libc: str
    machine: str
    is_free_threaded: bool


def interpreter_at(place: Path, folder: Path) -> Interpreter:
    """The interpreter of a path; in a directory it is looked for, and asked confined.

    Args:
        place: a program, or a directory that holds a root file system.
        folder: for what is written for a moment.

    Raises:
        ProbingError: there is none that can be used.
    """
    if not place.is_dir():
        command = [str(place), "-I", "-S", "-c", _ASK]
        try:
            told = subprocess.run(
                command, capture_output=True, timeout=_LIMIT_S, check=True, stdin=subprocess.DEVNULL
            ).stdout
        except (OSError, subprocess.SubprocessError) as error:
            raise ProbingError(str(place), f"it does not run: {error}"[:300]) from None
        return _interpreter(str(place), told, None)
    root = Path(os.path.realpath(place))
    found = _programs(root)
    if not found:
        raise ProbingError(str(place), f"no Python is in {', '.join(_IN_ROOT)} of it")
    path = found[0]
    ended = run(
        [path, "-I", "-S", "-c", _ASK],
        b"",
        {},
        Surroundings(folder=folder, root=root),
        Limits(time_s=_LIMIT_S),
    )
    if ended.failure:
        raise ProbingError(str(place), f"its Python does not run: {ended.failure}"[:300])
    return _interpreter(path, ended.output, root)


def _interpreter(path: str, told: bytes, root: Path | None) -> Interpreter:
    try:
        known = msgspec.json.decode(told, type=_Told)
    except UNDECODABLE:
        raise ProbingError(path, "it is no Python") from None
    if not _LIBC.fullmatch(known.libc) or not _MACHINE.fullmatch(known.machine):
        raise ProbingError(path, "what it says of its machine cannot be")
    if known.implementation != "cpython" or not _VERSION.fullmatch(known.version):
        raise ProbingError(path, "it is no CPython 3")
    return Interpreter(
        path=path,
        version=known.version,
        prefix=known.prefix,
        libc=known.libc,
        machine=known.machine,
        is_free_threaded=known.is_free_threaded,
        root=root,
    )


def _programs(root: Path) -> list[str]:
    """Programs named like a Python, as they are called within a root; the newest first in each directory."""
    found = []
    for directory in _IN_ROOT:
        names = []
        inside = within(root, f"/{directory}")
        try:
            entries = [] if inside is None else sorted(path.name for path in inside.iterdir())
        except OSError:
            continue
        for name in entries:
            matched = _PROGRAM.fullmatch(name)
            target = within(root, f"/{directory}/{name}") if matched else None
            if matched and target is not None and os.access(target, os.X_OK):
                names.append((name == "python3", int(matched[1] or 0), f"/{directory}/{name}"))
        found += [path for _, _, path in sorted(names, reverse=True)]
    return found


def within(root: Path, path: str) -> Path | None:
    """Where a path of a root lies on this machine, its links followed within the root; None for nothing."""
    parts, at, links = path.strip("/").split("/"), "", 0
    while parts:
        part = parts.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            at = at.rpartition("/")[0]
            continue
        try:
            status = os.lstat(f"{root}{at}/{part}")
            if stat.S_ISLNK(status.st_mode):
                links += 1
                target = str(Path(f"{root}{at}/{part}").readlink())
                if links > _MOST_LINKS:
                    return None
                at = "" if target.startswith("/") else at
                parts = [*target.strip("/").split("/"), *parts]
                continue
        except OSError:
            return None
        at += f"/{part}"
    return Path(f"{root}{at}")
