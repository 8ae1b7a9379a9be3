"""How much slower a release is than the best one that was measured, for the APIs that the code uses.

Figures of one session on one machine are held against each other, never figures of two. What a release needs
for an API is the sum over the benchmarks that stand for it; the loss of a release is as if all used APIs took
the same time in their best releases. See docs/concepts/performance.md.
"""

from __future__ import annotations

import bisect
import enum
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import msgspec

from analyzers.evidence import Confidence
from analyzers.source.signals.demand import ApiDemand, DemandSite, SymbolDemand
from images.facts.environment import RuntimeEnvironment
from knowledge.measuring.symbols import matches
from knowledge.observations.record import Observation
from resolver.source import ReleaseMeasurements
from resolver.states.versions import Versions, bit

WORST_RATIO = 100.0
"""So many times slower than the best, and all that can be lost is lost."""
TOLERANCE = 1.25
"""What differs by less, or by less than the processes of one release, is taken as equal."""
_MOST_APIS = 200


class Releases(Protocol):
    """A project (`resolver.states.projects.Project`) as far as it matters here."""

    @property
    def name(self) -> str:
        """Normalised."""

    @property
    def usable(self) -> int:
        """Mask of the releases that no sieve refused."""

    @property
    def versions(self) -> Versions:
        """Of all releases."""


class Likeness(enum.Enum):
    """How a machine that was measured resembles the target, with what its figures count."""

    SAME = ("a processor of the same kind", 1.0)
    LEVEL = ("a processor of the same level", 0.7)
    OTHER = ("another processor", 0.4)

    def __init__(self, words: str, share: float) -> None:
        self.words, self.share = words, share


class Source(enum.Enum):
    """Where a figure of a release comes from, with what it counts."""

    MEASURED = ("measured", 1.0)
    BETWEEN = ("taken from its measured neighbours", 0.5)
    BEYOND = ("taken from the nearest measured release", 0.5)

    def __init__(self, words: str, share: float) -> None:
        self.words, self.share = words, share


class Usage(msgspec.Struct, frozen=True):
    """Use of what a set of benchmarks stands for.

    Attributes:
        symbol: as the code names it, or else a benchmark's first.
        sites: where; empty where no code was scanned.
    """

    symbol: str
    sites: tuple[DemandSite, ...] = ()


