"""What ``--plot`` does: refuses a file before the search, writes it after."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resolver.reports.advice import Advice


def check_plot(path: Path | None) -> None:
    """Refuse a file that could not be written.

    Raises:
        InputError: see `resolver.outputs.histories.check_path`.
    """
    if path is not None:
        from resolver.outputs.histories import check_path

        check_path(path)


def write_plot(path: Path | None, advice: Advice) -> None:
    """Write how the search went, where it came to a stack; with any exit code but 0 no file is written.

    Raises:
        OutputError: it cannot be written there.
    """
    if path is not None and advice.history is not None and advice.status.is_solved:
        from resolver.outputs.histories import write_history

        write_history(advice.history, path)
