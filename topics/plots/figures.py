"""Figures as PNG or SVG, by matplotlib; the same data give the same bytes of an SVG."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from topics.extras import imported
from topics.modelling.quality import TopicQuality
from topics.plots.maps import PackagePoint, TopicPoint
from topics.plots.predictions import Confusion, RiskPoint

COLOURS = ("#4477aa", "#ee6677", "#228833", "#ccbb44", "#66ccee", "#aa3377", "#bbbbbb", "#ee7733", "#009988")
_LABELLED = 12


@contextmanager
def _figure(path: Path, width: float = 9.0, height: float = 6.0, columns: int = 1) -> Iterator[Any]:
    """Axes to draw on; the file is written when the block ends, its suffix is its format."""
    matplotlib = imported("matplotlib", "plots")
    figures, canvas = (
        imported("matplotlib.figure", "plots"),
        imported("matplotlib.backends.backend_agg", "plots"),
    )
    with matplotlib.rc_context({"svg.hashsalt": "stackwright", "font.size": 9, "axes.spines.top": False,
                                "axes.spines.right": False}):  # fmt: skip
        figure = figures.Figure(figsize=(width, height), layout="constrained")
        canvas.FigureCanvasAgg(figure)
        yield figure.add_subplot() if columns == 1 else figure.subplots(1, columns)
        figure.savefig(
            path, dpi=120, metadata={"Date": None} if path.suffix == ".svg" else {"Software": None}
        )


def draw_topics(path: Path, points: Sequence[TopicPoint]) -> None:
    """The distances of topics; areas are shares of words."""
    with _figure(path) as axes:
        axes.scatter(
            [point.x for point in points], [point.y for point in points], alpha=0.5, linewidths=0,
            s=[20 + 12_000 * point.share for point in points], c=[_colour(point.number) for point in points],
        )  # fmt: skip
        for point in points:
            axes.annotate(point.name, (point.x, point.y), fontsize=7, ha="center", va="center")
        axes.set(title="Topics: close together shares terms", xticks=[], yticks=[])


def draw_packages(path: Path, points: Sequence[PackagePoint], names: Mapping[int, str]) -> None:
    """Packages, coloured by their greatest topic; the most frequent topics are in the legend."""
    frequent: dict[int, int] = {}
    for point in points:
        frequent[point.topic] = frequent.get(point.topic, 0) + 1
    shown = sorted(frequent, key=lambda topic: (-frequent[topic], topic))
    with _figure(path) as axes:
        for place, topic in enumerate(shown):
            there = [point for point in points if point.topic == topic]
            axes.scatter(
                [point.x for point in there], [point.y for point in there], s=6, linewidths=0,
                c=_colour(topic),
                label=names.get(topic, str(topic)) if place < _LABELLED else None,
            )  # fmt: skip
        if points:
            axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
        axes.set(title="Packages by their topics", xticks=[], yticks=[])


def draw_risk(path: Path, points: Sequence[RiskPoint]) -> None:
    """Precision against coverage."""
    with _figure(path, 6, 4) as axes:
        axes.plot([point.coverage for point in points], [point.precision for point in points], c=COLOURS[0])
        axes.set(
            xlabel="packages answered", ylabel="first labels that are right", xlim=(0, 1), ylim=(0, 1.02)
        )


def draw_confusion(path: Path, confusion: Confusion) -> None:
    """A square for each pair of labels, dark where it is frequent among the row's."""
    size = 3 + 0.28 * len(confusion.labels)
    rows = [[count / max(sum(row), 1) for count in row] for row in confusion.counts]
    with _figure(path, size + 1, size) as axes:
        axes.imshow(rows, cmap="Blues", vmin=0, vmax=1)
        places = range(len(confusion.labels))
        axes.set_xticks(places, confusion.labels, rotation=90, fontsize=7)
        axes.set_yticks(places, confusion.labels, fontsize=7)
        axes.set(xlabel="predicted first", ylabel="has")


def draw_quality(path: Path, measured: Sequence[TopicQuality]) -> None:
    """NPMI, c_v, diversity and stability against the number of topics, a line for each kind of model."""
    kinds = list(dict.fromkeys(entry.kind for entry in measured))
    measures = ("npmi", "c_v", "diversity", "stability")
    with _figure(path, 13, 3.6, len(measures)) as panels:
        for axes, measure in zip(panels, measures, strict=True):
            for number, kind in enumerate(kinds):
                own = sorted(
                    (entry for entry in measured if entry.kind == kind), key=lambda entry: entry.topics
                )
                axes.plot(
                    [entry.topics for entry in own], [getattr(entry, measure) for entry in own],
                    marker="o", markersize=4, c=_colour(number), label=kind,
                )  # fmt: skip
            axes.set(xlabel="topics", title=measure)
        panels[0].legend(fontsize=8, frameon=False)


def _colour(number: int) -> str:
    return COLOURS[number % len(COLOURS)]
