"""Advice for several environments on the terminal: what was written, and what differs and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from resolver.environments import Difference, SeveralAdvice
from resolver.outputs.columns import counted, table

_NONE = "-"


def environments_text(report: SeveralAdvice, width: int) -> str:
    """The lines of a report."""
    return "".join(f"{line}\n" for line in _lines(report, width))


def _lines(report: SeveralAdvice, width: int) -> Iterator[str]:
    shared = {pin.name for one in report.environments for pin in one.advice.pins}
    shared -= {difference.project for difference in report.differences}
    names = [one.name for one in report.environments]
    yield f"{counted(len(shared), 'package')} of the same version in {', '.join(names[:-1])} and {names[-1]}"
    if report.differences:
        yield f"{counted(len(report.differences), 'package')} that {_differ(len(report.differences))}:"
        yield ""
        yield from table(_rows(report.differences, names), width, give=0)
        yield ""
        for difference in report.differences:
            yield from _reasons(difference, width)
        yield ""
    for given in report.concessions:
        told = (
            f"{given.project} {given.version} instead of {given.alone} for {given.environment}, "
            f"as {given.wanted_by} has no newer one (--independent gives every environment its newest)"
        )
        yield from textwrap.wrap(told, width, subsequent_indent="  ")
    for one in report.environments:
        for remark in one.advice.remarks:
            told = f"{one.name}: {remark.level.value}: {remark.message}"
            yield from textwrap.wrap(told, width, subsequent_indent="  ")
    for one in report.environments:
        if one.lockfile is not None:
            yield f"Wrote {one.lockfile}: {counted(len(one.advice.pins), 'package')}"


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def _rows(differences: tuple[Difference, ...], names: list[str]) -> list[list[str]]:
    return [
        ["package", *names],
        *([one.project, *(one.versions[name] or _NONE for name in names)] for one in differences),
    ]


def _reasons(difference: Difference, width: int) -> Iterator[str]:
    for obstacle in difference.obstacles:
        told = f"{difference.project} {obstacle.version} not for {obstacle.environment}: {obstacle.message}"
        yield from textwrap.wrap(told, width, initial_indent="  ", subsequent_indent="    ")
