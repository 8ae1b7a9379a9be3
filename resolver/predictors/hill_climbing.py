"""Hill climbing: change one release, repair the rest, stay where the score is no worse.

Algorithm: first every project that loses something is put to the releases that would gain most, the largest
gain first, until none is left that gains; here releases are read. Then moves by chance, each release by rank
or by optimistic gain, some of them two at once, on neighbours; equal scores are accepted, and a release that
was left may not come back for a while, so that plateaus are crossed and not circled on. After many moves
without a better stack, the best one with some random changes is the next start. Cost: a move costs what it
changes. Source: steepest ascent, tabu list (Glover, 1989), iterated local search (Lourenço, Martin and
Stützle, 2003).
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from heapq import nlargest

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices

CANDIDATES = 5
"""Releases of one project that are tried from one stack in the first part, by rank and by hope each."""
HINTS = 10
"""Moves for which knowledge is told to read ahead."""
COMPOUND = 0.3
"""Share of moves that change a neighbour as well before they are judged."""
TABU = 50
"""Moves for which a release that was left may not come back."""
IDLE = 600
"""Moves without a better stack after which the search starts anew."""
PERTURBED = (2, 6)
"""Fewest and most moves by chance of a new start."""


class HillClimbing:
    """The default: the best per move on every kind of instance that was measured."""

    name = "hill-climbing"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        yield from self._ascend(search)
        yield from wander(search)

    def _ascend(self, search: Search) -> Iterator[None]:
        """Take the move that promises most and holds it, until none does."""
        walk = search.walk
        is_better = True
        while is_better:
            is_better = False
            moves = sorted(self._promising(search))
            walk.landscape.hint((project, at) for _, project, at in moves[:HINTS])
            for _, project, at in moves:
                before = walk.score
                walk.settle()
                if search.move(project, at):
                    is_better = walk.score > before and search.stands()
                    if not is_better:
                        walk.undo()
                yield
                if is_better:
                    break

    @staticmethod
    def _promising(search: Search) -> Iterator[tuple[int, int, int]]:
        walk = search.walk
        for project in walk.members:
            involved = walk.involved(project)
            if involved < 0:
                present = walk.at[project]
                others = [at for at in walk.candidates(project) if at != present]
                promised = {at: walk.own(project, at) for at in others[:CANDIDATES]}
                if involved < walk.own(project, present):  # beside others; the cure may be far down the list
                    hopes = ((walk.hope(project, at), at) for at in others)
                    promised |= {at: hope for hope, at in nlargest(CANDIDATES, hopes)}
                for at, gain in promised.items():
                    if gain > involved:
                        yield involved - gain, project, at


def wander(search: Search) -> Iterator[None]:
    """Moves by chance from where the walk stands, with new starts from the best stack."""
    walk, chance, choices = search.walk, search.chance, Choices(search)
    left: dict[tuple[int, int], int] = {}
    best, since = search.best_score, search.moves
    while (project := choices.project()) >= 0:
        if search.best_score > best:
            best, since = search.best_score, search.moves
        if search.moves - since > IDLE:
            yield from _restarted(search, choices)
            since = search.moves
            continue
        at, before, present = choices.release(project), walk.score, walk.at[project]
        walk.settle()
        is_tabu = left.get((project, at), -TABU) > search.moves - TABU
        if search.move(project, at):
            if chance.random() < COMPOUND:
                move_neighbour(search, choices, project)
            is_tabu &= walk.score <= search.best_score
            if walk.score < before or is_tabu or not search.stands():
                walk.undo()
            else:
                left[project, present] = search.moves
        yield


def move_neighbour(search: Search, choices: Choices, project: int) -> None:
    """A second move, on something that a project asks for or is asked for by; it may fail."""
    neighbours = [one for one in search.walk.neighbours(project) if len(choices.releases(one)) > 1]
    if neighbours:
        other = search.chance.choice(neighbours)
        search.move(other, choices.release(other), (project,))


def _restarted(search: Search, choices: Choices) -> Iterator[None]:
    """Stand at the best stack with some changes by chance."""
    walk = search.walk
    walk.settle()
    walk.go(search.best)
    for _ in range(search.chance.randint(*PERTURBED)):
        project = choices.project()
        if project >= 0:
            mark = walk.mark()
            if search.move(project, choices.release(project)) and not search.stands():
                walk.undo(mark)
            yield
