"""Adaptive simulated annealing: worse stacks are accepted too, less and less often.

Algorithm: the moves of hill climbing, one after the other; a loss is accepted with probability
exp(-loss / temperature). The first temperature is the lower third of the losses of the first moves, so that
it follows the scale of the scores; it falls geometrically to a thousandth, twice, the second time from the
best stack, within the moves that the budget allows. What is left of them belongs to hill climbing. Cost: a
move costs what it changes. Source: Kirkpatrick, Gelatt and Vecchi (1983).
"""

from __future__ import annotations

import math
from collections.abc import Generator

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices
from resolver.predictors.hill_climbing import COMPOUND, move_neighbour, wander

OBSERVED = 100
"""Differences of scores from which the first temperature follows."""
CYCLES = 2
"""How often the temperature falls."""
ANNEALED = 0.5
"""Share of the moves for all cycles together."""
END = 1e-3
"""The last temperature of a cycle, as a share of the first."""


class Annealing:
    """Reaches what needs a long way down first; its worst runs are worse than those of hill climbing."""

    name = "annealing"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        walk, chance, choices = search.walk, search.chance, Choices(search)
        losses: list[int] = []
        first, cycle, begun = 0.0, 0, search.moves
        moves = max(1.0, (search.limit - begun) * ANNEALED / CYCLES)
        while (project := choices.project()) >= 0:
            passed, share = divmod((search.moves - begun) / moves, 1)
            if passed > cycle:
                cycle = int(passed)
                walk.settle()
                walk.go(search.best)
            if cycle >= CYCLES:
                break
            before = walk.score
            walk.settle()
            if search.move(project, choices.release(project)):
                if chance.random() < COMPOUND:
                    move_neighbour(search, choices, project)
                loss = before - walk.score
                if loss and len(losses) < OBSERVED:
                    losses.append(abs(loss))
                    first = sorted(losses)[len(losses) // 3]
                temperature = first * END**share
                search.signals["temperature"] = temperature
                is_taken = loss <= 0 or (temperature > 0 and chance.random() < math.exp(-loss / temperature))
                if not is_taken or not search.stands():
                    walk.undo()
            yield
        search.signals.pop("temperature", None)
        yield from wander(search)