class Reading(NamedTuple):
    """What one release needs for one benchmark.

    Attributes:
        places: of the measured releases that say so, as indexes into the curve.
    """

    value: float
    source: Source
    places: tuple[int, ...]


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """What measured releases need for one benchmark, in one session.

    Attributes:
        positions: of the releases, ascending, at least two.
        observations: one of each.
    """

    positions: tuple[int, ...]
    observations: tuple[Observation, ...]

    def at(self, position: int) -> Reading:
        """What one release needs."""
        place = bisect.bisect_left(self.positions, position)
        if place < len(self.positions) and self.positions[place] == position:
            return Reading(self.value(place), Source.MEASURED, (place,))
        if place in (0, len(self.positions)):
            nearest = max(0, place - 1)
            return Reading(self.value(nearest), Source.BEYOND, (nearest,))
        before, after = place - 1, place
        share = (position - self.positions[before]) / (self.positions[after] - self.positions[before])
        logs = math.log(self.value(before)), math.log(self.value(after))
        return Reading(math.exp(logs[0] + share * (logs[1] - logs[0])), Source.BETWEEN, (before, after))

    def value(self, place: int) -> float:
        """What a measured release needs."""
        return self.observations[place].value or 0.0


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """What releases need for one API, in one session: the sum over the benchmarks that stand for it.

    Attributes:
        best: position of the best of those that were measured and can be used.
    """

    usage: Usage
    likeness: Likeness
    curves: tuple[Curve, ...]
    best: int

    def at(self, position: int) -> Cost:
        """What one release needs; how sure that is decides the benchmark that makes the most of it."""
        readings = [curve.at(position) for curve in self.curves]
        value, least = sum(each.value for each in readings), self.total(self.best)
        largest = max(range(len(readings)), key=lambda number: readings[number].value)
        return Cost(
            series=self,
            value=value,
            ratio=max(1.0, value / least),
            curve=self.curves[largest],
            reading=readings[largest],
        )

    def total(self, position: int) -> float:
        """What one release needs for all benchmarks."""
        return sum(curve.at(position).value for curve in self.curves)


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one release needs for one API.

    Attributes:
        ratio: to the best measured release.
        curve: of the benchmark that makes the most of it.
        reading: of that curve.
    """

    series: Series
    value: float
    ratio: float
    curve: Curve
    reading: Reading

    @property
    def source(self) -> Source:
        """Where most of it comes from."""
        return self.reading.source

    def named(self) -> list[Observation]:
        """The observations that most of it comes from, and those of the best release."""
        places = (*self.reading.places, *self.curve.at(self.series.best).places)
        return [self.curve.observations[place] for place in dict.fromkeys(places)]

    @property
    def weighed(self) -> float:
        """The ratio as far as it can be relied on; 1 where it may be chance."""
        spreads = (each.measurement.spread for each in self.named() if each.measurement is not None)
        if self.ratio < max(TOLERANCE, *spreads):
            return 1.0
        return math.pow(self.ratio, self.source.share * self.series.likeness.share)

    @property
    def confidence(self) -> Confidence:
        """How sure it is."""
        if self.source is Source.MEASURED and self.series.likeness is Likeness.SAME:
            return Confidence.CERTAIN
        return Confidence.LIKELY if self.source is Source.MEASURED else Confidence.POSSIBLE


class Performance:
    """Answers for one run; what is known of a project is read when it is first asked for.

    Args:
        measurements: of releases.
        environment: of the target, with what can be known of its processor; called once, if at all.
        demands: what the code uses, by project; None where no code was scanned.
    """

    def __init__(
        self,
        measurements: ReleaseMeasurements,
        environment: Callable[[], RuntimeEnvironment],
        demands: Mapping[str, ApiDemand] | None,
    ) -> None:
        self._measurements, self._demands = measurements, demands
        self._environment = environment
        self._target: RuntimeEnvironment | None = None
        self._series: dict[str, tuple[Series, ...]] = {}

    @property
    def knows_code(self) -> bool:
        """Whether code was scanned: else nobody knows which APIs count."""
        return self._demands is not None

    def costs(self, project: Releases, position: int) -> list[Cost]:
        """What a release needs for each used API that was measured, the slowest against its best first."""
        series = self._series.get(project.name)
        if series is None:
            series = self._series[project.name] = tuple(self._made(project))
        costs = [one.at(position) for one in series]
        return sorted(costs, key=lambda cost: (-cost.weighed, cost.series.usage.symbol))

    def _made(self, project: Releases) -> Iterable[Series]:
        if self._demands is not None and project.name not in self._demands:
            return
        known = self._measurements.of((project.name,))[project.name]
        if not known:
            return
        if self._target is None:
            self._target = self._environment()
        for usage, benchmarks in _usages(
            known, None if self._demands is None else self._demands[project.name]
        ):
            series = [
                made
                for session in _sessions(known).values()
                if (made := _series(usage, benchmarks, session, project, self._target)) is not None
            ]
            if series:
                yield max(series, key=_worth)


def loss(costs: Sequence[Cost]) -> float:
    """What a release loses, from 0 to 1: the logarithm of the mean ratio, `WORST_RATIO` being all."""
    if not costs:
        return 0.0
    mean = sum(cost.weighed for cost in costs) / len(costs)
    return min(1.0, math.log(mean) / math.log(WORST_RATIO))


def likeness(measured: RuntimeEnvironment, target: RuntimeEnvironment) -> Likeness | None:
    """How machines resemble each other; None for another architecture, whose code is another one."""
    if measured.text("arch") != target.text("arch"):
        return None
    names = ("cpu.vendor", "cpu.microarchitecture")
    if all(measured.text(name) and measured.text(name) == target.text(name) for name in names):
        return Likeness.SAME
    level = measured.text("cpu.level")
    return Likeness.LEVEL if level and level == target.text("cpu.level") else Likeness.OTHER


def _usages(known: Sequence[Observation], demand: ApiDemand | None) -> Iterable[tuple[Usage, frozenset[str]]]:
    """Each use with the benchmarks that stand for it; uses of the same ones count once."""
    patterns = {
        each.measurement.benchmark: each.measurement.stands_for
        for each in known
        if each.measurement is not None
    }
    if demand is None:
        for name in sorted(patterns):
            yield Usage(next(iter(patterns[name]), name)), frozenset((name,))
        return
    found: dict[frozenset[str], list[SymbolDemand]] = {}
    for used in (*demand.required, *demand.optional):
        names = frozenset(name for name, given in patterns.items() if matches(used.symbol, given))
        if names:
            found.setdefault(names, []).append(used)
    for names, uses in list(found.items())[:_MOST_APIS]:
        sites = tuple(sorted({site for used in uses for site in used.sites}))
        yield Usage(uses[0].symbol, sites), names


def _sessions(known: Iterable[Observation]) -> dict[str, list[Observation]]:
    found: dict[str, list[Observation]] = {}
    for each in known:
        if each.measurement is not None and each.value is not None and each.value > 0:
            found.setdefault(each.measurement.session, []).append(each)
    return found


def _series(
    usage: Usage,
    benchmarks: frozenset[str],
    session: Sequence[Observation],
    project: Releases,
    target: RuntimeEnvironment,
) -> Series | None:
    """What a session says of an API; None where it says nothing that could be held against each other."""
    alike = likeness(session[0].environment, target)
    if alike is None:
        return None
    places = {text: position for position, text in enumerate(project.versions.texts)}
    found: dict[str, dict[int, Observation]] = {}
    for each in session:
        position = places.get(each.subject[0].version)
        if position is not None and each.measurement is not None and each.measurement.benchmark in benchmarks:
            found.setdefault(each.measurement.benchmark, {})[position] = each
    curves = tuple(
        Curve(positions=tuple(sorted(known)), observations=tuple(known[each] for each in sorted(known)))
        for _, known in sorted(found.items())
        if len(known) > 1
    )
    series = Series(usage=usage, likeness=alike, curves=curves, best=-1)
    usable = [
        position
        for position in sorted({position for curve in curves for position in curve.positions})
        if project.usable & bit(position) and series.at(position).source is Source.MEASURED
    ]
    return msgspec.structs.replace(series, best=min(usable, key=series.total)) if usable else None


def _worth(series: Series) -> tuple[float, int, str]:
    measured = {position for curve in series.curves for position in curve.positions}
    return series.likeness.share, len(measured), series.curves[0].observations[0].created_at
