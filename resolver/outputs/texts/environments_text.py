"""Advice for several environments on the terminal: what was written, and what differs and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from resolver.advising.differences import Difference, fact_named
from resolver.advising.shared_versions import SeveralAdvice
from resolver.outputs.texts.columns import counted, table

_NONE = "-"


def environments_text(report: SeveralAdvice, width: int) -> str:
    """The lines of a report."""
    return "".join(f"{line}\n" for line in _lines(report, width))


def _lines(report: SeveralAdvice, width: int) -> Iterator[str]:
    shared = {pin.name for one in report.environments for pin in one.advice.pins}
    shared -= {difference.project for difference in report.differences}
    names = [one.name for one in report.environments]
    yield f"{counted(len(shared), 'package')} of the same version in {_in_words(names)}"
    if report.differences:
        yield f"{counted(len(report.differences), 'package')} that {_differ(len(report.differences))}:"
        yield ""
        yield from table(_rows(report.differences, names), width, give=0)
        yield ""
        for difference in report.differences:
            yield from _reasons(difference, width)
        yield ""
    yield from _concessions(report, width)
    yield from _remarks(report, width)
    for one in report.environments:
        if one.lockfile is not None:
            yield f"Wrote {one.lockfile}: {counted(len(one.advice.pins), 'package')}"


def _concessions(report: SeveralAdvice, width: int) -> Iterator[str]:
    alike: dict[tuple[str, str], list[str]] = {}
    for given in report.concessions:
        because = f": {given.reason.message}" if given.reason else ""
        told = f", as {given.wanted_by} has no newer one{because}"
        head = f"{given.project} {given.version} instead of {given.alone}"
        alike.setdefault((head, told), []).append(given.environment)
    for (head, told), names in alike.items():
        line = f"{head} for {_in_words(names)}{told} (--independent gives every environment its newest)"
        yield from textwrap.wrap(line, width, subsequent_indent="  ")


def _remarks(report: SeveralAdvice, width: int) -> Iterator[str]:
    """What is said about stacks, once for all environments of which it is."""
    alike: dict[str, list[str]] = {}
    for one in report.environments:
        for remark in one.advice.remarks:
            alike.setdefault(f"{remark.level.value}: {remark.message}", []).append(one.name)
    for told, names in alike.items():
        yield from textwrap.wrap(f"{_in_words(names)}: {told}", width, subsequent_indent="  ")


def _differ(count: int) -> str:
    return "differs" if count == 1 else "differ"


def _rows(differences: tuple[Difference, ...], names: list[str]) -> list[list[str]]:
    return [
        ["package", *names],
        *([one.project, *(one.versions[name] or _NONE for name in names)] for one in differences),
    ]


def _reasons(difference: Difference, width: int) -> Iterator[str]:
    """One line for all environments of which the same is to be said, with the facts by which it is so."""
    alike: dict[tuple[str, str], dict[str, None]] = {}
    for obstacle in difference.obstacles:
        facts = (each.what for each in obstacle.evidence if fact_named(each) or each.where == "image")
        said = ", ".join(what for what in facts if what not in obstacle.message)
        told = f"{obstacle.message} ({said})" if said else obstacle.message
        alike.setdefault((obstacle.version, told), {})[obstacle.environment] = None
    for (version, told), names in alike.items():
        line = f"{difference.project} {version} not for {_in_words(list(names))}: {told}"
        yield from textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="    ")


def _in_words(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
