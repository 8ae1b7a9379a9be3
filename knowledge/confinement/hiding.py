"""What a confined program finds empty: directories of people, and sockets of what runs on this machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

_OF_PEOPLE = ("/root", "/home", "/srv", "/mnt", "/media")
_OF_SERVICES = ("/run", "/var/run")
"""Where services listen: a socket with a path is reached from every network namespace."""
_OF_SYSTEM = (
    "bin",
    "boot",
    "dev",
    "etc",
    "gnu",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "nix",
    "proc",
    "sbin",
    "sys",
    "usr",
)
_OF_PROJECTS = ("/usr/src", "/usr/local/src")
_RESOLVER = Path("/etc/resolv.conf")
_MOST_SOCKETS = 1_000
_SOCKETS = Path("/proc/net/unix")


def hidden_directories(readable: Iterable[Path]) -> list[str]:
    """Outermost ones, sorted; what is readable is shown within them all the same.

    Those of people and of services, the working directory (secrets of a project lie beside its code), and
    those that the program could not enter.

    Args:
        readable: what the program must find.
    """
    named = (*_OF_PEOPLE, *_OF_SERVICES, str(Path("~").expanduser()), *_working_directory())
    found = {path for path in named if Path(path).is_dir()}
    for path in readable:
        for ancestor in reversed(path.parents):
            try:
                mode = ancestor.stat().st_mode
            except OSError:
                break
            if not mode & stat.S_IXOTH:
                found.add(str(ancestor))
                break
    real = sorted({os.path.realpath(path) for path in found} - {"/"})
    return [path for path in real if not any(path.startswith(f"{other}/") for other in real)]


def _working_directory() -> tuple[str, ...]:
    """That of this process, unless the system lies there."""
    try:
        path = Path.cwd()
    except OSError:  # it was removed
        return ()
    is_project = any(path.is_relative_to(place) for place in _OF_PROJECTS)
    is_system = len(path.parts) == 1 or path.parts[1] in _OF_SYSTEM
    return (str(path),) if is_project or not is_system else ()


def listening_sockets() -> list[str]:
    """Paths of the sockets that processes of this machine have, sorted; those that have a full path."""
    try:
        lines = _SOCKETS.read_text(errors="surrogateescape").splitlines()[1:]
    except OSError:  # of another system than Linux
        return []
    named = {parts[7] for line in lines if len(parts := line.split(maxsplit=7)) == 8}
    found = sorted(path for path in named if path.startswith("/") and _is_socket(path))
    return found[:_MOST_SOCKETS]


def _is_socket(path: str) -> bool:
    try:
        return Path(path).is_socket()
    except OSError:
        return False


def name_resolution() -> tuple[Path, ...]:
    """The file by which names of hosts are looked up, where a link leads out of sight."""
    real = Path(os.path.realpath(_RESOLVER))
    return (real,) if real != _RESOLVER and real.is_file() else ()
