"""Options of every command that runs stacks confined."""

from __future__ import annotations

import argparse

from resolver.commands import numbers

_LEAST_PROCESSES, _MOST_PROCESSES = 4, 32_768
_MOST_GB = 1024


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
