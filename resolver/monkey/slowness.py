"""Releases whose import takes longer than that of other releases of the project, beyond what chance explains.

For each module that was imported, the median over probes of each release is held against those of the other
releases. Slow is what takes at least `RATIO` times their median, `LEAST_S` more, and `DEVIATIONS` median
absolute deviations more. Source: Iglewicz and Hoaglin, 1993 (deviation of medians).
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from knowledge.observations.record import ReleaseIdentity
from resolver.monkey.kinds import Outcome

RATIO, LEAST_S, DEVIATIONS = 1.5, 0.05, 3.0
NORMAL = 1.4826
LEAST_PROBES, LEAST_RELEASES = 2, 3
IMPORTED_BEFORE_S = 0.001
"""What takes less was imported by another module already."""


class SlowImport(msgspec.Struct, frozen=True, kw_only=True):
    """One release that is slow.

    Attributes:
        wall_s: the median of its imports, with all that they import.
        others_s: the median of the medians of the other releases.
        probes: so many times it was imported.
        releases: so many others there were.
    """

    release: ReleaseIdentity
    module: str
    wall_s: float
    others_s: float
    probes: int
    releases: int


def slow_imports(outcomes: Iterable[Outcome]) -> tuple[SlowImport, ...]:
    """Those of all probes, the slowest beside their like first."""
    times: dict[tuple[str, str], dict[ReleaseIdentity, list[float]]] = {}
    for one in outcomes:
        releases = {release.project: release for release in one.releases}
        for module in one.result.modules:
            release = releases.get(module.project)
            if release is not None and module.failure is None and module.wall_s >= IMPORTED_BEFORE_S:
                by_release = times.setdefault((module.project, module.module), {})
                by_release.setdefault(release, []).append(module.wall_s)
    found = [slow for (_, module), taken in times.items() for slow in _slow(module, taken)]
    return tuple(sorted(found, key=lambda one: (one.others_s / one.wall_s, one.release)))


def _slow(module: str, times: Mapping[ReleaseIdentity, list[float]]) -> Iterator[SlowImport]:
    medians = {release: statistics.median(taken) for release, taken in times.items()}
    for release, median in medians.items():
        others = [other for one, other in medians.items() if one != release]
        if len(times[release]) < LEAST_PROBES or len(others) < LEAST_RELEASES:
            continue
        middle = statistics.median(others)
        spread = NORMAL * statistics.median(abs(other - middle) for other in others)
        if median >= max(RATIO * middle, middle + LEAST_S, middle + DEVIATIONS * spread):
            yield SlowImport(
                release=release,
                module=module,
                wall_s=round(median, 4),
                others_s=round(middle, 4),
                probes=len(times[release]),
                releases=len(others),
            )
