"""What a picture of searches shows, whatever draws it: lines over moves, with labels and units."""

from __future__ import annotations

import enum
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from statistics import median

import msgspec

from resolver.landscapes.history import SearchHistory
from resolver.progress import points

MANY_MOVES = 2_000
"""With more moves than these the axis is logarithmic: most happens in the beginning."""
POINTS = 250
"""Places at which several runs are compared."""
_MOVES = "moves"
_SCORE = "score (points; 0 is perfect)"
_FAR = 0.05
"""Share of the worst scores that may lie below the picture: a walk can fall far."""
_UNITS = {"temperature": "millionths of a point"}
"""Of what predictors show and that has one."""
_RATIO = 50
"""Positive values that differ by more than this factor get a logarithmic axis."""


class Stroke(enum.Enum):
    """How a line is drawn: BOLD and DASHED ones keep a value until it changes."""

    BOLD = "bold"
    THIN = "thin"
    DASHED = "dashed"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line.

    Attributes:
        label: in the legend.
        colour: number of its colour.
        band: lowest and highest values around it, where it stands for several runs.
    """

    label: str
    stroke: Stroke
    colour: int
    x: Sequence[float]
    y: Sequence[float]
    band: tuple[Sequence[float], Sequence[float]] | None = None


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """Lines over one axis.

    Attributes:
        title: what it shows, in a sentence.
        y_label: with the unit.
        lowest: what lies below is not shown; None for everything.
        highest: likewise above.
    """

    title: str
    y_label: str
    lines: tuple[Line, ...]
    x_label: str = _MOVES
    is_x_logarithmic: bool = False
    is_y_logarithmic: bool = False
    lowest: float | None = None
    highest: float | None = None


def course(history: SearchHistory) -> list[Chart]:
    """One search: its scores and the bound, and below a chart for each signal of the predictor."""
    moves = history.moves
    best, bound = history.best[-1], history.bound[-1]
    if best == bound:
        quality = "optimal"
    else:
        quality = f"bound {points(bound)}, gap {points(bound - best)}"
    title = f"{history.predictor}: best {points(best)} after {moves[-1]:,} moves, {quality}"
    lines = (
        Line(label="present stack", stroke=Stroke.THIN, colour=0, x=moves, y=_points(history.score)),
        Line(label="best stack", stroke=Stroke.BOLD, colour=1, x=moves, y=_points(history.best)),
        Line(label="bound", stroke=Stroke.DASHED, colour=2, x=moves, y=_points(history.bound)),
    )
    ordered = sorted(history.score)
    worst = min(ordered[int(_FAR * len(ordered))], history.best[0])
    lowest, highest = _room(worst / 1e6, max(history.bound) / 1e6)
    is_long = moves[-1] > MANY_MOVES
    charts = [
        Chart(
            title=title,
            y_label=_SCORE,
            lines=lines,
            is_x_logarithmic=is_long,
            lowest=lowest,
            highest=highest,
        )
    ]
    for number, (name, values) in enumerate(history.signals.items(), 3):
        shown = [(move, value) for move, value in zip(moves, values, strict=True) if value is not None]
        if shown:
            x, y = zip(*shown, strict=True)
            line = Line(label=name, stroke=Stroke.THIN, colour=number, x=x, y=y)
            is_wide = min(y) > 0 and max(y) / min(y) > _RATIO
            charts.append(
                Chart(
                    title=f"{name} of {history.predictor}",
                    y_label=f"{name} ({_UNITS[name]})" if name in _UNITS else name,
                    lines=(line,),
                    is_x_logarithmic=is_long,
                    is_y_logarithmic=is_wide,
                )
            )
    return charts


def compared(histories: Mapping[str, Sequence[SearchHistory]], title: str = "") -> list[Chart]:
    """Searches of one instance side by side: the median of each label's runs, with the worst and the best.

    Args:
        histories: label, such as the predictor, to its runs.
        title: what is compared.
    """
    end = max(run.moves[-1] for runs in histories.values() for run in runs)
    is_long = end > MANY_MOVES
    places = _places(end, logarithmic=is_long)
    lines = []
    for number, (label, runs) in enumerate(histories.items(), 1):
        columns = [[_at(run, place) for place in places if place <= run.moves[-1]] for run in runs]
        rows = [
            sorted(column[row] for column in columns if row < len(column))
            for row in range(max(map(len, columns)))
        ]
        shown = f"{label} (median of {len(runs)}, shaded: worst to best)" if len(runs) > 1 else label
        band = ([row[0] for row in rows], [row[-1] for row in rows]) if len(runs) > 1 else None
        lines.append(
            Line(
                label=shown,
                stroke=Stroke.BOLD,
                colour=number,
                x=places[: len(rows)],
                y=[median(row) for row in rows],
                band=band,
            )
        )
    bound = min(run.bound[-1] for runs in histories.values() for run in runs) / 1e6
    lines.append(Line(label="bound", stroke=Stroke.DASHED, colour=0, x=(0, end), y=(bound, bound)))
    lowest, highest = _room(min(min(line.y) for line in lines), bound)
    return [
        Chart(
            title=title or "best score by moves",
            y_label=f"best {_SCORE}",
            lines=tuple(lines),
            is_x_logarithmic=is_long,
            lowest=lowest,
            highest=highest,
        )
    ]


def _points(millionths: Sequence[int]) -> list[float]:
    return [value / 1e6 for value in millionths]


def _room(lowest: float, highest: float) -> tuple[float, float]:
    """The same with some room, so that no line lies on the frame."""
    room = 0.06 * (highest - lowest) or 0.001
    return lowest - room, highest + room


def _places(end: int, *, logarithmic: bool) -> list[int]:
    shares = [number / (POINTS - 1) for number in range(POINTS)]
    if logarithmic:
        return sorted({0, *(round(end**share) for share in shares)})
    return sorted({round(end * share) for share in shares})


def _at(history: SearchHistory, moves: int) -> float:
    """Score of the best stack after so many moves, in points."""
    return history.best[max(0, bisect_right(history.moves, moves) - 1)] / 1e6
