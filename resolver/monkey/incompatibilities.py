"""Culprits of many stacks together: projects that fail with one kind of failure, and in which releases."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from packaging.version import Version

from knowledge.observations.record import Failure, ReleaseIdentity
from resolver.monkey.blaming import Culprit, Sureness
from resolver.monkey.kinds import Kind, Outcome, kind_of, kinds

_SURER = (Sureness.CERTAIN, Sureness.LIKELY, Sureness.POSSIBLE)


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Releases of one project that were seen: the oldest, the newest, and how many they are."""

    project: str
    oldest: str
    newest: str
    releases: int

    def __str__(self) -> str:
        span = self.oldest if self.oldest == self.newest else f"{self.oldest} to {self.newest}"
        return f"{self.project} {span}"


class Incompatibility(msgspec.Struct, frozen=True, kw_only=True):
    """Releases of one or two projects of which stacks failed, with one kind of failure.

    Attributes:
        projects: of two, the one that needs something of the other first, where that is known.
        sureness: of the surest of `culprits`.
        count: of stacks that failed of it.
        failing: releases of each project that failed so.
        passing: releases of the last project that did not fail so beside any of the first that did; of one
            project, those of it that did not. None where there are none.
        culprits: which releases, the surest and most frequent first.
    """

    projects: tuple[str, ...]
    sureness: Sureness
    failure: Failure
    count: int
    failing: tuple[Range, ...]
    passing: Range | None
    culprits: tuple[Culprit, ...]


def incompatibilities(
    culprits: Iterable[Culprit], outcomes: Sequence[Outcome]
) -> tuple[Incompatibility, ...]:
    """The most frequent first."""
    groups: dict[tuple[tuple[str, ...], str], list[Culprit]] = {}
    for one in culprits:
        projects = tuple(sorted(release.project for release in one.releases))
        groups.setdefault((projects, kind_of(one.failure)), []).append(one)
    by_kind = kinds(outcomes)
    found = [_incompatibility(group, by_kind[kind]) for (_, kind), group in groups.items()]
    return tuple(sorted(found, key=lambda one: (-one.count, one.projects)))


def _incompatibility(group: list[Culprit], kind: Kind) -> Incompatibility:
    group.sort(key=lambda one: (_SURER.index(one.sureness), -one.count, one.releases))
    projects = tuple(release.project for release in group[0].releases)
    failing = {release for one in group for release in one.releases}
    return Incompatibility(
        projects=projects,
        sureness=group[0].sureness,
        failure=group[0].failure,
        count=len({name for one in group for name in one.stacks}),
        failing=tuple(
            span for name in projects if (span := _range(one for one in failing if one.project == name))
        ),
        passing=_passing(projects, failing, kind),
        culprits=tuple(group),
    )


def _passing(projects: tuple[str, ...], failing: set[ReleaseIdentity], kind: Kind) -> Range | None:
    first = {one for one in failing if one.project == projects[0]}
    found: set[ReleaseIdentity] = set()
    for releases in kind.passing:
        if len(projects) == 1 or first & releases:
            found.update(release for release in releases if release.project == projects[-1])
    return _range(found)


def _range(releases: Iterable[ReleaseIdentity]) -> Range | None:
    ordered = sorted(set(releases), key=lambda one: Version(one.version))
    if not ordered:
        return None
    return Range(
        project=ordered[0].project,
        oldest=ordered[0].version,
        newest=ordered[-1].version,
        releases=len(ordered),
    )
