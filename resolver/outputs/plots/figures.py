"""Draws charts as PNG or SVG by matplotlib, which is imported here alone; the same charts, the same SVG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from resolver.outputs.plots.charts import Chart, Line, Stroke

COLOURS = ("#88aacc", "#0b6bb8", "#c2410c", "#7c3aed", "#15803d", "#b45309", "#be185d", "#0f766e", "#57534e")
_WIDTH = 9.0
_HEIGHTS = (4.6, 2.0)
"""In inches, of the first chart and of each further one."""
_LOOK: dict[Any, Any] = {
    "svg.hashsalt": "stackwright",
    "text.parse_math": False,
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_MARKED = 1
"""A line of so many points is a mark: nothing else could be seen."""


def is_there() -> bool:
    """Whether matplotlib is installed."""
    from importlib.util import find_spec

    return find_spec("matplotlib") is not None


def figure(charts: Sequence[Chart], form: str) -> bytes:
    """The charts, one below the other.

    Args:
        charts: at least one.
        form: ``png`` or ``svg``.
    """
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    heights = [_HEIGHTS[min(number, 1)] for number in range(len(charts))]
    with matplotlib.rc_context(_LOOK):
        drawn = Figure(figsize=(_WIDTH, sum(heights)), layout="constrained")
        FigureCanvasAgg(drawn)
        panels = drawn.subplots(len(charts), 1, squeeze=False, height_ratios=heights)
        for axes, chart in zip(panels[:, 0], charts, strict=True):
            _draw(axes, chart)
        written = io.BytesIO()
        metadata = {"Date": None} if form == "svg" else {"Software": None}
        drawn.savefig(written, format=form, dpi=130, metadata=metadata)
    return written.getvalue()


def _draw(axes: Any, chart: Chart) -> None:
    for line in chart.lines:
        _line(axes, line)
    if chart.is_x_logarithmic:
        axes.set_xscale("symlog", linthresh=10)
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set_xlim(0, max(1.0, *(line.x[-1] for line in chart.lines)))
    if chart.is_y_logarithmic:
        axes.set_yscale("log")
    axes.set(xlabel=chart.x_label, ylabel=chart.y_label, ylim=(chart.lowest, chart.highest))
    axes.set_title(chart.title, loc="left", fontsize=10)
    axes.grid(visible=True, color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    if len(chart.lines) > 1:
        axes.legend(loc="lower right", frameon=False)


def _line(axes: Any, line: Line) -> None:
    colour = COLOURS[line.colour % len(COLOURS)]
    looks: dict[Stroke, dict[str, object]] = {
        Stroke.BOLD: {"linewidth": 2, "drawstyle": "steps-post"},
        Stroke.THIN: {"linewidth": 0.8},
        Stroke.DASHED: {"linewidth": 1.5, "linestyle": "--", "drawstyle": "steps-post"},
    }
    marker = {"marker": "o", "markersize": 4} if len(line.x) <= _MARKED else {}
    axes.plot(line.x, line.y, color=colour, label=line.label, **looks[line.stroke], **marker)
    if line.band is not None:
        axes.fill_between(line.x, *line.band, color=colour, alpha=0.15, step="post", linewidth=0)
