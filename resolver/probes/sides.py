"""Which releases of a project are passed over, after some of them failed alike, and where to look next.

What breaks between two releases mostly breaks where a series begins, and stays broken. So the releases behind
one that failed are passed over by series: one minor series after the first failure, then two, four and so on,
but no major series until some of them failed. Once a release has passed, the newest one that does is found
between the two by bisection: of the series first, by their newest releases; then where the series of the last
failure begins. Nothing that is passed over is taken to fail for good. Cost: a logarithm of the number of
minor series in probes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

from packaging.version import Version

from resolver.states.projects import Project
from resolver.states.versions import bit

ONE_BY_ONE = 4
"""So many major series are looked at each: what is much older fails for reasons of its own."""


class Side:
    """One project of those that failed together.

    Args:
        project: whose releases are passed over.
        by_major: whether no less than a major series is passed over.

    Attributes:
        failed: positions of its releases that did.
        passed: of those that did not, beside the same other release.
        admitted: mask of the releases that may take their place.
    """

    def __init__(self, project: Project, *, by_major: bool = False) -> None:
        self.project = project
        self._by_major = by_major
        self.failed: set[int] = set()
        self.passed: set[int] = set()
        self.admitted = 0

    def assumed(self) -> int:
        """Mask of the releases that are taken to fail, those that did included.

        Pre-releases are among them, too: they are no way out while there are others that were passed over.
        """
        order = self._order()
        failing = sorted(order.index(position) for position in self.failed)
        mask, fails = 0, False
        for position in order[failing[0] : self._end(order, failing[-1])]:
            fails = (fails or position in self.failed) and position not in self.passed
            mask |= bit(position) if fails else 0
        known = sum(map(bit, self.failed | self.passed))
        early = self.project.prereleases()
        return mask if early & known else mask | early

    def _order(self) -> list[int]:
        """The releases in the order in which they are tried."""
        known = sum(map(bit, self.failed | self.passed))
        return list(self.project.ordered(self.admitted | known))

    def _end(self, order: Sequence[int], last: int) -> int:
        """The place in the order of the first release behind the last failure that is not passed over."""
        passed = [place for position in self.passed if (place := order.index(position)) > last]
        if passed:
            return self._middle(order, last, min(passed))
        if last + 1 >= len(order):
            return last + 1
        return min(self._beyond(order, last), len(order) - 1)

    def _beyond(self, order: Sequence[int], last: int) -> int:
        """Behind as many series as what failed allows."""
        versions = self.project.versions
        minors = 1 << (len(self.failed) - 1)
        majors = 1 << max(0, len({_major(versions[position]) for position in self.failed}) - ONE_BY_ONE)
        seen_minors, seen_majors = {_minor(versions[order[last]])}, {_major(versions[order[last]])}
        for place in range(last + 1, len(order)):
            version = versions[order[place]]
            seen_minors.add(_minor(version))
            seen_majors.add(_major(version))
            is_beyond = len(seen_minors) > minors and not self._by_major
            if is_beyond or len(seen_majors) > majors:
                return place
        return len(order)

    def _middle(self, order: Sequence[int], last: int, passed: int) -> int:
        """Between a failure and what passed: where to look next; the place of what passed for nowhere."""
        versions = self.project.versions
        between = order[last + 1 : passed]
        failing = _minor(versions[order[last]])
        own = list(takewhile(lambda position: _minor(versions[position]) == failing, between))
        others = between[len(own) :]
        if others:
            newest = [at for at in range(len(others)) if not at or self._begins(others, at)]
            return last + 1 + len(own) + newest[len(newest) // 2]
        if not own:
            return passed
        if _minor(versions[order[passed]]) == failing:
            return last + 1 + len(own) // 2
        return last + len(own)

    def _begins(self, others: Sequence[int], at: int) -> bool:
        versions = self.project.versions
        return _minor(versions[others[at]]) != _minor(versions[others[at - 1]])


def _minor(version: Version) -> tuple[int, ...]:
    return (version.epoch, version.major, version.minor)


def _major(version: Version) -> tuple[int, ...]:
    return (version.epoch, version.major)
