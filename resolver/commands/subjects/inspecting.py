"""Inspections for commands: the report on a reference, with a line of progress for a person who waits."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from images.reports.report import ImageReport


def inspected(options: argparse.Namespace, reference: str) -> ImageReport:
    """The report on a reference, or the one that was saved under this name.

    Raises:
        ImageError: it cannot be understood, found or read.
    """
    from images.inspecting import inspect_reference
    from images.reports.saved_reports import saved_report
    from resolver.commands.heads import report_moment, tool, written_moment

    saved = saved_report(reference)
    if saved is not None:
        return saved
    now = report_moment()
    with inspection_progress(quiet=options.quiet) as progress:
        return inspect_reference(
            reference,
            platform=options.platform,
            insecure=options.insecure,
            digests=getattr(options, "verify", False),
            environ=os.environ,
            today=now.date(),
            tool=tool(),
            created_at=written_moment(now),
            progress=progress,
        )


@contextmanager
def inspection_progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Tells on a terminal alone; the line is gone when the result is written."""
    from resolver.commands.notes import obeys, printable
    from resolver.progress import TerminalProgress

    if quiet or not obeys(sys.stderr):
        yield lambda text: None
        return
    line = TerminalProgress(sys.stderr)
    try:
        yield lambda text: line.show(printable(text.replace("\n", " ")))
    finally:
        line.clear()
