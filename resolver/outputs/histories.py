"""How searches went, as files: pictures, a page, tables; the name of the file says which."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from resolver.errors import InputError
from resolver.landscapes.history import SearchHistory
from resolver.outputs.files import check_place, write_output
from resolver.outputs.json_text import json_text
from resolver.progress import points

PICTURES = (".png", ".svg")
SUFFIXES = (*PICTURES, ".html", ".csv", ".json")
_MOST_TOLD = 30
"""Improvements that a page lists."""


def check_path(path: Path, option: str = "--plot") -> None:
    """Refuse a file that could not be written when the search is over.

    Raises:
        InputError: its name says no format, it cannot be there, or what draws it is missing.
    """
    names = f"name a file {', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{option} {path}: the name does not say a format", names)
    check_place(path, option)
    if path.suffix.lower() in PICTURES:
        from resolver.outputs.plots.figures import is_there

        if not is_there():
            raise InputError(
                f"{option} {path}: pictures need matplotlib, which is not installed",
                "pip install 'stackwright[plot]', or name a file .html, .csv or .json",
            )


def write_history(history: SearchHistory, path: Path) -> None:
    """One search, in the format that the name says; see `check_path`.

    Raises:
        OutputError: it cannot be written there.
    """
    match path.suffix.lower():
        case ".csv":
            write_output(path, as_csv(history), "--plot")
        case ".json":
            text = json_text(history)
            write_output(path, text, "--plot")
        case ".html":
            from resolver.outputs.plots.charts import course
            from resolver.outputs.plots.page import page

            write_output(
                path, page("Course of the search", course(history), _improvements(history)), "--plot"
            )
        case suffix:
            from resolver.outputs.plots.charts import course
            from resolver.outputs.plots.figures import figure

            write_output(path, figure(course(history), suffix[1:]), "--plot")


def comparison(
    histories: Mapping[str, Sequence[SearchHistory]], path: Path, title: str = "", option: str = "--plot"
) -> None:
    """Searches of one instance side by side, by label: a picture, a page, or every row of all as a table.

    Args:
        histories: label, such as the predictor, to its runs, each at least one.
        path: its suffix is the format.
        title: what is compared.
        option: that named the file, for errors.

    Raises:
        InputError: see `check_path`.
        OutputError: it cannot be written there.
    """
    check_path(path, option)
    match path.suffix.lower():
        case ".csv":
            write_output(path, _all_as_csv(histories), option)
        case ".json":
            text = json_text(histories)
            write_output(path, text, option)
        case ".html":
            from resolver.outputs.plots.charts import compared
            from resolver.outputs.plots.page import page

            heading = title or "Comparison of searches"
            write_output(path, page(heading, compared(histories, title), _finals(histories)), option)
        case suffix:
            from resolver.outputs.plots.charts import compared
            from resolver.outputs.plots.figures import figure

            write_output(path, figure(compared(histories, title), suffix[1:]), option)


def as_csv(history: SearchHistory) -> str:
    """A row for each that was kept; scores in millionths, empty where the predictor showed nothing."""
    return _csv(["moves", "score", "best", "bound", *history.signals], _rows(history, list(history.signals)))


def _all_as_csv(histories: Mapping[str, Sequence[SearchHistory]]) -> str:
    signals = sorted({name for runs in histories.values() for run in runs for name in run.signals})
    rows = [
        [label, number, *row]
        for label, runs in histories.items()
        for number, run in enumerate(runs)
        for row in _rows(run, signals)
    ]
    return _csv(["label", "run", "moves", "score", "best", "bound", *signals], rows)


def _rows(history: SearchHistory, signals: Sequence[str]) -> list[list[object]]:
    nothing = (None,) * len(history.moves)
    columns = (
        *(history.moves, history.score, history.best, history.bound),
        *(history.signals.get(name, nothing) for name in signals),
    )
    return [list(row) for row in zip(*columns, strict=True)]


def _csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows(rows)
    return text.getvalue()


def _improvements(history: SearchHistory) -> list[list[str]]:
    """The last improvements, for a page."""
    rows = [["moves", "best", "bound", "gap"]]
    before: int | None = None
    for moves, best, bound in zip(history.moves, history.best, history.bound, strict=True):
        if before is None or best > before:
            rows.append([f"{moves:,}", points(best), points(bound), points(bound - best)])
        before = best
    return rows if len(rows) <= _MOST_TOLD + 1 else [rows[0], *rows[-_MOST_TOLD:]]


def _finals(histories: Mapping[str, Sequence[SearchHistory]]) -> list[list[str]]:
    """How each search ended, for a page."""
    rows = [["", "run", "moves", "best", "bound", "gap"]]
    for label, runs in histories.items():
        for number, run in enumerate(runs, 1):
            best, bound = run.best[-1], run.bound[-1]
            told = [points(best), points(bound), points(bound - best)]
            rows.append([label, str(number), f"{run.moves[-1]:,}", *told])
    return rows
