"""Charts as one page of HTML: no script, nothing is loaded from anywhere; it fits phones, light and dark."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from resolver.outputs.plots.charts import Chart, Line, Stroke

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_SIZES = {"wide": (880, 380), "narrow": (360, 300)}
"""Each chart is drawn twice; the style shows the one that fits, since text in a picture does not reflow."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 12, 10, 44
_COLOURS = 9
_TICKS = {"wide": 7, "narrow": 4}
_KNEE = 10.0
"""A logarithmic axis of moves is linear up to here, for it begins at 0."""

_STYLE = """
:root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181d; --ink: #e6edf3; } }
body { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; margin: 0 auto;
  max-width: 900px; padding: .8rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 1.4rem 0 .2rem; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .9rem; }
td, th { padding: .1rem .8rem .1rem 0; text-align: right; }
"""
_CHARTS = """
:root { --faint: #d8dee4; --c0: #7f9fbf; --c1: #0b6bb8; --c2: #c2410c; --c3: #7c3aed; --c4: #15803d;
  --c5: #b45309; --c6: #be185d; --c7: #0f766e; --c8: #57534e; }
@media (prefers-color-scheme: dark) { :root { --faint: #343b44;
  --c0: #5d7894; --c1: #58a6ff; --c2: #ff9e64; --c3: #b99bff; --c4: #56d364; --c5: #e3b341; --c6: #ff7eb6;
  --c7: #4fd1c5; --c8: #b3aca4; } }
.chart svg { display: block; width: 100%; height: auto; }
.chart svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
.grid { stroke: var(--faint); } .curve { fill: none; } .thin { stroke-width: 1; } .bold { stroke-width: 2.2; }
.dashed { stroke-width: 1.6; stroke-dasharray: 6 4; } .band { stroke: none; fill-opacity: .16; }
.chart .narrow { display: none; }
@media (max-width: 600px) { .chart .wide { display: none; } .chart .narrow { display: block; } }
.legend { list-style: none; padding: 0; margin: .2rem 0; display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; }
.legend svg { display: inline-block; width: 28px; height: 10px; margin-right: .4rem; }
"""
_PAINT = "".join(
    f".l{n} {{ stroke: var(--c{n}); }} .f{n} {{ fill: var(--c{n}); }}\n" for n in range(_COLOURS)
)
CHART_STYLE = _CHARTS + _PAINT
"""What the charts of a page need beside its own style, which defines ``--ink``."""


def page(title: str, charts: Sequence[Chart], table: Sequence[Sequence[str]] = ()) -> str:
    """The page.

    Args:
        title: of all.
        charts: one below the other.
        table: its first row has the headings; none where there is no row.
    """
    parts = "".join(drawn(chart) for chart in charts)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<title>{escape(title)}</title>
