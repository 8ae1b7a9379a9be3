"""The graph of a stack as a picture: who needs whom, from what was asked for on the left to the right."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from analyzers.evidence import Level
from resolver.outputs.pages.layering import layered
from resolver.outputs.pages.leaves import shown
from resolver.reports.advice import Pin

_STEP, _WIDTH, _HEIGHT, _ROW = 232, 172, 34, 46
_MARGIN = 8
_MOST_CHARACTERS = 20
MOST_NODES = 400
"""Of a picture; a larger one shows nothing to a person."""


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A box.

    Attributes:
        text: the name as far as it fits.
        column: from the left.
    """

    name: str
    text: str
    version: str
    anchor: str
    column: int
    x: float
    y: float
    is_direct: bool
    is_warned: bool


class Edge(msgspec.Struct, frozen=True, kw_only=True):
    """A line, or a part of one; see `resolver.outputs.pages.layering.Stretch`."""

    source: int
    target: int | None
    column: int
    path: str
    is_back: bool = False


class StackGraph(msgspec.Struct, frozen=True, kw_only=True):
    """The picture, in pixels; `edges` name nodes by their number."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    width: float
    height: float


def stack_graph(pins: Sequence[Pin]) -> StackGraph:
    """Places and lines for the pins of a stack."""
    boxes = ordered(pins)
    graph: dict[str, list[str]] = {pin.name: [] for pin in boxes}
    for pin in pins:
        for dependent in pin.dependents:
            if dependent in graph and dependent != pin.name:
                graph[dependent].append(pin.name)
    found = layered(graph)
    number = {pin.name: index for index, pin in enumerate(boxes)}
    edges = [
        Edge(
            source=number[each.source],
            target=None if each.target is None else number[each.target],
            column=each.column,
            path=_path(
                _x(each.column) + _WIDTH,
                _y(each.y[0]),
                _x(each.column + 1),
                _y(each.y[1]),
                through=each.target is None,
            ),
        )
        for each in found.stretches
    ]
    edges += [
        Edge(
            source=number[source],
            target=number[target],
            column=-1,
            is_back=True,
            path=_back(found.places, source, target),
        )
        for source, target in found.against
    ]
    return StackGraph(
        nodes=tuple(_node(pin, index, found.places[pin.name]) for index, pin in enumerate(boxes)),
        edges=tuple(edges),
        width=_x(found.columns - 1) + _WIDTH + _MARGIN,
        height=found.height * _ROW + 2 * _MARGIN,
    )


def ordered(pins: Sequence[Pin]) -> list[Pin]:
    """Pins as the page numbers them: what was asked for first."""
    return sorted(pins, key=lambda pin: (not pin.direct, pin.name))


def _node(pin: Pin, index: int, place: tuple[int, float]) -> Node:
    name = shown(pin.name)
    return Node(
        name=name,
        text=_cut(name),
        version=_cut(shown(pin.version)),
        anchor=f"pin-{index}",
        column=place[0],
        x=_x(place[0]),
        y=round(_y(place[1]) - _HEIGHT / 2, 1),
        is_direct=pin.direct,
        is_warned=any(reason.level is not Level.INFO for reason in pin.reasons),
    )


def _cut(text: str) -> str:
    """What fits of a text; names that begin alike differ at the end."""
    half = _MOST_CHARACTERS // 2
    return text if len(text) <= _MOST_CHARACTERS else f"{text[:half]}…{text[1 - half :]}"


def _x(column: int) -> float:
    return _MARGIN + column * _STEP


def _y(height: float) -> float:
    return round(_MARGIN + height * _ROW, 1)


def _path(x1: float, y1: float, x2: float, y2: float, *, through: bool) -> str:
    middle = (x1 + x2) / 2
    end = f" H{x2 + _WIDTH:g}" if through else ""
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}{end}"


def _back(places: dict[str, tuple[int, float]], source: str, target: str) -> str:
    """Out of the left side of one and around into the right side of the other."""
    (start, y1), (end, y2) = places[source], places[target]
    x1, x2 = _x(start), _x(end) + _WIDTH
    return f"M{x1:g} {_y(y1):g}C{x1 - 40:g} {_y(y1):g} {x2 + 40:g} {_y(y2):g} {x2:g} {_y(y2):g}"
