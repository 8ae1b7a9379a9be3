"""Hill climbing over complete stacks: change one release, repair the rest, keep what scores better.

A move puts one project to another release; everything else keeps its release where it can, and what cannot
is settled anew with learning. Moves are tried by their optimistic gain: what the project itself would gain,
were the rest to stay. Sideways moves cross plateaus, a list of what was tried keeps it from going round in
circles, and where nothing is left to try a perturbed best stack is the next start. It ends when the bound is
met, when the budget is spent, or when it is interrupted; the best stack so far is the result at every moment.
Cost: one propagation of the stack for each move, and the reading of what a move meets for the first time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from resolver.budget import Budget, StoppedBy
from resolver.projects import Project
from resolver.score import Scorer
from resolver.stack import Member, Stack
from resolver.universe import Universe
from resolver.versions import bit, positions

CANDIDATES = 5
"""Releases of one project that are tried from one stack."""
PLATEAU = 10
"""Sideways moves in a row."""
PERTURBED = (2, 4)
"""Fewest and most projects that a restart changes at random."""


@dataclass(frozen=True, slots=True, order=True)
class Move:
    """One project to be put to one release.

    Attributes:
        loss: what the move cannot gain back, in millionths; the least comes first.
    """

    loss: int
    project: str
    position: int


@dataclass(slots=True)
class Point:
    """A stack with its score."""

    stack: Stack
    score: int

    def key(self) -> tuple[tuple[str, int], ...]:
        """What tells stacks apart."""
        return tuple((name, member.position) for name, member in self.stack.members.items())


@dataclass(slots=True)
class Climb:
    """One climb; `assemble` builds the stack of a move, or None where it fails.

    Attributes:
        moves: moves made so far.
        best: the best point so far.
    """

    universe: Universe
    scorer: Scorer
    budget: Budget
    assemble: Callable[[Mapping[str, int], Move], Stack | None]
    elapsed_s: Callable[[], float]
    best: Point
    bound: int
    moves: int = 0
    _tried: set[tuple[tuple[tuple[str, int], ...], str, int]] = field(default_factory=set)

    def run(self) -> StoppedBy:
        """Climb until something ends it."""
        chance = random.Random(self.budget.seed)
        current, sideways = self.best, 0
        try:
            while (reason := self._ends()) is None:
                point = self._step(current)
                if point is None:
                    start = self._perturbed(chance)
                    if start is None:
                        return StoppedBy.EXHAUSTED
                    current, sideways = start, 0
                elif point.score > current.score or sideways < PLATEAU:
                    sideways = 0 if point.score > current.score else sideways + 1
                    current = point
                if current.score > self.best.score:
                    self.best = current
        except KeyboardInterrupt:
            return StoppedBy.INTERRUPTED
        return reason

    def _ends(self) -> StoppedBy | None:
        if self.best.score >= self.bound:
            return StoppedBy.BOUND
        if self.moves >= self.budget.moves:
            return StoppedBy.MOVES
        if self.elapsed_s() > self.budget.climb_s:
            return StoppedBy.TIME
        return None

    def _step(self, current: Point) -> Point | None:
        """The first stack beside this one that is not worse; None when no move is left."""
        for move in sorted(self._candidates(current)):
            if self._ends() is not None:
                return current
            self._tried.add((current.key(), move.project, move.position))
            point = self._made(current, move)
            if point is not None and point.score >= current.score and point.key() != current.key():
                return point
        return None

    def _made(self, current: Point, move: Move) -> Point | None:
        self.moves += 1
        kept = {name: member.position for name, member in current.stack.members.items()}
        stack = self.assemble(kept, move)
        if stack is None or _gives_up_a_preference(current.stack, stack):
            return None
        return Point(stack, self.scorer.stack_score(stack))

    def _candidates(self, current: Point) -> Iterator[Move]:
        key = current.key()
        for member in current.stack.members.values():
            for position, loss in self._better(member, current.stack):
                if (key, member.project.name, position) not in self._tried:
                    yield Move(loss, member.project.name, position)

    def _better(self, member: Member, stack: Stack) -> Iterator[tuple[int, int]]:
        """Releases of one member that could gain something, with what each cannot gain back."""
        involved = self.scorer.involved_score(member, stack)
        if not involved:
            return
        found = 0
        for position in _near(member.project, member.position):
            own = self.scorer.release_score(member.project, position)
            if own > involved:
                yield position, involved - own
                found += 1
            if found == CANDIDATES:
                return

    def _perturbed(self, chance: random.Random) -> Point | None:
        """The best stack with some projects put to other releases by chance."""
        members = [m for m in self.best.stack.members.values() if m.project.usable & (m.project.usable - 1)]
        if not members:
            return None
        point: Point | None = None
        start = self.best
        for member in chance.sample(members, min(len(members), chance.randint(*PERTURBED))):
            choices = list(_near(member.project, member.position))[:CANDIDATES]
            if choices and self._ends() is None:
                made = self._made(start, Move(0, member.project.name, chance.choice(choices)))
                if made is not None and made.key() != start.key():
                    point = start = made
        return point


def _gives_up_a_preference(before: Stack, after: Stack) -> bool:
    """Whether a project moves off a release that an existing lock settled on: no score outweighs that."""
    return any(
        member.project.preferred & bit(before.members[name].position)
        and not member.project.preferred & bit(member.position)
        for name, member in after.members.items()
        if name in before.members
    )


def _near(project: Project, position: int) -> Iterator[int]:
    """Usable releases of a project other than one, those tried earlier first; what a lock prefers stays."""
    if project.preferred & bit(position):
        return
    preferred = project.preferred_to(position)
    yield from positions(preferred)
    yield from positions(project.usable & ~preferred & ~bit(position))
