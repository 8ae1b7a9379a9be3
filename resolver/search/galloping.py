"""Skips long stretches of a series of releases that one fact refutes.

Bounds along a project's releases are nearly monotone: when releases of a long series fail one after the
other because their bound on the same project misses what that project may be, no matter what was decided,
the series is bisected for the newest release whose bound fits. What lies between is not read; that it fails
as well is a hypothesis, an assumption that proofs name and that can be verified by reading. Cost: a logarithm
of the length of the series in releases read, instead of its length.
"""

from __future__ import annotations

import itertools
from collections import Counter

import msgspec

from analyzers.reports import Unknown
from resolver.states.incompatibilities import Skipped
from resolver.states.projects import Project
from resolver.states.universe import Universe
from resolver.states.versions import bit

PATIENCE = 2
PROBES = 3
"""Releases that are read at once in one round of the search; more rounds cost time, more probes reads."""
SHORTEST = 8


class Hypothesis(msgspec.Struct, frozen=True):
    """Releases that were skipped because those around them fail for the same reason.

    Attributes:
        releases: mask of releases of `project` that were not read.
        against: the project on which their bounds are thought to miss every release that is possible.
    """

    project: str
    releases: int
    against: str


class Galloping:
    """Counts refusals and bisects; one object per search.

    Args:
        universe: whose releases may be skipped.
        patience: so many refusals by facts are walked through before a series is bisected.
        shortest: a shorter series is walked through.
    """

    def __init__(self, universe: Universe, *, patience: int = PATIENCE, shortest: int = SHORTEST) -> None:
        self._universe = universe
        self._patience = patience
        self._shortest = shortest
        self._refusals: Counter[tuple[str, str]] = Counter()

    def refused_by_fact(self, project: Project, position: int, against: Project) -> None:
        """Told when the bound of a release on `against` misses what that may be whatever is decided."""
        pair = (project.name, against.name)
        self._refusals[pair] += 1
        if self._refusals[pair] <= self._patience:
            return
        domain = self._universe.propagation.domain_at(project.variable, 0)
        tier = next((tier for tier in project.tiers if tier & bit(position)), 0)
        series = list(project.ordered(domain & tier & project.beyond(position)))
        if len(series) >= self._shortest:
            self._bisect(project, series, against)
        else:
            # They are walked through, one by one, those of later tiers behind them: let none be waited for.
            following = project.ordered(domain & ~bit(position))
            self._prefetch(project, list(itertools.islice(following, PROBES)))

    def _bisect(self, project: Project, series: list[int], against: Project) -> None:
        """Assume of the releases before the first one that fits, in their order, that they all fail."""
        low, high = 0, len(series)
        read: set[int] = set()
        while low < high:
            probes = _spread(low, high)
            self._prefetch(project, [series[probe] for probe in probes])
            for probe in probes:
                if not low <= probe < high:
                    continue
                read.add(series[probe])
                if self._misses(project, series[probe], against):
                    low = probe + 1
                else:
                    high = probe
        skipped = sum(bit(position) for position in series[:high] if position not in read)
        if skipped:
            self._assume(Hypothesis(project.name, skipped, against.name))

    def _prefetch(self, project: Project, series: list[int]) -> None:
        for position in series:
            files = project.files(position, self._universe.context.target)
            if files:
                self._universe.source.prefetch_metadata(project.name, files[0])

    def _misses(self, project: Project, position: int, against: Project) -> bool:
        universe = self._universe
        if isinstance(universe.reader.metadata(project, position), Unknown):
            return True
        possible = universe.propagation.domain_at(against.variable, 0)
        missing = [
            dependency
            for dependency in universe.reader.dependencies(project, position, None)
            if dependency.project == against.name
            and not against.versions.mask(dependency.specifiers) & possible
        ]
        for dependency in missing:
            universe.depend(project, position, dependency)
        return bool(missing)

    def _assume(self, hypothesis: Hypothesis) -> None:
        universe = self._universe
        project, against = universe.projects[hypothesis.project], universe.projects[hypothesis.against]
        masks = {
            project.variable: hypothesis.releases,
            against.variable: universe.propagation.domain_at(against.variable, 0),
        }
        universe.add(masks, Skipped(hypothesis.project, hypothesis.against), hypothesis)


def _spread(low: int, high: int) -> list[int]:
    """Positions that cut [low, high) into parts of equal length, in ascending order."""
    return sorted({low + (high - low) * part // (PROBES + 1) for part in range(1, PROBES + 1)})
