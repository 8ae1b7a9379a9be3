"""Figures of a measuring session for a person: one table for each benchmark."""

from __future__ import annotations

from collections.abc import Iterator

from knowledge.measuring.report import Figure, MeasurementReport
from resolver.outputs.columns import table

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


def measurements_text(report: MeasurementReport) -> str:
    """The whole text."""
    return "".join(f"{line}\n" for line in _lines(report))


def duration(value: float, unit: str) -> str:
    """A figure with three digits, such as ``29.4 ms``; a script's own unit stays unnamed."""
    if unit != "s":
        return f"{value:.3g} ({unit})"
    size, name = next(((s, n) for s, n in _UNITS if value >= s), _UNITS[-1])
    scaled = value / size
    return f"{scaled:.0f} {name}" if scaled >= 100 else f"{scaled:.3g} {name}"


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
