"""A diagnosis for a person: which uses work, then what was looked at, with remedies below what is missing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from resolver.doctor.checks import Check, Diagnosis, State, UseReport

_LEAST = 40


def doctor_text(report: Diagnosis, width: int) -> str:
    """The text, in lines that fit a terminal."""
    return "".join(f"{line}\n" for line in _lines(report, max(width, _LEAST)))


def _lines(report: Diagnosis, width: int) -> Iterator[str]:
    for use in report.uses:
        yield from _wrapped(_told(use), width, "  ")
    yield ""
    names = max((len(check.name) for check in report.checks), default=0)
    names = min(names, width // 3)
    for check in report.checks:
        yield from _of_check(check, names, width)


def _told(use: UseReport) -> str:
    if use.works:
        return f"{use.use.value} works"
    return f"{use.use.value} does not work: see {', '.join(use.stopped_by)}"


def _of_check(check: Check, names: int, width: int) -> Iterator[str]:
    states = max(len(state.value) for state in State)
    head = f"{check.name[:names]:<{names}}  {check.state.value:<{states}}  "
    indent = " " * len(head)
    yield from textwrap.wrap(
        check.found, width, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False
    )
    if check.state in (State.MISSING, State.FAILS):
        yield from _wrapped(f"for {check.needed_for}", width, indent)
        if check.remedy is not None:
            yield from _wrapped(f"remedy: {check.remedy}", width, indent)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
