"""From a search that has a stack to a terrain: reads releases evenly spread over what every project has.

Of each project that is met its newest and its oldest possible release are read and others evenly between,
breadth first, as far as the budget allows. Releases that were not read are in no sampled stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from knowledge.probing.records import PinnedFile
from resolver.landscapes.explored import ExploredLandscape
from resolver.landscapes.freezing import frozen
from resolver.landscapes.landscape import Ask, Pair, Part
from resolver.monkey.terrain import KnownRelease, Terrain
from resolver.states.projects import Project
from resolver.states.versions import bit, positions
from resolver.targets.formats import Formats
from resolver.targets.target import Target


class Breadth(msgspec.Struct, frozen=True, kw_only=True):
    """How much is read.

    Attributes:
        each: so many releases of one project.
        budget: so many releases in all.
        builds: whether releases without a wheel for the target are read beside those with one.
    """

    each: int
    budget: int
    builds: bool = False


class Unscored:
    """A landscape without scores: what releases are worth does not matter here, and is dear to find out.

    Of each project only the releases of the first tier that has a possible one are there, which are those
    that the search tries first: no pre-release, say, and nothing that must be built, where that can be.

    Args:
        projects: of its universe.
        first: positions of releases, by number, that are there in any case.
        wheels_on: the target, where releases with a wheel for it are wanted; None for any.
    """

    def __init__(
        self,
        landscape: ExploredLandscape,
        projects: Mapping[str, Project],
        first: Mapping[int, int],
        wheels_on: Target | None = None,
    ) -> None:
        self._landscape, self._projects, self._first = landscape, projects, first
        self._wheels_on = wheels_on
        self.requirements: Sequence[Ask] = landscape.requirements

    @property
    def names(self) -> Sequence[str]:
        """See `resolver.landscapes.landscape.Landscape`, as for all others."""
        return self._landscape.names

    @property
    def refutations(self) -> Sequence[Mapping[int, int]]:
        """What cannot stand in one stack."""
        return self._landscape.refutations

    def domain(self, project: int) -> int:
        """The releases that can be in a stack and installed."""
        found = self._projects[self._landscape.names[project]]
        possible = self._landscape.domain(project) & found.usable
        if self._wheels_on is not None:
            wheels = found.installable(self._wheels_on, Formats(sdists=False))
            possible = possible & wheels or possible
        tried = next((tier & possible for tier in found.tiers if tier & possible), 0)
        at = self._first.get(project)
        return tried if at is None else tried | bit(at)

    def kept(self, project: int) -> int:
        """Nothing is: who samples wants to see others."""
        return 0

    def ranked(self, project: int) -> Sequence[int]:
        """Newest first."""
        return list(positions(self.domain(project)))

    def asks(self, project: int, position: int, part: str | None) -> Sequence[Ask] | None:
        """What a release asks for."""
        return self._landscape.asks(project, position, part)

    def score(self, project: int, position: int) -> int:
        """Nothing."""
        return 0

    def pairs(self, project: int, position: int, part: str | None) -> Sequence[Pair]:
        """None lose anything."""
        return ()

    def pair_score(self, project: int, position: int, pair: Pair, other: int) -> int:
        """Nothing."""
        return 0

    def is_known(self, project: int, position: int) -> bool:
        """Whether it was read."""
        return self._landscape.is_known(project, position)

    def hint(self, moves: Iterable[tuple[int, int]]) -> None:
        """Have releases read ahead."""
        self._landscape.hint(moves)


def explored(
    landscape: ExploredLandscape,
    projects: Mapping[str, Project],
    target: Target,
    first: Mapping[str, int],
    breadth: Breadth,
) -> Terrain:
    """Read what the budget allows, and write it down.

    Args:
        landscape: of a search that stands without decisions.
        projects: of its universe.
        first: the positions of a valid stack, by name.
    """
    start = {landscape.number(name): at for name, at in first.items()}
    unscored = Unscored(landscape, projects, start, None if breadth.builds else target)
    _read(unscored, breadth, start)
    instance = frozen(unscored, "monkey")
    releases = [
        tuple(_releases(projects[project.name], project.domain or 0, target)) for project in instance.projects
    ]
    return Terrain(
        instance=instance,
        releases=tuple(releases),
        first=tuple(sorted(start.items())),
        direct=tuple(dict.fromkeys(ask.project for ask in instance.requirements)),
    )


def spread(found: Sequence[int], count: int) -> list[int]:
    """So many of a sequence: both ends, and what lies evenly between."""
    if len(found) <= count:
        return list(found)
    if count < 2:
        return list(found[:count])
    step = (len(found) - 1) / (count - 1)
    return [found[round(step * number)] for number in range(count)]


def _read(landscape: Unscored, breadth: Breadth, first: Mapping[int, int]) -> None:
    left = breadth.budget
    chosen: dict[int, list[int]] = {}
    level = list(dict.fromkeys(part for ask in landscape.requirements for part in ask.parts()))
    seen = set(level)
    while level:
        for project, _ in level:
            if project not in chosen:
                count = min(left, breadth.each)
                picked = spread(landscape.ranked(project), count)
                if project in first and first[project] not in picked:
                    picked = [first[project], *picked[: max(0, count - 1)]]
                chosen[project] = picked
                left -= len(picked)
        landscape.hint([(project, at) for project, _ in level for at in chosen[project]])
        asked: list[Part] = []
        for project, part in level:
            for at in chosen[project]:
                asks = landscape.asks(project, at, part) or ()
                asked.extend(each for ask in asks for each in ask.parts())
        level = [part for part in dict.fromkeys(asked) if part not in seen]
        seen.update(level)


def _releases(project: Project, domain: int, target: Target) -> Iterator[KnownRelease]:
    for position in sorted(positions(domain)):
        files = project.files(position, target)
        if files and domain & bit(position):
            file = files[0]
            pinned = PinnedFile(
                project=project.name,
                version=project.version(position),
                filename=file.filename,
                url=file.url,
                sha256=file.hashes.get("sha256"),
            )
            yield KnownRelease(position=position, file=pinned, uploaded_at=file.uploaded_at)
