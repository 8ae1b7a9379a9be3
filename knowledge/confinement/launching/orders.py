"""What the launcher is told to do, and what it tells: the two ends of it, in values of JSON."""

from __future__ import annotations

from typing import TypedDict

PLACE = "@PLACE@"
USER = "probe"
"""What a program's user is called, where it has one of its own."""


class Order(TypedDict):
    """What is to run, and how it is held.

    Attributes:
        command: its first part is a path, as the program sees it; `PLACE` in it stands for the directory
            that is made for this run: its home, where it runs, and all that it can write to.
        environ: all that it sees of the environment; likewise.
        place: an empty directory that becomes that one where nothing can be mounted.
        files: what it finds in that directory; relative paths to their contents in Latin-1.
        hidden: directories that it shall find empty, but for what is readable and the place.
        sockets: of what runs on this machine, which it shall not reach.
        readable: what it must find, wherever that lies.
        root: the directory that is its root; empty for that of this machine.
        binds: within `root`, where what is readable is found there, by its path.
        has_network: whether it may reach others.
        wall_s, cpu_s: seconds.
        memory_bytes: of all processes together.
        processes: and threads.
        disk_bytes: that it can write, in all.
        file_bytes: the largest file.
        open_files: at most, of one process.
        cgroups: directories of control groups that it shall enter.
    """

    command: list[str]
    environ: dict[str, str]
    place: str
    files: dict[str, str]
    hidden: list[str]
    sockets: list[str]
    readable: list[str]
    root: str
    binds: dict[str, str]
    has_network: bool
    wall_s: float
    cpu_s: int
    memory_bytes: int
    processes: int
    disk_bytes: int
    file_bytes: int
    open_files: int
    cgroups: list[str]


class Held(TypedDict):
    """What holds it, before it starts."""

    applied: list[str]
    refused: list[str]


class Told(TypedDict):
    """How it ended.

    Attributes:
        code: exit code, or a negative number of a signal; None where it was not started.
        stopped: which limit it ran into, such as ``time``; empty where none.
        error: why it was not started.
        memory_bytes: the most that one process had resident.
        most_processes: and threads, that were seen at a time.
    """

    code: int | None
    stopped: str
    error: str
    wall_s: float
    memory_bytes: int
    most_processes: int
