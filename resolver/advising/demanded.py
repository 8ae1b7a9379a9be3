"""What the releases of a stack ask for, as written: by which line another project came in."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from knowledge.releases import Metadata
from resolver.search.resolver import Resolver
from resolver.search.solution import Solution

_LONGEST_LINE = 2000


class Demanded:
    """The dependency lines of the stacks that a resolver came to; it may be shown several."""

    def __init__(self) -> None:
        self._lines: dict[tuple[str, str], tuple[str, ...]] = {}

    def note(self, resolver: Resolver, solution: Solution | None) -> None:
        """Keep the lines of the members of a stack."""
        for member in solution.stack.members.values() if solution is not None else ():
            metadata = resolver.universe.reader.metadata(member.project, member.position)
            if isinstance(metadata, Metadata):
                self._lines[member.project.name, member.version] = tuple(metadata.requires_dist)

    def lines(self, project: str, version: str, dependency: str) -> tuple[str, ...]:
        """The lines by which a release asks for a project; all names normalised."""
        return tuple(line for line in self._lines.get((project, version), ()) if _asks(line, dependency))

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(sorted(self._lines))


def _asks(line: str, dependency: str) -> bool:
    try:
        return len(line) <= _LONGEST_LINE and canonicalize_name(Requirement(line).name) == dependency
    except (InvalidRequirement, RecursionError):
        return False
