"""A random walk: every move is taken. What others must beat.

Cost: a move costs what it changes.
"""

from __future__ import annotations

from collections.abc import Generator

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices


class RandomWalk:
    """Takes every move that succeeds, as Thoth's predictor of that name does."""

    name = "random-walk"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        walk, choices = search.walk, Choices(search, optimistic=0.0)
        while (project := choices.project()) >= 0:
            walk.settle()
            if search.move(project, choices.release(project)) and not search.stands():
                walk.undo()
            yield
