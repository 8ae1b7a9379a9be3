"""Adaptive simulated annealing: worse stacks are accepted too, less and less often.

Algorithm: the moves of hill climbing, one after the other; a loss is accepted with probability
exp(-loss / temperature). The first temperature is the lower third of the losses of the first moves, so that
it follows the scale of the scores; it falls geometrically to a thousandth within the moves that the budget
allows. Cost: a move costs what it changes. Source: Kirkpatrick, Gelatt and Vecchi (1983).
"""

from __future__ import annotations

import math
from collections.abc import Generator

from resolver.predictors.choices import Choices
from resolver.search.search import Search

OBSERVED = 100
"""Differences of scores from which the first temperature follows."""
COMPOUND = 0.3
END = 1e-3
"""The last temperature, as a share of the first."""


class Annealing:
    """Reaches what needs a long way down first; its worst runs are worse than those of hill climbing."""

    name = "annealing"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        walk, chance, choices = search.walk, search.chance, Choices(search)
        losses: list[int] = []
        first = 0.0
        begun = search.moves
        while (project := choices.project()) >= 0:
            before = walk.score
            walk.settle()
            if search.move(project, choices.release(project)):
                neighbours = walk.neighbours(project) if chance.random() < COMPOUND else []
                neighbours = [one for one in neighbours if len(choices.releases(one)) > 1]
                if neighbours:
                    other = chance.choice(neighbours)
                    search.move(other, choices.release(other), (project,))
                loss = before - walk.score
                if loss and len(losses) < OBSERVED:
                    losses.append(abs(loss))
                    first = sorted(losses)[len(losses) // 3]
                share = min(1.0, (search.moves - begun) / max(1, search.limit - begun))
                temperature = first * END**share
                search.signals["temperature"] = temperature
                is_taken = loss <= 0 or (temperature > 0 and chance.random() < math.exp(-loss / temperature))
                if not is_taken or not search.stands():
                    walk.undo()
            yield
