"""Further stacks that isolate what failed: a failing one with one suspect replaced, or with half its doubts.

Where a suspect is known, its release is put to another one, one that has passed elsewhere if possible, while
all else stays as far as it can. Where none is, half of what tells the stack from the nearest one that passed
is put to what passed. Source: delta debugging (Zeller and Hildebrandt, 2002), on valid stacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from knowledge.observations import ReleaseIdentity
from knowledge.probing.records import Verdict
from resolver.monkey.blaming import Blame, Culprit, Outcome, Sureness
from resolver.monkey.sampling import put
from resolver.monkey.terrain import Terrain
from resolver.versions import positions

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

    def found(self, blame: Blame, most: int) -> Iterator[Shrunk]:
        """One for each open question, the most frequent failures first."""
        questions = [one for one in blame.culprits if one.sureness is not Sureness.CERTAIN]
        asked = 0
        for culprit in questions:
            if asked >= most:
                return
            stack = self._about(culprit)
            if stack is not None:
                asked += 1
                yield stack
        for name in blame.unexplained:
            if asked >= most:
                return
            stack = self._halved(self._outcomes[name])
            if stack is not None:
                asked += 1
                yield stack

    def _about(self, culprit: Culprit) -> Shrunk | None:
        named = [one for one in culprit.releases if one not in culprit.isolated]
        named += [one for other in culprit.others for one in other if one not in named]
        for name in culprit.stacks:
            for release in named:
                stack = self._swapped(self._outcomes[name], release)
                if stack is not None:
                    return stack
        return None

    def _swapped(self, failed: Outcome, release: ReleaseIdentity) -> Shrunk | None:
        """The stack with one release replaced, and as little else as can be."""
        at = self._terrain.stack(failed.releases)
        own = self._terrain.stack([release])
        if at is None or own is None:
            return None
        ((project, before),) = own.items()
        domain = self._terrain.instance.projects[project].domain or 0
        others = [position for position in positions(domain) if position != before]
        passed = {position for position in others if self._has_passed(project, position)}
        others.sort(key=lambda position: (position not in passed, abs(position - before)))
        best: Shrunk | None = None
        for position in others[:TRIED]:
            stack = put(self._terrain, at, [(project, position)])
            made = None if stack is None else self._made(stack, failed)
            if made is not None and (best is None or len(made.swapped) < len(best.swapped)):
                best = made
            if best is not None and len(best.swapped) == 1:
                break
        return best

    def _has_passed(self, project: int, position: int) -> bool:
        release = self._terrain.release(project, position).file.release
        return any(release in one.releases for one in self._passing)

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
                    return made
        return None

    def _made(self, stack: Mapping[int, int], failed: Outcome) -> Shrunk | None:
        releases = frozenset(pin.release for pin in self._terrain.pins(stack))
        if releases in self._known:
            return None
        swapped = tuple(sorted({release.project for release in releases ^ failed.releases}))
        self._known.add(releases)
        return Shrunk(stack, failed.id, swapped)
