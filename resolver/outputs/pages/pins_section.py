"""The pins of an advice on its page: each in a row with why it is that release, and behind it the rest."""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.evidence import Level
from resolver.outputs.pages.blocks import Block, Leaf, Line, Row, Section, Table
from resolver.outputs.pages.contents import Contents, Record
from resolver.outputs.pages.leaves import shown
from resolver.outputs.pages.parts import opened
from resolver.outputs.pages.stack_graph import ordered
from resolver.reports.advice import Advice, Pin
from resolver.units.sieves.prereleases import PrereleasesSieve

_MOST_NAMED = 3
_FIRST = ("reasons", "rejected", "artifacts")
"""Fields of a pin that come first behind its summary."""


def pins_section(advice: Advice, told: dict[str, object]) -> Section | None:
    """The table, of pins that are taken out of what is to be told; None where there are none."""
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
