"""The course of a search on the page of an advice: charts, and the numbers behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from markupsafe import Markup

from resolver.landscapes.history import SearchHistory
from resolver.outputs.pages.blocks import Block, Fold, Picture, Section
from resolver.outputs.pages.contents import Contents, Record
from resolver.outputs.pages.leaves import shown
from resolver.outputs.plots.charts import course
from resolver.outputs.plots.page import drawn
from resolver.outputs.texts.columns import counted
from resolver.reports.advice import Advice


def history_section(advice: Advice, told: dict[str, object]) -> Section | None:
    """Charts and numbers, which are taken out of what is to be told; None where nothing was recorded."""
    record = told.pop("history")
    if advice.history is None or not isinstance(record, Mapping):
        return None
    history = advice.history
    contents = Contents()
    signals = {f"signal {name}": values for name, values in history.signals.items()}
    columns: dict[str, Sequence[object]] = {
        **{name: getattr(history, name) for name in ("moves", "score", "best", "bound")},
        **signals,
    }
    rows: list[Record] = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    table = contents.table(rows, tuple(columns))
    blocks: list[Block] = []
    if len(rows) > 1:
        charts = course(_printable(history))
        blocks += [Picture(markup=Markup(drawn(chart, "h3"))) for chart in charts]
        lead = "Score of the present and the best stack, and the bound, by moves from stack to stack."
    else:
        lead = (
            "The first stack was the last: there was nothing better to look for."
            if advice.gap == 0
            else "No move was made."
        )
    rest = contents.entries(record, ("moves", "score", "best", "bound", "signals"))
    blocks += [block for block in (rest,) if block is not None]
    section = Section(anchor="history", title="How the search went", lead=lead, blocks=tuple(blocks))
    if table is None:
        return section
    fold = Fold(summary=f"Show {counted(len(rows), 'row')} of numbers", blocks=(table,))
    return msgspec.structs.replace(section, blocks=(*blocks, fold))


def _printable(history: SearchHistory) -> SearchHistory:
    """With names that steer nothing: predictors and their signals may be somebody's own."""
    signals = {shown(name): values for name, values in history.signals.items()}
    return msgspec.structs.replace(history, predictor=shown(history.predictor), signals=signals)
