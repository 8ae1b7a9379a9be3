"""Further stacks that isolate what failed: a failing one with one suspect replaced, or with half its doubts.

Where a suspect is known, one of its releases is put to another one, one that has passed beside the other if
possible, while all else stays as far as it can. Where none is, half of what tells the stack from the nearest
one that passed is put to what passed. Source: delta debugging (Zeller and Hildebrandt, 2002).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from knowledge.observations.record import ReleaseIdentity
from knowledge.probing.records import Verdict
from resolver.monkey.blaming import Blame, Culprit, Sureness
from resolver.monkey.incompatibilities import incompatibilities
from resolver.monkey.kinds import Kind, Outcome, kind_of, kinds
from resolver.monkey.sampling import put
from resolver.monkey.terrain import Terrain
from resolver.states.versions import positions

TRIED = 8
"""Releases that are tried in place of one."""


class Shrunk(msgspec.Struct, frozen=True):
    """One further stack.

    Attributes:
        stack: positions by number.
        origin: id of the failing stack it is made from.
        swapped: the projects that differ.
    """

    stack: Mapping[int, int]
    origin: str
    swapped: tuple[str, ...]


def shrunk(terrain: Terrain, blame: Blame, outcomes: Sequence[Outcome], most: int) -> list[Shrunk]:
    """At most so many stacks that would say most of what is not certain yet; none that was probed."""
    return list(_Shrinking(terrain, outcomes).found(blame, most))


class _Shrinking:
    def __init__(self, terrain: Terrain, outcomes: Sequence[Outcome]) -> None:
        self._terrain = terrain
        self._outcomes = {one.id: one for one in outcomes}
        self._known = {one.releases for one in outcomes}
        self._passing = [one for one in outcomes if one.result.verdict is Verdict.PASSED]
        self._kinds = kinds(outcomes)

    def found(self, blame: Blame, most: int) -> Iterator[Shrunk]:
        """One for each open question, the most frequent failures first."""
        asked = 0
        every = incompatibilities(blame.culprits, list(self._outcomes.values()))
        for one in every:
            stack = None
            if asked < most and one.sureness is not Sureness.CERTAIN:
                alike = {release for culprit in one.culprits for release in culprit.releases}
                stack = next(filter(None, (self._about(culprit, alike) for culprit in one.culprits)), None)
            if stack is not None:
                asked += 1
                yield stack
        for name in blame.unexplained:
            stack = self._halved(self._outcomes[name]) if asked < most else None
            if stack is not None:
                asked += 1
                yield stack

    def _about(self, culprit: Culprit, alike: set[ReleaseIdentity]) -> Shrunk | None:
        """A stack that failed with one suspect replaced by what promises most to pass beside the other.

        Args:
            alike: releases that failed likewise.
        """
        suspects = [culprit.releases, *culprit.others]
        name = kind_of(culprit.failure)
        kind = self._kinds[name]
        several = [self._outcomes[stack] for stack in culprit.stacks]
        several.sort(key=lambda one: kind_of(one.result.failure) != name)  # what hides others comes last
        for failed in several:
            at = self._terrain.stack(failed.releases)
            if at is None:
                continue
            choices = sorted(
                (
                    choice
                    for suspect in suspects
                    for choice in self._choices(suspect, culprit.isolated, alike, kind)
                ),
                key=lambda choice: choice[:2],
            )
            best: Shrunk | None = None
            for _, _, project, position in choices[:TRIED]:
                stack = put(self._terrain, at, [(project, position)])
                made = None if stack is None else self._made(stack, failed)
                if made is not None and (best is None or len(made.swapped) < len(best.swapped)):
                    best = made
                if best is not None and len(best.swapped) == 1:
                    break
            if best is not None:
                self._known.add(frozenset(pin.release for pin in self._terrain.pins(best.stack)))
                return best
        return None

    def _choices(
        self,
        suspect: tuple[ReleaseIdentity, ...],
        isolated: Sequence[ReleaseIdentity],
        alike: set[ReleaseIdentity],
        kind: Kind,
    ) -> Iterator[tuple[int, int, int, int]]:
        """What may be put in place of each release of a suspect: its doubt, and how far away it is."""
        for release in suspect:
            own = self._terrain.stack([release])
            if release in isolated or own is None:
                continue
            ((project, before),) = own.items()
            beside = {one for one in suspect if one != release}
            for position in positions(self._terrain.instance.projects[project].domain or 0):
                other = self._terrain.release(project, position).file.release
                wanted = beside | {other}
                if position == before or any(wanted <= one.releases for one in kind.failing):
                    continue
                yield _doubt(other, beside, alike, kind), abs(position - before), project, position

    def _halved(self, failed: Outcome) -> Shrunk | None:
        """The stack with half of what tells it from the nearest passing one put to what passed."""
        at = self._terrain.stack(failed.releases)
        if at is None:
            return None
        for passed in sorted(self._passing, key=lambda one: len(one.releases ^ failed.releases)):
            wanted = self._terrain.stack(passed.releases) or {}
            differing = [p for p, position in sorted(at.items()) if wanted.get(p, position) != position]
            half = max(1, len(differing) // 2)
            for moved in (differing[:half], differing[half:]):
                stack = put(self._terrain, at, [(p, wanted[p]) for p in moved]) if moved else None
                made = None if stack is None else self._made(stack, failed)
                if made is not None:
                    self._known.add(frozenset(pin.release for pin in self._terrain.pins(made.stack)))
                    return made
        return None

    def _made(self, stack: Mapping[int, int], failed: Outcome) -> Shrunk | None:
        releases = frozenset(pin.release for pin in self._terrain.pins(stack))
        if releases in self._known:
            return None
        swapped = tuple(sorted({release.project for release in releases ^ failed.releases}))
        return Shrunk(stack, failed.id, swapped)


def _doubt(
    other: ReleaseIdentity, beside: set[ReleaseIdentity], alike: set[ReleaseIdentity], kind: Kind
) -> int:
    """0 for what has passed beside just this, 1 for beside something that fails alike, 2 for neither."""
    passed = [releases for releases in kind.passing if other in releases]
    if any(beside <= releases for releases in passed):
        return 0
    projects = {one.project for one in beside}
    likewise = {one for one in alike if one.project in projects}
    return 1 if any(likewise & releases for releases in passed) else 2
