"""What stands in the way of a candidate: which dependency cannot be met, and since which decision."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from resolver.states.dependencies import Dependency
from resolver.states.projects import Project
from resolver.states.universe import Universe


class Blocked(msgspec.Struct, frozen=True):
    """A dependency that the state leaves no release for.

    Attributes:
        on: the project that is asked for.
        level: the decision level since which that is so; 0 where no decision is to blame.
    """

    on: Project
    level: int


def blocked_by(dependencies: Iterable[Dependency], universe: Universe) -> Blocked | None:
    """The dependency that was blocked first, or None where the state can meet all of them."""
    found: Blocked | None = None
    propagation = universe.propagation
    for dependency in dependencies:
        other = universe.projects[dependency.project]
        wanted = other.versions.mask(dependency.specifiers)
        if propagation.domains[other.variable] & wanted:
            continue
        levels = range(propagation.level + 1)
        level = next(x for x in levels if not propagation.domain_at(other.variable, x) & wanted)
        if found is None or level < found.level:
            found = Blocked(other, level)
    return found
