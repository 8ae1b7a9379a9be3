"""What releases ask for and lose, made ready for a walk: numbers in place of names, each worked out once.

A node is a project, or one of its extras; the first node stands for the requirements. A part is what a node
has in force at one release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resolver.landscapes.landscape import Ask, Landscape, Pair

ROOT = 0
"""The node of the requirements."""


class Wanted(NamedTuple):
    """One project that a part asks for.

    Attributes:
        mask: the releases that serve.
        nodes: the project's own and those of the extras that are asked for.
        ask: as the landscape has it.
    """

    project: int
    mask: int
    nodes: tuple[int, ...]
    ask: Ask


class Table(dict[int, int]):
    """What one release loses beside the releases of another project, by position."""

    def __init__(self, landscape: Landscape, project: int, position: int, pair: Pair) -> None:
        self._place = landscape, project, position, pair

    def __missing__(self, other: int) -> int:
        landscape, project, position, pair = self._place
        found = self[other] = landscape.pair_score(project, position, pair, other)
        return found


class Part(NamedTuple):
    """What a node has in force at one release.

    Attributes:
        pairs: number of a project, number of the pair, and what is lost beside its releases.
        is_open: whether several projects could serve what it asks for.
    """

    asks: tuple[Wanted, ...]
    pairs: tuple[tuple[int, int, Table], ...]
    is_open: bool


class Compiler:
    """Works out parts of one landscape when they are first met.

    Attributes:
        edges: of each project those that some release of it is known to ask for.
        edge_count: how many there are in all.
    """

    def __init__(self, landscape: Landscape) -> None:
        self.landscape = landscape
        self.edges: list[set[int]] = []
        self.edge_count = 0
        self.node_count = 1
        self._owners: list[tuple[int, str | None]] = [(-1, None)]
        self._nodes: list[dict[str | None, int]] = []
        self._lists: list[list[int]] = []
        self._parts: list[dict[int, Part | None]] = [{}]
        self._scores: list[dict[int, int]] = []
        self._marks: dict[tuple[int, int], int] = {}
        self._domains: list[int] = []
        self._kept: list[int] = []
        self._ranked: list[Sequence[int] | None] = []
        self._pairs = 0
        self.meet()

    def meet(self) -> None:
        """Make room for projects that the landscape has met since."""
        landscape = self.landscape
        for project in range(len(self._nodes), len(landscape.names)):
            self.edges.append(set())
            self._nodes.append({})
            self._lists.append([])
            self._scores.append({})
            self._domains.append(landscape.domain(project))
            self._kept.append(landscape.kept(project))
            self._ranked.append(None)
            self.node(project, None)

    @property
    def project_count(self) -> int:
        """How many projects there is room for."""
        return len(self._nodes)

    def refresh(self) -> None:
        """Ask anew which releases can be in a stack: more is known."""
        self.meet()
        self._domains = [self.landscape.domain(project) for project in range(self.project_count)]

    def node(self, project: int, extra: str | None) -> int:
        """The node of a project or of an extra."""
        nodes = self._nodes[project]
        if extra not in nodes:
            nodes[extra] = self.node_count
            self._lists[project].append(self.node_count)
            self._owners.append((project, extra))
            self._parts.append({})
            self.node_count += 1
        return nodes[extra]

    def nodes(self, project: int) -> Sequence[int]:
        """All nodes of a project, its own first."""
        return self._lists[project]

    def owner(self, node: int) -> tuple[int, str | None]:
        """The project and the extra of a node."""
        return self._owners[node]

    def domain(self, project: int) -> int:
        """The releases that can be in a stack."""
        return self._domains[project]

    def kept(self, project: int) -> int:
        """The releases that no move gives up."""
        return self._kept[project]

    def ranked(self, project: int) -> Sequence[int]:
        """The releases, best first."""
        found = self._ranked[project]
        if found is None:
            found = self._ranked[project] = tuple(self.landscape.ranked(project))
        return found

    def score(self, project: int, position: int) -> int:
        """What a release adds by itself."""
        scores = self._scores[project]
        found = scores.get(position)
        if found is None:
            found = scores[position] = self.landscape.score(project, position)
        return found

    def mark(self, project: int, position: int) -> int:
        """64 bits that stand for a release in the key of a stack."""
        key = project, position
        found = self._marks.get(key)
        if found is None:
            found = self._marks[key] = _mixed((project << 32) + position + 1)
        return found

    def part(self, node: int, position: int) -> Part | None:
        """What a node has in force at a release; None where that is not known or cannot be."""
        parts = self._parts[node]
        if position in parts:
            return parts[position]
        project, extra = self._owners[node]
        asks = self.landscape.asks(project, position, extra)
        self.meet()
        found = parts[position] = None if asks is None else self._part(node, position, asks)
        return found

    def requirements(self) -> Part:
        """What the requirements ask for."""
        part = self._part(ROOT, -1, self.landscape.requirements)
        assert part is not None
        return part

    def served(self, part: Part, at: Sequence[int]) -> Part:
        """A part with the projects that serve in a stack, or would first, in place of those asked for."""
        return part._replace(asks=tuple(self._serving(wanted, at) for wanted in part.asks))

    def _part(self, node: int, position: int, asks: Sequence[Ask]) -> Part | None:
        project, extra = self._owners[node]
        wanted = []
        for ask in asks:
            nodes = [self.node(ask.project, part) for part in (None, *ask.extras)]
            if ask.project == project:  # nothing holds itself up
                if not ask.mask & (2 << position):
                    return None
                wanted.append(Wanted(project, -1, tuple(n for n in nodes[1:] if n != node), ask))
            else:
                wanted.append(Wanted(ask.project, ask.mask, tuple(nodes), ask))
                for other in (ask.project, *(other for other, _ in ask.others)) if node != ROOT else ():
                    if other not in self.edges[project]:
                        self.edges[project].add(other)
                        self.edge_count += 1
        pairs = []
        for pair in self.landscape.pairs(project, position, extra) if node != ROOT else ():
            if pair.project != project:
                self._pairs += 1
                pairs.append((pair.project, self._pairs, Table(self.landscape, project, position, pair)))
        return Part(tuple(wanted), tuple(pairs), any(ask.others for ask in asks))

    def _serving(self, wanted: Wanted, at: Sequence[int]) -> Wanted:
        options = ((wanted.project, wanted.mask), *wanted.ask.others)
        if len(options) == 1:
            return wanted
        present = [one for one in options if at[one[0]] >= 0]
        fitting = [one for one in present if one[1] & (2 << at[one[0]])]
        project, mask = (*fitting, *present, *options)[0]
        nodes = tuple(self.node(project, part) for part in (None, *wanted.ask.extras))
        return Wanted(project, mask, nodes, wanted.ask)


def _mixed(value: int) -> int:
    """A well-spread 64-bit number (splitmix64: Steele, Lea and Flood, 2014)."""
    value = (value * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return value ^ (value >> 31)
