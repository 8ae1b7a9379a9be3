"""Installed distributions for the terminal: what each provides, and what it demands of the others."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.source.installed import InstalledDistribution, InstalledReport
from resolver.outputs.texts.lines import NARROWEST, fitted

_MOST_UNKNOWNS = 10
_MOST_NAMES = 4


def installed_text(report: InstalledReport, width: int) -> str:
    """The lines of a report, each at most so wide."""
    width = max(width, NARROWEST)
    return "".join(f"{line}\n" for text in _lines(report) for line in fitted(text, width, " " * 4))


def _lines(report: InstalledReport) -> Iterator[str]:
    found = report.distributions
    yield f"{report.input.what}: {len(found)} distribution{'' if len(found) == 1 else 's'}"
    for one in found:
        yield f"  {one.name} {one.version or '(no version)'} provides {_named(one.provides) or 'no module'}"
        for line in _demands(one):
            yield f"    {line}"
    if report.unknowns:
        yield f"Not known ({len(report.unknowns)}):"
        for unknown in report.unknowns[:_MOST_UNKNOWNS]:
            yield f"  {unknown.where}: {unknown.what}: {unknown.reason}"
        if len(report.unknowns) > _MOST_UNKNOWNS:
            yield f"  and {len(report.unknowns) - _MOST_UNKNOWNS} more (--format json has all)"


def _demands(one: InstalledDistribution) -> Iterator[str]:
    for demand in one.demands:
        counts = [f"{len(demand.required)} required"] if demand.required else []
        counts += [f"{len(demand.optional)} optional"] if demand.optional else []
        symbols = _named(demand.required or demand.optional)
        yield f"uses {demand.distribution}: {', '.join(counts)} ({symbols})"


def _named(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown}, …" if len(names) > _MOST_NAMES else shown
