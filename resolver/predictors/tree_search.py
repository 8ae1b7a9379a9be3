"""Monte Carlo tree search: a tree of changes, grown where what comes of them is best.

Algorithm: a node is a stack, an edge puts one project to another release and holds it there for what follows.
From the root down, the edge with the highest UCT value is taken: its mean reward, plus an exploration term
that falls with its visits. A node gets a further edge when its visits allow it (progressive widening), the
most promising of a few that are drawn. Below the new edge a rollout climbs: moves by optimistic gain, held
projects left alone, losses taken back. What it ends at is the reward, normalised to the range that was
observed. Nodes are found again by the key of their stack, whatever way leads there (transpositions). A better
stack is the next root. Parameters: the constants below. Cost: a move costs what it changes; the way down is
walked again in each simulation. Memory: at most `MOST_NODES` nodes, after which the tree is begun anew.
Source: UCT (Kocsis and Szepesvári, 2006); progressive widening (Chaslot et al., 2008); transpositions in UCT
(Childs, Brodeur and Kocsis, 2008); single-player tree search (Schadd et al., 2008).
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator

from resolver.landscapes.search import Search
from resolver.predictors.choices import Choices

EXPLORATION = 0.3
"""Weight of the exploration term, in shares of the observed range."""
WIDENING = 0.5
"""A node that was visited n times has at most n to the power of this edges, and one."""
DRAWN = 4
"""Moves of which the most promising becomes an edge."""
DEPTH = 8
"""Most edges of a way down."""
ROLLOUT = 30
"""Moves of a rollout."""
MOST_NODES = 20_000
"""About 20 MB."""


class _Edge:
    """A change; after a first visit it leads to a node."""

    __slots__ = ("position", "project", "total", "visits")

    def __init__(self, project: int, position: int) -> None:
        self.project, self.position = project, position
        self.visits = 0
        self.total = 0


class _Node:
    """A stack that the tree knows."""

    __slots__ = ("edges", "tried", "visits")

    def __init__(self) -> None:
        self.visits = 0
        self.edges: list[_Edge] = []
        self.tried: set[tuple[int, int]] = set()


class TreeSearch:
    """Looks ahead over several changes before it settles on one."""

    name = "tree-search"
    improves = True

    def steps(self, search: Search) -> Generator[None, None, None]:
        """See `resolver.predictors.protocol`."""
        tree = _Tree(search)
        while tree.choices.project() >= 0:
            yield from tree.simulated()


class _Tree:
    def __init__(self, search: Search) -> None:
        self.choices = Choices(search, optimistic=0.6)
        self._search = search
        self._nodes: dict[int, _Node] = {}
        self._root = search.best
        self._worst = self._best = search.best_score
        self._stand_at_root()

    def simulated(self) -> Iterator[None]:
        """One way down, a rollout, and what it teaches the edges of the way."""
        search, walk = self._search, self._search.walk
        if search.best != self._root:
            self._root = search.best
            self._stand_at_root()
        held: list[int] = []
        way: list[tuple[_Node, _Edge]] = []
        while len(way) < DEPTH:
            node = self._node(walk.key)
            edge, is_new = self._edge(node, held)
            if edge is None:
                break
            way.append((node, edge))
            mark = walk.mark()
            if not search.move(edge.project, edge.position, held) or not search.stands():
                walk.undo(mark)
                node.edges = [one for one in node.edges if one is not edge]
                _learn(way[:-1], walk.score)
                walk.undo()
                yield
                return
            held.append(edge.project)
            yield
            if is_new:
                break
        yield from self._rolled_out(held)
        self._worst, self._best = min(self._worst, walk.score), max(self._best, walk.score)
        _learn(way, walk.score)
        search.signals["reward"] = self._reward(walk.score)
        walk.undo()

    def _stand_at_root(self) -> None:
        walk = self._search.walk
        walk.settle()
        walk.go(self._root)
        walk.settle()

    def _node(self, key: int) -> _Node:
        node = self._nodes.get(key)
        if node is None:
            if len(self._nodes) >= MOST_NODES:
                self._nodes.clear()
            node = self._nodes[key] = _Node()
        return node

    def _reward(self, score: float) -> float:
        """From 0 for the worst that was seen to 1 for the best."""
        return (score - self._worst) / max(1, self._best - self._worst)

    def _edge(self, node: _Node, held: list[int]) -> tuple[_Edge | None, bool]:
        """The edge to follow, and whether it is a new one; None where there is none."""
        if len(node.edges) <= node.visits**WIDENING:
            edge = self._drawn(node, held)
            if edge is not None:
                return edge, True
        at, members = self._search.walk.at, set(held)
        possible = [
            e for e in node.edges if e.project not in members and at[e.project] not in (-1, e.position)
        ]
        if not possible:
            return None, False
        logarithm = math.log(node.visits + 1)

        def value(edge: _Edge) -> float:
            if not edge.visits:
                return math.inf
            return self._reward(edge.total / edge.visits) + EXPLORATION * math.sqrt(logarithm / edge.visits)

        return max(possible, key=value), False

    def _drawn(self, node: _Node, held: list[int]) -> _Edge | None:
        """A further edge: of some moves the one that promises most."""
        walk = self._search.walk
        moves: list[tuple[int, int, int]] = []
        for _ in range(DRAWN):
            project = self.choices.project()
            if project >= 0 and project not in held:
                at = self.choices.release(project)
                if (project, at) not in node.tried:
                    moves.append((walk.hope(project, at) - walk.involved(project), project, at))
        if not moves:
            return None
        _, project, at = max(moves)
        node.tried.add((project, at))
        edge = _Edge(project, at)
        node.edges.append(edge)
        return edge

    def _rolled_out(self, held: list[int]) -> Iterator[None]:
        search, walk = self._search, self._search.walk
        for _ in range(ROLLOUT):
            project = self.choices.project()
            if project < 0 or project in held:
                continue
            before, mark = walk.score, walk.mark()
            moved = search.move(project, self.choices.release(project), held)
            if moved and (walk.score < before or not search.stands()):
                walk.undo(mark)
            yield


def _learn(way: list[tuple[_Node, _Edge]], score: int) -> None:
    for node, edge in way:
        node.visits += 1
        edge.visits += 1
        edge.total += score
