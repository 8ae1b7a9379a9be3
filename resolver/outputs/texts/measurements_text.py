"""Figures of a measuring session for a person: one table for each benchmark."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.measuring.report import Figure, MeasurementReport
from resolver.durations import duration
from resolver.outputs.texts.columns import table


def measurements_text(report: MeasurementReport) -> str:
    """The whole text."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: MeasurementReport) -> Iterator[str]:
    environment = report.environment
    cpu = environment.text("cpu.microarchitecture") or environment.text("cpu.vendor") or "unknown processor"
    yield (
        f"Measured on {cpu}, {environment.text('cores') or '?'} cores, "
        f"Python {environment.text('python.version')}, {report.created_at}"
    )
    by_benchmark: dict[str, list[Figure]] = {}
    for figure in report.figures:
        by_benchmark.setdefault(figure.measurement.benchmark, []).append(figure)
    for name, figures in by_benchmark.items():
        first = figures[0].measurement
        size = f" ({first.size})" if first.size else ""
        yield ""
        yield f"{name}{size}"
        best = min(figure.value for figure in figures)
        rows = [["release", "median", "least", "to the best", "load"]]
        rows += [_row(figure, best) for figure in figures]
        yield from table(rows, 100, give=1, indent="  ")
    if not report.figures:
        yield "Nothing was measured."
    if report.unknowns:
        yield ""
    for unknown in report.unknowns:
        yield f"not measured: {unknown.what} with {unknown.where}: {unknown.reason}"


def _row(figure: Figure, best: float) -> list[str]:
    return [
        str(figure.subject[0]),
        duration(figure.value, figure.unit),
        duration(figure.measurement.minimum, figure.unit),
        f"{figure.value / best:.2f} times",
        f"{figure.measurement.load:.1f}",
    ]
