"""An advice as a page: the verdict, every pin with its reasons, and all else that the report holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from analyzers.evidence import Justification, Level
from analyzers.source.report import SourceReport
from images.reports.report import ImageReport
from resolver.outputs.pages.blocks import (
    Block,
    Entries,
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
from resolver.outputs.pages.history_section import history_section
from resolver.outputs.pages.leaves import leaf, shown
from resolver.outputs.pages.parts import (
    environment_section,
    finding_sections,
    further_section,
    made_by,
    run_section,
    unknowns_section,
)
from resolver.outputs.pages.pins_section import pins_section
from resolver.outputs.pages.rendering import fragment, rendered_page
from resolver.outputs.pages.score_bars import bars
from resolver.outputs.pages.stack_graph import MOST_NODES, stack_graph
from resolver.progress import points
from resolver.reports.advice import Advice, Status

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
    yield pins_section(advice, told)
    yield _score(advice, told)
    yield _graph(advice)
    yield history_section(advice, told)
    yield _probes(told)
    yield _others(advice, told)
    yield _listed(told, "existing", "Locks that were there before")
    yield _listed(told, "code", "What the code asks for")


def _probes(told: dict[str, object]) -> Section | None:
    probes = told.pop("probes", None)
    if not isinstance(probes, dict):
        return None
    entries = Contents().entries(probes)
    if entries is None:
        return None
    lead = "Stacks that were built and run, confined, in this order, and what that shows."
    return Section(anchor="probes", title="What was run", lead=lead, blocks=(entries,), is_open=False)


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
