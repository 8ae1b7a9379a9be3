"""An advice as a page: the verdict, every pin with its reasons, and all else that the report holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from markupsafe import Markup

from analyzers.evidence import Justification, Level
from analyzers.source.report import SourceReport
from images.report import ImageReport
from resolver.advice import Advice, Pin, Status
from resolver.outputs.columns import counted
from resolver.outputs.pages.blocks import (
    Block,
    Entries,
    Fold,
    Items,
    Leaf,
    Line,
    Page,
    Picture,
    Row,
    Section,
    Table,
    Text,
    Tile,
)
from resolver.outputs.pages.contents import Contents, Record
from resolver.outputs.pages.leaves import leaf, shown
from resolver.outputs.pages.parts import (
    environment_section,
    finding_sections,
    further_section,
    made_by,
    opened,
    run_section,
    unknowns_section,
)
from resolver.outputs.pages.rendering import fragment, rendered_page
from resolver.outputs.pages.score_bars import bars
from resolver.outputs.pages.stack_graph import MOST_NODES, ordered, stack_graph
from resolver.outputs.plots.charts import course
from resolver.outputs.plots.page import drawn
from resolver.progress import points
from resolver.search.history import SearchHistory
from resolver.units.sieves.prereleases import PrereleasesSieve

_VERDICTS: Mapping[Status, tuple[str, str, str]] = {
    Status.OPTIMAL: ("optimal", "good", "No stack scores better: that is proven."),
    Status.FEASIBLE: ("feasible", "good", "It meets every requirement; a better one may be left to find."),
    Status.NOT_PROVEN: ("not proven", "fair", "None was found, and that there is none is not proven."),
    Status.REFUTED: (
        "refuted",
        "bad",
        "Every stack that the metadata admits fails when it runs: evidence says so.",
    ),
    Status.UNSATISFIABLE: ("unsatisfiable", "bad", "There is none: that is proven."),
}
"""Status to the word, its tone, and what it means."""
_MOST_NAMED = 3
_FIRST = ("reasons", "rejected", "artifacts")
"""Fields of a pin that come first behind its summary."""


def advice_page(
    advice: Advice, target: str, scan: SourceReport | None = None, image: ImageReport | None = None
) -> str:
    """The page.

    Args:
        advice: with the history of the search, where there is one.
        target: what it is for, in words.
        scan: of the code that is advised on; its findings are told as well.
        image: that is advised for, likewise.
    """
    told: dict[str, object] = msgspec.to_builtins(advice)
    asked = _asked(advice, told, target)
    sections = [part for part in _sections(advice, told) if part is not None]
    if scan is not None:
        sections += finding_sections("code-findings", "Findings in the code", scan.findings)
    if image is not None:
        sections += finding_sections("image-findings", "Findings in the image", image.findings)
    sections += [
        part
        for part in (
            environment_section(told, "What is known of the target"),
            unknowns_section(told),
            run_section(told, ("recommendation", "predictor", "stopped_by", "statistics")),
            further_section(told),
        )
        if part is not None
    ]
    word, tone, meaning = _VERDICTS[advice.status]
    return rendered_page(
        Page(
            kind="advice",
            headline=_headline(advice),
            verdict=word,
            tone=tone,
            lead=(advice.diagnosis and shown(advice.diagnosis)) or meaning,
            entries=asked,
            tiles=tuple(_tiles(advice)),
            sections=tuple(sections),
            made_by=made_by(advice),
            made_at=shown(advice.created_at),
        )
    )


def _headline(advice: Advice) -> str:
    asked = [shown(text) for text in advice.requirements]
    names = ", ".join(asked[:_MOST_NAMED]) + (
        f" and {len(asked) - _MOST_NAMED} more" if len(asked) > _MOST_NAMED else ""
    )
    about = f" for {names}" if names else ""
    if not advice.pins:
        return f"No stack{about}"
    count = "1 package" if len(advice.pins) == 1 else f"{len(advice.pins):,} packages"
    return f"{count}{about}"


def _tiles(advice: Advice) -> Iterator[Tile]:
    if advice.score is not None:
        yield Tile(label="Score", figure=leaf(advice.score, "score"), note="0 is perfect")
    if advice.bound is not None:
        yield Tile(label="Bound", figure=leaf(advice.bound, "bound"), note="no stack scores better")
    if advice.gap is not None:
        note = "nothing is left to gain" if advice.gap == 0 else "at most so much better"
        yield Tile(label="Gap", figure=leaf(advice.gap, "gap"), note=note)
    if advice.pins:
        direct = sum(pin.direct for pin in advice.pins)
        note = f"{direct:,} asked for, {len(advice.pins) - direct:,} needed by them"
        yield Tile(label="Packages", figure=Leaf(text=f"{len(advice.pins):,}"), note=note)
    warned = sum(reason.level is not Level.INFO for reason in _said(advice))
    yield Tile(
        label="Warnings",
        figure=Leaf(text=f"{warned:,}"),
        note="" if warned or not advice.pins else "nothing speaks against it",
    )
    effort = advice.statistics
    yield Tile(
        label="Search",
        figure=Leaf(text=f"{effort.elapsed_s:.1f} s", value=repr(effort.elapsed_s)),
        note=f"{effort.moves:,} moves, {effort.releases_read:,} releases read",
    )


def _said(advice: Advice) -> Iterator[Justification]:
    yield from advice.remarks
    for pin in advice.pins:
        yield from pin.reasons


def _asked(advice: Advice, told: dict[str, object], target: str) -> Entries:
    contents = Contents()
    found: list[tuple[str, Block]] = []
    requirements = contents.block(told.pop("requirements"))
    if requirements is not None:
        found.append(("Asked for", requirements))
    found.append(("For", Leaf(text=shown(target))))
    found.append(("Type", leaf(advice.recommendation)))
    if advice.stopped_by is not None and advice.predictor is not None:
        found.append(("Search ended by", leaf(advice.stopped_by.value)))
    return Entries(items=tuple(found))


def _sections(advice: Advice, told: dict[str, object]) -> Iterator[Section | None]:
    for name in ("status", "diagnosis", "bound", "gap"):
        told.pop(name)
    yield _explanation(told)
    yield _relaxations(told)
    yield _remarks(advice, told)
    yield _pins(advice, told)
    yield _score(advice, told)
    yield _graph(advice)
    yield _history(advice, told)
    yield _others(advice, told)
    yield _listed(told, "existing", "Locks that were there before")
    yield _listed(told, "code", "What the code asks for")


def _explanation(told: dict[str, object]) -> Section | None:
    sentences = Contents().block(told.pop("explanation"))
    if not isinstance(sentences, Items):
        return None
    stacked = msgspec.structs.replace(sentences, is_inline=False)
    return Section(anchor="why-not", title="Why there is no stack", blocks=(stacked,))


def _relaxations(told: dict[str, object]) -> Section | None:
    records = told.pop("relaxations")
    assert isinstance(records, Sequence)
    if not records:
        return None
    contents = Contents()
    rows: list[Row] = []
    for record in records:
        if not contents.has_room:
            break
        changes = tuple(
            Line(
                head=Leaf(
                    text=f"{contents.leaf(one['requirement']).text} to {contents.leaf(one['by']).text}"
                ),
                beside=(contents.leaf(one["where"]),),
            )
            for one in record["changes"]
        )
        pins = ", ".join(f"{name} {version}" for name, version in record["pins"].items())
        cells = (Items(items=changes), contents.leaf(pins), contents.leaf(record["score"], "score"))
        rest = contents.entries(record, ("changes", "pins", "score"))
        rows.append(Row(cells=cells, rest=rest))
    table = Table(
        columns=("Change", "Gives", "Score"),
        rows=tuple(rows), more=len(records) - len(rows), is_stacked=True,
    )  # fmt: skip
    return Section(
        anchor="what-helps",
        title="What would help",
        lead="The cheapest first; a stack that meets the changed requirements was found for each.",
        blocks=(table,),
        count=len(records),
    )


def _remarks(advice: Advice, told: dict[str, object]) -> Section | None:
    """What is said of the whole stack, and what warns of a pin."""
    records = told.pop("remarks")
    assert isinstance(records, Sequence)
    contents = Contents()
    said: list[tuple[str | None, Record]] = [(None, record) for record in records]
    said += [
        (f"{pin.name} {pin.version}", msgspec.to_builtins(reason))
        for pin in advice.pins
        for reason in pin.reasons
        if reason.level is not Level.INFO
    ]
    if not said:
        return None
    lines = (contents.reason(record, lead) for lead, record in said)
    block = contents.listed(lines, len(said))
    return Section(anchor="remarks", title="What to know", blocks=(block,), count=len(said))


def _pins(advice: Advice, told: dict[str, object]) -> Section | None:
    records = told.pop("pins")
    assert isinstance(records, Sequence)
    if not records:
        return None
    by_name: dict[str, Record] = {record["name"]: {**dict.fromkeys(_FIRST), **record} for record in records}
    contents = Contents()
    rows: list[Row] = []
    pins = ordered(advice.pins)
    for number, pin in enumerate(pins):
        if not contents.has_room:
            break
        rows.append(_pin(pin, by_name[pin.name], contents, number))
    table = Table(
        columns=("Package", "Version", "Asked for by", "Why this release"),
        rows=tuple(rows),
        more=len(pins) - len(rows),
        wide=3,
        is_stacked=True,
    )
    lead = "What was asked for, then what it needs. Each row opens to its evidence, files and newer releases."
    return Section(anchor="pins", title="The stack", lead=lead, blocks=opened(table), count=len(pins))


def _pin(pin: Pin, record: Record, contents: Contents, number: int) -> Row:
    name = f"{pin.name}[{','.join(pin.extras)}]" if pin.extras else pin.name
    asked = [*(["you"] if pin.direct else []), *pin.dependents]
    by = ", ".join(asked[:_MOST_NAMED]) + (
        f" and {len(asked) - _MOST_NAMED} more" if len(asked) > _MOST_NAMED else ""
    )
    hidden = ["name", "version", "extras"]
    hidden += ["direct", "dependents"] if len(asked) <= _MOST_NAMED else []
    counts = (("reason", pin.reasons), ("file", pin.artifacts), ("newer release", pin.rejected))
    summary = ", ".join(f"{len(many)} {noun}{'' if len(many) == 1 else 's'}" for noun, many in counts if many)
    return Row(
        cells=(Leaf(text=shown(name)), contents.leaf(pin.version), Leaf(text=shown(by)), _why(pin)),
        rest=contents.entries(record, hidden),
        summary=summary or "more",
        anchor=f"pin-{number}",
    )


def _why(pin: Pin) -> Block:
    """In one sentence; what warns goes before."""
    warning = next((reason for reason in pin.reasons if reason.level is not Level.INFO), None)
    if warning is not None:
        return Line(head=Leaf(text=shown(warning.message)), level=warning.level.value)
    if not pin.rejected:
        return Leaf(text="It is the newest.")
    # What code lacks is worth more words than what the target cannot use, and a pre-release the fewest.
    stable = [one for one in pin.rejected if one.unit != PrereleasesSieve.name]
    if not stable:
        return Leaf(text="It is the newest that is no pre-release.")
    warned = (one for one in stable if one.reason.level is not Level.INFO)
    rejection = next(warned, stable[0])
    return Leaf(text=shown(f"Not {rejection.version}: {rejection.reason.message}."))


def _score(advice: Advice, told: dict[str, object]) -> Section | None:
    told.pop("score")
    weights = told.pop("weights")
    assert isinstance(weights, Mapping)
    if advice.score is None:
        return None
    found = bars(advice)
    lead = (
        "What each unit takes away, in points over all packages; the type of recommendation sets weights."
        if advice.score
        else "No unit takes anything away: the score is perfect."
    )
    return Section(
        anchor="score",
        title="Score by unit",
        lead=lead,
        blocks=(Picture(markup=fragment("bars.html", bars=found)),),
    )


def _graph(advice: Advice) -> Section | None:
    if not advice.pins:
        return None
    blocks: tuple[Block, ...]
    if len(advice.pins) > MOST_NODES:
        blocks = (
            Text(text=f"{len(advice.pins):,} packages are more than a picture can show; the table has all."),
        )
    else:
        graph = stack_graph(advice.pins)
        words = f"Graph of {len(advice.pins)} packages: each leads to what it needs"
        blocks = (Picture(markup=fragment("graph.html", graph=graph, label=words), is_scrolled=True),)
    lead = "From what was asked for, on the left, to what it needs; a box leads to its row of the table."
    return Section(anchor="graph", title="Who needs whom", lead=lead, blocks=blocks)


def _history(advice: Advice, told: dict[str, object]) -> Section | None:
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


def _others(advice: Advice, told: dict[str, object]) -> Section | None:
    records = told.pop("others")
    assert isinstance(records, Sequence)
    if not advice.others:
        return None
    contents = Contents()
    pins = {pin.name: pin.version for pin in advice.pins}
    rows: list[Row] = []
    for number, (other, record) in enumerate(zip(advice.others, records, strict=True), 2):
        if not contents.has_room:
            break
        changes = [f"{name} {version}" for name, version in other.pins.items() if pins.get(name) != version]
        changes += [f"without {name}" for name in pins if name not in other.pins]
        loss = (advice.score or 0) - other.score
        cells = (
            Leaf(text=str(number)),
            contents.leaf(other.score, "score"),
            Leaf(text=f"{points(loss)} worse" if loss else "as good"),
            Leaf(text=shown(", ".join(changes))),
        )
        rows.append(
            Row(
                cells=cells,
                rest=contents.entries(record, ("score",)),
                summary=f"all {len(other.pins)} packages",
            )
        )
    table = Table(
        columns=("Stack", "Score", "Against the best", "With"),
        rows=tuple(rows), more=len(records) - len(rows), wide=3, is_stacked=True,
    )  # fmt: skip
    return Section(anchor="others", title="Other stacks that serve", blocks=(table,), count=len(records))


def _listed(told: dict[str, object], name: str, title: str) -> Section | None:
    value = told.pop(name)
    block = Contents().block(value, name)
    if block is None:
        return None
    return Section(anchor=name, title=title, blocks=(block,))
