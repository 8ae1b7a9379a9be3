"""Which projects ask for themselves in a roundabout way: these alone can hold each other up for nothing."""

from __future__ import annotations

from collections.abc import Sequence


def in_circles(edges: Sequence[set[int]]) -> set[int]:
    """The nodes of a graph that lie on a circle. Source: strongly connected components (Tarjan, 1972)."""
    found: set[int] = set()
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    standing: set[int] = set()
    for root in range(len(edges)):
        if root in number:
            continue
        number[root] = low[root] = len(number)
        stack.append(root)
        standing.add(root)
        path = [(root, iter(sorted(edges[root])))]
        while path:
            node, others = path[-1]
            other = next(others, None)
            if other is None:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == number[node]:
                    at = stack.index(node)
                    component = stack[at:]
                    del stack[at:]
                    standing.difference_update(component)
                    if len(component) > 1:
                        found.update(component)
            elif other not in number:
                number[other] = low[other] = len(number)
                stack.append(other)
                standing.add(other)
                path.append((other, iter(sorted(edges[other]))))
            elif other in standing:
                low[node] = min(low[node], number[other])
    return found