<style>{_STYLE}{CHART_STYLE}</style>
</head>
<body>
<h1>{escape(title)}</h1>
{parts}{"".join(_rows(table))}</body>
</html>
"""


def _rows(table: Sequence[Sequence[str]]) -> Iterator[str]:
    if table:
        yield "<table>\n"
        for number, row in enumerate(table):
            tag = "td" if number else "th"
            yield f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in row)}</tr>\n"
        yield "</table>\n"


def drawn(chart: Chart, heading: str = "h2") -> str:
    """One chart with heading and legend, as a part of a page that has `CHART_STYLE`."""
    legend = "".join(
        '<li><svg viewBox="0 0 28 10" aria-hidden="true">'
        f'<path class="curve {_look(line)}" d="M0 5H28"/></svg>'
        f"{escape(line.label)}</li>"
        for line in chart.lines
    )
    pictures = "".join(part for name in _SIZES for part in _Drawing(chart, name).parts())
    title = f"<{heading}>{escape(chart.title)}</{heading}>"
    return f'<div class="chart">{title}\n<ul class="legend">{legend}</ul>\n{pictures}</div>\n'


def _look(line: Line) -> str:
    return f"{line.stroke.value} l{line.colour % _COLOURS}"


class _Drawing:
    """A chart in one size."""

    def __init__(self, chart: Chart, name: str) -> None:
        self._chart = chart
        self._name = name
        self._width, self._height = _SIZES[name]
        self._end = max(1.0, *(line.x[-1] for line in chart.lines))
        values = [value for line in chart.lines for value in line.y]
        low = min(values) if chart.lowest is None else chart.lowest
        high = max(values) if chart.highest is None else chart.highest
        if low == high:
            low, high = low - 0.5, high + 0.5
        if chart.is_y_logarithmic:
            low, high = 10 ** math.floor(math.log10(low)), 10 ** math.ceil(math.log10(high))
        self._low, self._high = low, high

    def parts(self) -> Iterator[str]:
        """The picture as SVG."""
        chart, width, height = self._chart, self._width, self._height
        label = escape(f"{chart.title}: {chart.y_label} by {chart.x_label}")
        yield f'<svg class="{self._name}" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">\n'
        box = f'x="{_LEFT}" y="{_TOP}" width="{width - _LEFT - _RIGHT}" height="{height - _TOP - _BOTTOM}"'
        yield f'<clipPath id="{self._id}"><rect {box}/></clipPath>\n'
        yield from self._axes()
        yield f'<g clip-path="url(#{self._id})">\n'
        for line in chart.lines:
            yield from self._line(line)
        yield "</g>\n</svg>\n"

    @property
    def _id(self) -> str:
        return f"{self._name}-{'-'.join(str(ord(letter)) for letter in self._chart.title[:40])}"

    def _axes(self) -> Iterator[str]:
        bottom, right = self._height - _BOTTOM, self._width - _RIGHT
        for value in self._y_ticks():
            y = self._y(value)
            yield f'<line class="grid" x1="{_LEFT}" x2="{right}" y1="{y}" y2="{y}"/>'
            yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:g}</text>\n'
        for move in self._x_ticks():
            x = self._x(move)
            yield f'<line class="grid" x1="{x}" x2="{x}" y1="{_TOP}" y2="{bottom}"/>'
            anchor = "end" if x > right - 24 else "middle"
            yield f'<text x="{x}" y="{bottom + 16}" text-anchor="{anchor}">{move:,.0f}</text>\n'
        middle = (_TOP + bottom) / 2
        yield (
            f'<text x="{(_LEFT + right) / 2}" y="{self._height - 8}" text-anchor="middle">'
            f"{escape(self._chart.x_label)}</text>\n"
            f'<text x="12" y="{middle}" text-anchor="middle" transform="rotate(-90 12 {middle})">'
            f"{escape(self._chart.y_label)}</text>\n"
        )

    def _line(self, line: Line) -> Iterator[str]:
        is_stepped = line.stroke is not Stroke.THIN
        if line.band is not None:
            low, high = (self._corners(line.x, side, is_stepped=True) for side in line.band)
            area = "L".join(f"{x} {y}" for x, y in (*high, *reversed(low)))
            yield f'<path class="band f{line.colour % _COLOURS}" d="M{area}Z"/>\n'
        corners = self._corners(line.x, line.y, is_stepped=is_stepped)
        if len(corners) == 1:
            (x, y) = corners[0]
            yield f'<circle class="f{line.colour % _COLOURS}" cx="{x}" cy="{y}" r="4"/>\n'
            return
        path = "L".join(f"{x} {y}" for x, y in corners)
        yield f'<path class="curve {_look(line)}" d="M{path}"/>\n'

    def _corners(
        self, xs: Sequence[float], ys: Sequence[float], *, is_stepped: bool
    ) -> list[tuple[float, float]]:
        found: list[tuple[float, float]] = []
        for move, value in zip(xs, ys, strict=True):
            x, y = self._x(move), self._y(value)
            if is_stepped and found and found[-1][1] != y:
                found.append((x, found[-1][1]))
            found.append((x, y))
        return found

    def _x(self, moves: float) -> float:
        share = moves / self._end
        if self._chart.is_x_logarithmic:
            share = _flattened(moves) / _flattened(self._end)
        return round(_LEFT + share * (self._width - _LEFT - _RIGHT), 1)

    def _y(self, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        if self._chart.is_y_logarithmic:
            share = math.log(value / self._low) / math.log(self._high / self._low)
        share = min(2.0, max(-1.0, share))  # far outside is outside
        return round(self._height - _BOTTOM - share * (self._height - _TOP - _BOTTOM), 1)

    def _x_ticks(self) -> list[float]:
        if not self._chart.is_x_logarithmic:
            return _even(0, self._end, _TICKS[self._name], whole=True)
        return [0, *(10.0**power for power in range(1, int(math.log10(self._end)) + 1))]

    def _y_ticks(self) -> list[float]:
        if not self._chart.is_y_logarithmic:
            return _even(self._low, self._high, 6)
        low, high = round(math.log10(self._low)), round(math.log10(self._high))
        return [10.0**power for power in range(low, high + 1, 1 + (high - low) // 6)]


def _flattened(moves: float) -> float:
    return moves / _KNEE if moves <= _KNEE else 1 + math.log10(moves / _KNEE)


def _even(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """Round numbers at even distances."""
    rough = (high - low) / most
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    if whole:
        step = max(1.0, step)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(number * step, 12) for number in range(first, last + 1)]
