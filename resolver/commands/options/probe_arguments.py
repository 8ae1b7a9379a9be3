"""Options of every command that runs stacks confined, and the limits that they give."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from resolver.commands.options import numbers

if TYPE_CHECKING:
    from knowledge.confinement.limits import Limits

_LEAST_PROCESSES, _MOST_PROCESSES = 4, 32_768
_MOST_GB = 1024
_BUILD_S = 900.0


def add_limits(command: argparse._ActionsContainer, time_s: float) -> None:
    """What a probe may cost.

    Args:
        time_s: seconds that it may take where nobody says otherwise.
    """
    command.add_argument(
        "--limit-time", type=numbers.seconds, default=time_s, metavar="SECONDS",
        help="end all imports and the program after so long together (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--limit-memory", type=numbers.above_zero(_MOST_GB, "gigabytes"), default=4.0, metavar="GB",
        help="give all processes so much memory together (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--limit-processes", type=numbers.whole_number(_LEAST_PROCESSES, _MOST_PROCESSES), default=512,
        metavar="N", help="allow so many processes and threads at a time (default: %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--limit-build", type=numbers.seconds, default=_BUILD_S, metavar="SECONDS",
        help="with --allow-builds: end the build of one release after so long (default: %(default)s)",
    )  # fmt: skip


def limits(options: argparse.Namespace) -> Limits:
    """Of all imports and the program together, as the options say."""
    from knowledge.confinement.limits import Limits

    return Limits(
        time_s=options.limit_time,
        memory_bytes=int(options.limit_memory * 1e9),
        processes=options.limit_processes,
    )
