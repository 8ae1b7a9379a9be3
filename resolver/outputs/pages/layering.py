"""Places for the nodes of a directed graph, from left to right, so that lines seldom cross.

A node stands one column right of the last that leads to it. A line over several columns goes through a narrow
place in each, and all long lines of one node share theirs. Columns are ordered by the middle of their
neighbours, then moved as near to them as their order admits. Time grows with lines times columns.

Source: Sugiyama, Tagawa and Toda 1981; circles are cut and long lines divided as there. Heights: the pool
adjacent violators algorithm (Ayer et al. 1955).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

NODE, PASSAGE = 1.0, 0.3
"""Heights, with the space between."""
_SWEEPS = 6
_Point = tuple[str, int]
"""Of a node in its column, or of its passage through a later one."""


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A line from one column to the next.

    Attributes:
        source: the node that it comes from in the end.
        target: the node that it leads to; None where it leads to a passage.
        column: that it starts in.
        y: where it starts, and where it ends.
    """

    source: str
    target: str | None
    column: int
    y: tuple[float, float]


class Layered(msgspec.Struct, frozen=True, kw_only=True):
    """Where everything is.

    Attributes:
        places: node to its column and the height of its middle; the least height is that of half a node.
        against: lines that would lead back, which are cut from the columns: source and target.
        height: of all; a node has the height `NODE`.
    """

    places: dict[str, tuple[int, float]]
    stretches: tuple[Stretch, ...]
    against: tuple[tuple[str, str], ...]
    columns: int
    height: float


def layered(graph: Mapping[str, Sequence[str]]) -> Layered:
    """Places for a graph.

    Args:
        graph: every node to those that it leads to; the first nodes are where to begin.
    """
    forward, against = _without_circles(graph)
    column = _columns(forward)
    before: dict[_Point, list[_Point]] = {}
    after: dict[_Point, list[_Point]] = {}
    for source, targets in forward.items():
        longest = max((column[target] for target in targets), default=0)
        for passed in range(column[source] + 1, longest):
            _join((source, passed - 1), (source, passed), after, before)
        for target in targets:
            _join((source, column[target] - 1), (target, column[target]), after, before)
    points = {(name, at) for name, at in column.items()} | before.keys() | after.keys()
    order: list[list[_Point]] = [[] for _ in range(1 + max(column.values(), default=0))]
    for point in sorted(points):
        order[point[1]].append(point)
    _untangle(order, before, after)
    height = _heights(order, column, before, after)
    lowest = min((height[name, at] for name, at in column.items()), default=0.0) - NODE / 2
    lowest = min(lowest, *(y - PASSAGE / 2 for y in height.values())) if height else 0.0
    height = {point: y - lowest for point, y in height.items()}
    return Layered(
        places={name: (at, height[name, at]) for name, at in column.items()},
        stretches=tuple(
            Stretch(
                source=start[0],
                target=end[0] if column[end[0]] == end[1] else None,
                column=start[1],
                y=(height[start], height[end]),
            )
            for start, ends in after.items()
            for end in ends
        ),
        against=tuple(against),
        columns=len(order),
        height=max((y for y in height.values()), default=0.0) + NODE / 2,
    )


def _join(
    start: _Point, end: _Point, after: dict[_Point, list[_Point]], before: dict[_Point, list[_Point]]
) -> None:
    after.setdefault(start, []).append(end)
    before.setdefault(end, []).append(start)


def _without_circles(
    graph: Mapping[str, Sequence[str]],
) -> tuple[dict[str, list[str]], list[tuple[str, str]]]:
    """The lines that a walk in depth does not find leading back, and those that it does."""
    forward: dict[str, list[str]] = {name: [] for name in graph}
    against: list[tuple[str, str]] = []
    open_, done = set[str](), set[str]()
    for root in graph:
        if root in done:
            continue
        open_.add(root)
        stack = [(root, iter(graph[root]))]
        while stack:
            name, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                open_.discard(name)
                done.add(name)
                stack.pop()
            elif target in open_:
                against += [(name, target)] if target != name else []
            elif target in forward:
                forward[name].append(target)
                if target not in done:
                    open_.add(target)
                    stack.append((target, iter(graph[target])))
    return forward, against


def _columns(forward: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """The length of the longest way to each node."""
    missing = dict.fromkeys(forward, 0)
    for targets in forward.values():
        for target in targets:
            missing[target] += 1
    column = dict.fromkeys(forward, 0)
    ready = [name for name, count in missing.items() if not count]
    for name in ready:
        for target in forward[name]:
            column[target] = max(column[target], column[name] + 1)
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return column


def _untangle(
    order: Sequence[list[_Point]],
    before: Mapping[_Point, Sequence[_Point]],
    after: Mapping[_Point, Sequence[_Point]],
) -> None:
    """Order each column by the middle of what it is connected with, to the left and to the right in turns."""
    rank = {point: float(number) for points in order for number, point in enumerate(points)}
    for sweep in range(_SWEEPS):
        near, columns = (before, order) if sweep % 2 == 0 else (after, list(reversed(order)))
        for points in columns:
            middle = {
                point: sum(rank[other] for other in near[point]) / len(near[point])
                if near.get(point)
                else rank[point]
                for point in points
            }
            points.sort(key=lambda point: middle[point])
            rank.update((point, float(number)) for number, point in enumerate(points))


def _heights(
    order: Sequence[Sequence[_Point]],
    column: Mapping[str, int],
    before: Mapping[_Point, Sequence[_Point]],
    after: Mapping[_Point, Sequence[_Point]],
) -> dict[_Point, float]:
    height: dict[_Point, float] = {}
    for points in order:
        y = 0.0
        for point in points:
            size = NODE if column[point[0]] == point[1] else PASSAGE
            height[point] = y + size / 2
            y += size
    for sweep in range(_SWEEPS):
        near, columns = (before, order) if sweep % 2 == 0 else (after, list(reversed(order)))
        for points in columns:
            sizes = [NODE if column[point[0]] == point[1] else PASSAGE for point in points]
            wanted = [
                sum(height[other] for other in near[point]) / len(near[point])
                if near.get(point)
                else height[point]
                for point in points
            ]
            height.update(zip(points, _apart(wanted, sizes), strict=True))
    return height


def _apart(wanted: Sequence[float], sizes: Sequence[float]) -> list[float]:
    """The heights nearest to those that are wanted, by least squares, that keep order and distance."""
    offsets: list[float] = []
    reached = 0.0
    for size in sizes:
        offsets.append(reached + size / 2)
        reached += size
    pools: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        total, count = want - offset, 1
        while pools and pools[-1][0] / pools[-1][1] >= total / count:
            earlier = pools.pop()
            total, count = total + earlier[0], count + earlier[1]
        pools.append((total, count))
    shifts = [total / count for total, count in pools for _ in range(count)]
    return [shift + offset for shift, offset in zip(shifts, offsets, strict=True)]
