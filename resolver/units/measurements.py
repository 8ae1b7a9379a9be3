"""Measured figures in the words that units share."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.evidence import Evidence
from analyzers.source.signals.demand import DemandSite
from knowledge.observations.record import Observation
from resolver.durations import duration
from resolver.slowdowns import Cost, Source
from resolver.states.projects import Project


def in_words(cost: Cost, project: Project, position: int) -> str:
    """Such as ``numpy.unique (app.py:3) takes 17 times as long in 2.4.6 as in 2.2.6``."""
    series = cost.series
    best = project.version(series.best)
    where = f" ({sites(series.usage.sites)})" if series.usage.sites else ""
    told = f"{series.usage.symbol}{where} takes {times(cost.ratio)} as long in {project.version(position)}"
    told += f" as in {best}"
    if cost.source is Source.MEASURED:
        unit = cost.curve.observations[0].unit or "s"
        figures = f"{duration(cost.value, unit)} against {duration(series.total(series.best), unit)}"
        return f"{told}: {figures} on {series.likeness.words}"
    nearest = " and ".join(project.version(cost.curve.positions[place]) for place in cost.reading.places)
    told += f", as far as can be told: it was not measured, {nearest} {_verb(cost)}"
    return f"{told} on {series.likeness.words}"


def sites(found: tuple[DemandSite, ...]) -> str:
    """Such as ``app.py:3 and 2 more places``."""
    first = f"{found[0].file}:{found[0].line}"
    more = len(found) - 1
    return f"{first} and {more} more place{'' if more == 1 else 's'}" if more else first


def times(ratio: float) -> str:
    """Such as ``17 times`` or ``2.4 times``."""
    return f"{ratio:.0f} times" if ratio >= 10 else f"{ratio:.1f} times"


def evidence(cost: Cost) -> Iterator[Evidence]:
    """The observations that say so: of the release or of its neighbours, and of the best one."""
    for observation in cost.named():
        yield Evidence(what=_told(observation), where="measurements", confidence=cost.confidence)


def _told(observation: Observation) -> str:
    measurement = observation.measurement
    assert measurement is not None
    facts = observation.environment
    cpu = " ".join(
        text for name in ("cpu.vendor", "cpu.microarchitecture") if (text := facts.text(name)) is not None
    )
    kernel = f", OpenBLAS for {measurement.kernel_architecture}" if measurement.kernel_architecture else ""
    return (
        f"{observation.subject[0]}: {measurement.benchmark} "
        f"{duration(observation.value or 0.0, observation.unit or 's')} "
        f"({cpu or 'unknown processor'}{kernel}, n={measurement.processes}, load {measurement.load:g}, "
        f"{observation.created_at[:10]})"
    )


def _verb(cost: Cost) -> str:
    return "were" if len(cost.reading.places) > 1 else "was"
