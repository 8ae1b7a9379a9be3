"""Sampling: stacks are drawn one by one, independently of each other.

Algorithm: every draw begins with the first stack and makes moves by chance, each project and each of its
releases as likely as any other. How many is drawn as well, from one to the size of the stack, each order of
magnitude as likely. Nothing is learned. Cost: a move costs what it changes, and the way back likewise.
Source: Thoth's predictor of that name; independent random sampling.
"""

from __future__ import annotations

from collections.abc import Generator

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices


class Sampling:
    """Draws around the first stack; what lies far from it is never seen."""

    name = "sampling"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        walk, chance, choices = search.walk, search.chance, Choices(search)
        walk.settle()
        while choices.project() >= 0:
            for _ in range(int(len(walk.members) ** chance.random())):
                project = choices.project()
                if project >= 0:
                    releases = [at for at in choices.releases(project) if at != walk.at[project]]
                    mark = walk.mark()
                    if search.move(project, chance.choice(releases)) and not search.stands():
                        walk.undo(mark)
                    yield
            walk.undo()
