"""The score of a stack by unit, as bars."""

from __future__ import annotations

import msgspec

from resolver.outputs.pages.blocks import Leaf
from resolver.outputs.pages.leaves import leaf, shown
from resolver.reports.advice import Advice


class Bar(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit takes away.

    Attributes:
        share: of all that is taken away, in percent.
        note: for how many packages.
        weight: of the unit; None where the type of recommendation states none.
    """

    unit: str
    score: Leaf
    share: float
    note: str
    weight: Leaf | None = None


def bars(advice: Advice) -> list[Bar]:
    """The bars, those that take most first; units with a weight that take nothing come last."""
    totals = dict.fromkeys(advice.weights, 0)
    counts: dict[str, int] = {}
    for pin in advice.pins:
        for reason in pin.reasons:
            if reason.score is not None:
                totals[reason.unit] = totals.get(reason.unit, 0) + reason.score
                counts[reason.unit] = counts.get(reason.unit, 0) + 1
    for remark in advice.remarks:
        if remark.score is not None:
            totals[remark.unit] = totals.get(remark.unit, 0) + remark.score
    found = [
        Bar(
            unit=shown(unit),
            score=leaf(total, "score"),
            share=_share(total, advice),
            note=_packages(counts.get(unit, 0)),
            weight=_weight(advice.weights.get(unit)),
        )
        for unit, total in sorted(totals.items(), key=lambda pair: (pair[1], pair[0]))
    ]
    rest = (advice.score or 0) - sum(totals.values())
    if rest:
        found.append(
            Bar(
                unit="in sum",
                score=leaf(rest, "score"),
                share=_share(rest, advice),
                note="of no single package",
            )
        )
    return found


def _share(total: int, advice: Advice) -> float:
    return round(min(100.0, max(0.0, 100 * total / advice.score)), 1) if advice.score else 0.0


def _packages(count: int) -> str:
    return "" if not count else "1 package" if count == 1 else f"{count:,} packages"


def _weight(thousandths: int | None) -> Leaf | None:
    if thousandths is None:
        return None
    return Leaf(text=f"{thousandths / 1000:g}", value=str(thousandths))
