"""What a confined program may cost, and how it ended."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one run may cost.

    Attributes:
        time_s: from its start to its end.
        memory_bytes: of all its processes together, and what one of them can ask for.
        processes: and threads, at a time.
        disk_bytes: that it can write, in all.
        output_bytes: that it can write to standard output.
    """

    time_s: float = 120.0
    memory_bytes: int = 4 << 30
    processes: int = 512
    disk_bytes: int = 1 << 30
    output_bytes: int = 1 << 20


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended.

    Attributes:
        failure: why its result does not count, in words; empty where it does.
        limit: that it ran into, such as ``time``, ``memory``, ``processes`` or ``output``; empty for none.
        code: exit code, or a negative number of a signal; None where it did not start or was ended.
        output: what it wrote to standard output; empty where that was too much.
        told: the end of what it wrote to standard error.
        wall_s: from its start to its end.
        memory_bytes: the most that one process had resident; None where that is not known.
        most_processes: and threads, that were seen at a time.
        applied: what held it; see `knowledge.probing.records.Confinement`.
        refused: what could not be done, each with its reason.
    """

    failure: str
    limit: str = ""
    code: int | None = None
    output: bytes = b""
    told: bytes = b""
    wall_s: float = 0.0
    memory_bytes: int | None = None
    most_processes: int = 1
    applied: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
