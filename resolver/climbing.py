"""Hill climbing over complete stacks: change one release, repair the rest, keep what scores better.

A move puts one project to another release; everything else keeps its release where it can, and what cannot
is repaired (`resolver.repair`). Moves are tried by their optimistic gain: what the project itself would gain,
were the rest to stay. Sideways moves cross plateaus, a list of what was tried keeps it from going round in
circles, and where nothing is left to try a perturbed best stack is the next start. Whatever would be the best
so far is put before a judge, who assembles it with propagation and has it examined. It ends when the bound is
met, when the budget is spent, or when it is interrupted; the best stack so far is the result at every moment.
Cost: two walks over the dependencies of the stack for each move, and the reading of what a move meets for the
first time.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from itertools import islice

import msgspec

from resolver.budget import Budget, StoppedBy
from resolver.repair import Assignment, Repairs
from resolver.score import Scorer
from resolver.stack import Stack
from resolver.units.verbs import PERFECT
from resolver.universe import Universe
from resolver.versions import bit

CANDIDATES = 5
"""Releases of one project that are tried from one stack."""
HINTS = 10
"""Moves of one stack for which knowledge is told to read ahead."""
PLATEAU = 10
"""Sideways moves in a row."""
RESTARTS = 20
"""Perturbations in a row that lead nowhere."""
PERTURBED = (2, 4)
"""Fewest and most projects that a restart changes at random."""

Key = tuple[tuple[str, int], ...]
"""What tells assignments apart."""


class Move(msgspec.Struct, frozen=True, order=True):
    """One project to be put to one release.

    Attributes:
        loss: what the move cannot gain back, in millionths; the least comes first.
    """

    loss: int
    project: str
    position: int


class Point(msgspec.Struct):
    """An assignment with its score.

    Attributes:
        involved: name to what each member adds to the score, alone and in every pair it is part of.
        tried: moves that were made from it.
    """

    assignment: Assignment
    score: int
    involved: Mapping[str, int]
    key: Key
    tried: set[tuple[str, int]]


class Climb:
    """One climb.

    Args:
        universe: its propagation stands without decisions, here and whenever `judge` returns.
        scorer: of the run.
        budget: of the run.
        judge: the stack of an assignment; None where it cannot stand.
        elapsed_s: seconds of the run.
        first: a stack that stands.
        bound: no stack scores better.

    Attributes:
        moves: moves made so far.
        best: the best stack so far, and its score.
    """

    def __init__(
        self,
        universe: Universe,
        scorer: Scorer,
        budget: Budget,
        judge: Callable[[Mapping[str, int]], Stack | None],
        elapsed_s: Callable[[], float],
        first: Stack,
        bound: int,
    ) -> None:
        self.moves = 0
        self._repairs = Repairs(universe)
        self._universe, self._scorer, self._budget = universe, scorer, budget
        self._judge, self._elapsed_s, self._bound = judge, elapsed_s, bound
        self._points: dict[Key, Point] = {}
        self._rejected: set[Key] = set()
        self._ranked: dict[str, list[tuple[int, int]]] = {}
        self._first = first
        self.best = first, scorer.stack_score(first)

    def run(self) -> StoppedBy:
        """Climb until something ends it."""
        chance = random.Random(self._budget.seed)
        try:
            found = self._repairs.reached(_positions(self._first))
            if found is None:  # an alternative that no repair knows how to keep
                return StoppedBy.EXHAUSTED
            top = current = self._point(found)
            sideways = 0
            while (reason := self._ends()) is None:
                point = self._step(current)
                if point is None:
                    starts = (self._perturbed(top, chance) for _ in range(RESTARTS))
                    start = next((one for one in starts if one is not None), None)
                    if start is None:
                        return self._ends() or StoppedBy.EXHAUSTED
                    current, sideways = start, 0
                elif point.score > current.score or sideways < PLATEAU:
                    sideways = 0 if point.score > current.score else sideways + 1
                    current = point
                if current.score > top.score:
                    top = current
        except KeyboardInterrupt:
            return StoppedBy.INTERRUPTED
        return reason

    def others(self, count: int) -> list[tuple[Stack, int]]:
        """The best stacks beside the best one, of those that the climb has met and those around it."""
        found: list[tuple[Stack, int]] = []
        try:
            top = self._repairs.reached(_positions(self.best[0]))
            if top is not None and count:
                self._look_around(self._point(top))
            best = _positions(self.best[0])
            for point in sorted(self._points.values(), key=lambda point: (-point.score, point.key)):
                if len(found) == count or self._is_late():
                    break
                if point.assignment.at != best and point.key not in self._rejected:
                    stack = self._judge(point.assignment.at)
                    if stack is not None and _positions(stack) == point.assignment.at:
                        found.append((stack, point.score))
        except KeyboardInterrupt:
            return found
        return found

    def _look_around(self, top: Point) -> None:
        """Meet what is one move away."""
        moves = [
            Move(top.involved[name] - own, name, position)
            for name, at in top.assignment.at.items()
            for own, position in islice(self._releases(name, at), CANDIDATES)
        ]
        for move in sorted(moves):
            if self._is_late():
                return
            self._made(top, move)

    def _is_late(self) -> bool:
        return self._elapsed_s() > self._budget.climb_s

    def _ends(self) -> StoppedBy | None:
        if self.best[1] >= self._bound:
            return StoppedBy.BOUND
        if self.moves >= self._budget.moves:
            return StoppedBy.MOVES
        return StoppedBy.TIME if self._is_late() else None

    def _step(self, current: Point) -> Point | None:
        """The first assignment beside this one that is not worse; None when no move is left."""
        moves = sorted(self._candidates(current))
        self._repairs.hint((move.project, move.position) for move in moves[:HINTS])
        for move in moves:
            if self._ends() is not None:
                return current
            current.tried.add((move.project, move.position))
            point = self._made(current, move)
            if point is not None and point.score >= current.score:
                return point
        return None

    def _made(self, current: Point, move: Move) -> Point | None:
        """The point that a move leads to; None where it fails or leads nowhere."""
        self.moves += 1
        found = self._repairs.moved(current.assignment, move.project, move.position)
        if found is None or self._gives_up_a_preference(current.assignment.at, found.at):
            return None
        point = self._point(found)
        if point.key == current.key or point.key in self._rejected:
            return None
        return None if point.score > self.best[1] and not self._stands(point) else point

    def _stands(self, point: Point) -> bool:
        """Whether a point that scores best is a stack; then that is the best one."""
        stack = self._judge(point.assignment.at)
        if stack is None or _positions(stack) != point.assignment.at:
            self._rejected.add(point.key)
            return False
        self.best = stack, point.score
        return True

    def _point(self, found: Assignment) -> Point:
        key = tuple(found.at.items())
        point = self._points.get(key)
        if point is None:
            score, involved = self._scored(found)
            point = self._points[key] = Point(found, score, involved, key, set())
        return point

    def _scored(self, found: Assignment) -> tuple[int, dict[str, int]]:
        """The score of an assignment, and what each member has to do with it."""
        projects, scorer, at = self._universe.projects, self._scorer, found.at
        involved = {name: scorer.release_score(projects[name], position) for name, position in at.items()}
        score = sum(involved.values())
        for name, position in at.items() if scorer.sees_pairs else ():
            for other, specifiers in self._repairs.specifiers(found, name):
                if other in at and other != name:
                    pair = projects[name], position, projects[other], at[other], specifiers
                    if loss := scorer.pair_score(*pair):
                        score += loss
                        involved[name] += loss
                        involved[other] += loss
        return score, involved

    def _candidates(self, current: Point) -> Iterator[Move]:
        for name, involved in current.involved.items():
            if involved == PERFECT:
                continue
            for own, position in islice(self._releases(name, current.assignment.at[name]), CANDIDATES):
                if own > involved and (name, position) not in current.tried:
                    yield Move(involved - own, name, position)

    def _releases(self, name: str, position: int) -> Iterator[tuple[int, int]]:
        """Scores and positions of other releases of a project, best first; what a lock prefers stays."""
        project = self._universe.projects[name]
        if project.preferred & bit(position):
            return
        if name not in self._ranked:
            possible = self._repairs.domain(name) & project.usable
            scored = [(self._scorer.release_score(project, at), at) for at in project.ordered(possible)]
            self._ranked[name] = sorted(scored, key=lambda one: -one[0])
        domain = self._repairs.domain(name)
        for own, at in self._ranked[name]:
            if at != position and domain & bit(at):
                yield own, at

    def _perturbed(self, top: Point, chance: random.Random) -> Point | None:
        """The best assignment with some projects put to other releases by chance."""
        at = top.assignment.at
        names = [name for name in at if self._repairs.domain(name) & ~bit(at[name])]
        if not names:
            return None
        start, point = top, None
        for name in chance.sample(names, min(len(names), chance.randint(*PERTURBED))):
            position = start.assignment.at.get(name)
            choices = [] if position is None else list(islice(self._releases(name, position), CANDIDATES))
            if choices and self._ends() is None:
                made = self._made(start, Move(0, name, chance.choice(choices)[1]))
                if made is not None:
                    point = start = made
        return point

    def _gives_up_a_preference(self, before: Mapping[str, int], after: Mapping[str, int]) -> bool:
        """Whether a project moves off a release that an existing lock settled on: no score outweighs that."""
        projects = self._universe.projects
        return any(
            before[name] != position
            and projects[name].preferred & bit(before[name])
            and not projects[name].preferred & bit(position)
            for name, position in after.items()
            if name in before
        )


def _positions(stack: Stack) -> dict[str, int]:
    return {name: member.position for name, member in stack.members.items()}
