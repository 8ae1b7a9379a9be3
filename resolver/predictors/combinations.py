"""Combinations: the best releases of the projects that promise most, in every combination, one by one.

Algorithm: from the best stack, each release of each project gets its cost: how much less it promises than the
most promising one, were everything else to stay. Sets of releases of different projects are tried by rising
sum of costs, each once; what a set names is held while the rest is repaired. A better stack is where it
begins anew. It ends when every set was tried. Parameters: the constants below. Cost: one move for each
release of a set, undone together. Memory: at most `MOST_WAITING` sets. Source: Thoth's package combinations;
enumeration of subsets by rising sum (Lawler, 1972).
"""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterator

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices

RELEASES = 12
"""Releases of one project that are combined: those that promise most."""
EACH = 0.05
"""What a further release in a set costs, as a share of the widest difference of costs."""
MOST_WAITING = 50_000

_Item = tuple[int, int, int]
_Set = tuple[int, tuple[int, ...]]


class Combinations:
    """Leaves nothing to chance: thorough where few projects matter, slow where many do."""

    name = "combinations"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        walk, choices = search.walk, Choices(search)
        is_better = True
        while is_better:
            is_better = False
            begun = search.best
            walk.settle()
            walk.go(begun)
            walk.settle()
            items = _items(search, choices)
            for chosen in _sets(items):
                yield from _tried(search, [items[number] for number in chosen])
                walk.undo()
                if search.best != begun:
                    is_better = True
                    break


def _tried(search: Search, chosen: list[_Item]) -> Iterator[None]:
    """Move to what a set names, one after the other, each held from then on."""
    walk, held = search.walk, list[int]()
    for _, project, at in chosen:
        if walk.at[project] < 0:
            return
        mark = walk.mark()
        if walk.at[project] != at and not search.move(project, at, held):
            yield
            return
        if not search.stands():
            walk.undo(mark)
            return
        held.append(project)
        yield


def _items(search: Search, choices: Choices) -> list[_Item]:
    """What each change of one release costs, the cheapest first."""
    walk = search.walk
    promises = []
    for project in sorted(walk.members):
        involved = walk.involved(project)
        others = (at for at in choices.releases(project) if at != walk.at[project])
        promised = [(walk.hope(project, at) - involved, project, at) for at in others]
        promises += heapq.nlargest(RELEASES, promised)
    most = max((gain for gain, _, _ in promises), default=0)
    widest = most - min((gain for gain, _, _ in promises), default=0)
    each = max(1, round(widest * EACH))
    return sorted((most - gain + each, project, at) for gain, project, at in promises)


def _sets(items: list[_Item]) -> Iterator[tuple[int, ...]]:
    """Sets of items of different projects, as their numbers, by rising sum of costs, each once."""
    waiting: list[_Set] = [(items[0][0], (0,))] if items else []
    while waiting:
        cost, chosen = heapq.heappop(waiting)
        last = chosen[-1]
        before = {items[number][1] for number in chosen[:-1]}
        if items[last][1] not in before:
            yield chosen
        if last + 1 < len(items):
            following = items[last + 1][0]
            heapq.heappush(waiting, (cost - items[last][0] + following, (*chosen[:-1], last + 1)))
            if items[last][1] not in before:
                heapq.heappush(waiting, (cost + following, (*chosen, last + 1)))
        if len(waiting) > MOST_WAITING:
            waiting = heapq.nsmallest(MOST_WAITING // 2, waiting)
