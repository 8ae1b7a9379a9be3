"""Releases that failed together when stacks were probed, and those that are passed over for it."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.evidence import Confidence, Evidence, Justification, Level
from knowledge.observations.record import Failure
from resolver.context import Context
from resolver.probes.sides import Side
from resolver.states.assumed import Conjecture
from resolver.states.stack import Member, Stack
from resolver.states.universe import Universe
from resolver.states.versions import bit, positions
from resolver.units.verdicts import Refutation

UNIT = "probes"
"""What speaks in justifications."""


class FailingTogether:
    """Releases of one or two projects that failed in the same way, in one stack after the other.

    Args:
        names: of the projects, the one that asks first.
        failure: the first one.
        is_suspected: whether the failure was not traced to them: they are only held to be the likeliest.
    """

    def __init__(
        self, names: Sequence[str], failure: Failure, universe: Universe, *, is_suspected: bool = False
    ) -> None:
        self.names, self.failure, self.is_suspected = tuple(names), failure, is_suspected
        self._universe = universe
        self._sides = {name: Side(universe.projects[name], by_major=is_suspected) for name in names}
        self._conjecture: Conjecture | None = None

    def fail(self, stack: Stack, alike: int = 0) -> None:
        """A stack failed in this way.

        Args:
            stack: that failed.
            alike: mask of other releases of the last project that did, too.
        """
        self._sides[self.names[-1]].failed.update(positions(alike))
        for name, side in self._sides.items():
            member = stack.members[name]
            side.failed.add(member.position)
            side.admitted |= admitted(member, self._universe.context)
        self._assume()

    def succeed(self, stack: Stack) -> bool:
        """A stack did not fail in this way; true where that changes which releases are passed over.

        It says something where it differs from those that failed in the release of one project.
        """
        if any(name not in stack.members for name in self.names):
            return False
        at = {name: stack.members[name].position for name in self.names}
        moved = [name for name, side in self._sides.items() if not side.assumed() & bit(at[name])]
        if not moved:  # what was passed over works
            moved = [name for name, side in self._sides.items() if at[name] not in side.failed][-1:]
        if len(moved) != 1:
            return False
        side = self._sides[moved[0]]
        before = side.assumed()
        side.passed.add(at[moved[0]])
        side.admitted |= admitted(stack.members[moved[0]], self._universe.context)
        if side.assumed() == before:
            return False
        self._assume()
        return True

    def give_up(self) -> None:
        """Pass nothing over any more."""
        if self._conjecture is not None:
            self._universe.withdraw([self._conjecture])
            self._conjecture = None

    @property
    def is_confirmed(self) -> bool:
        """Whether a stack passed in which but one of these projects has another release."""
        return any(side.passed for side in self._sides.values())

    @property
    def conjecture(self) -> Conjecture | None:
        """What is assumed; None where nothing is beyond what was tried."""
        return self._conjecture

    def _assume(self) -> None:
        self.give_up()
        releases = {name: side.assumed() for name, side in self._sides.items()}
        if self.is_suspected or any(mask & (mask - 1) for mask in releases.values()):
            refutation = Refutation(releases, self._reason(releases))
            self._conjecture = self._universe.conjecture(refutation, can_lapse=True)

    def _reason(self, releases: dict[str, int]) -> Justification:
        """Why releases are passed over that were not tried."""
        tried = [self._tried(side) for side in self._sides.values()]
        how = "are held to be why probes failed" if self.is_suspected else "failed together when probed"
        message = f"{' and '.join(tried)} {how}, and what lies between is taken to fail alike"
        if len(tried) == 1:
            message = f"{tried[0]} failed when probed, and what lies between is taken to fail alike"
        return Justification(
            unit=UNIT,
            level=Level.WARNING,
            message=f"is passed over: {message}",
            evidence=(evidence(self.failure, Confidence.LIKELY),),
        )

    def _tried(self, side: Side) -> str:
        versions = [side.project.version(position) for position in positions(sum(map(bit, side.failed)))]
        return f"{side.project.name} {', '.join(versions)}"


def refutation(names: Sequence[str], failure: Failure, stack: Stack) -> Refutation:
    """What a probe showed of releases of a stack that it traced a failure to."""
    asks, *others = (f"{name} {stack.members[name].version}" for name in names)
    beside = f" with {others[0]}" if others else ""
    where = f" ({failure.where})" if failure.where else ""
    reason = Justification(
        unit=UNIT,
        level=Level.ERROR,
        message=f"{asks} failed{beside} when probed ({failure.step}): {told(failure)}{where}",
        evidence=(evidence(failure, Confidence.CERTAIN),),
    )
    return Refutation({name: bit(stack.members[name].position) for name in names}, reason)


def blocked(failure: Failure, stack: Stack) -> Refutation:
    """A whole stack that failed for a reason that was traced to nothing in it."""
    reason = Justification(
        unit=UNIT,
        level=Level.WARNING,
        message=f"a stack with it failed when probed, for a reason that was not found: {told(failure)}",
        evidence=(evidence(failure, Confidence.POSSIBLE),),
    )
    return Refutation({name: bit(member.position) for name, member in stack.members.items()}, reason)


def told(failure: Failure) -> str:
    """A failure in one line."""
    return f"{failure.error}: {failure.message}" if failure.message else failure.error


def evidence(failure: Failure, confidence: Confidence) -> Evidence:
    """A failure as a person can look for it."""
    return Evidence(what=told(failure), where=failure.where or failure.step, confidence=confidence)


def admitted(member: Member, context: Context) -> int:
    """The releases that may take the place of one while everything else stays."""
    project = member.project
    mask = project.usable & ~project.prereleases()
    for statement in context.statements(project.name):
        mask &= project.versions.mask(statement.specifiers)
    for asked in member.asked.values():
        for specifiers in asked:
            mask &= project.versions.mask(specifiers)
    return mask
