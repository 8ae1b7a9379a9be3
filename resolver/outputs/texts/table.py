"""Shows an advice on a terminal: pins with their reasons, then what it cost and how good it is."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.evidence import Level
from resolver.advising.existing import Existing
from resolver.advising.gains import comes_from, stands_in
from resolver.advising.variants import VARIANTS_UNIT
from resolver.outputs.texts.advised_pins import advised_pins
from resolver.outputs.texts.advised_probes import advised_probes
from resolver.outputs.texts.columns import counted
from resolver.outputs.texts.lines import NARROWEST, fitted
from resolver.progress import points
from resolver.reports.advice import Advice, Status

_MOST_RELAXATIONS = 3
_MOST_UNKNOWNS = 5
_MOST_VIOLATIONS = 5
_MOST_CHANGES = 5
_MOST_NAMED = 3


def table(advice: Advice, target: str, width: int) -> str:
    """The advice for a person.

    Args:
        width: columns of the terminal.
    """
    width = max(width, NARROWEST)
    return "".join(f"{line}\n" for text in _lines(advice, target, width) for line in fitted(text, width))


def _lines(advice: Advice, target: str, width: int) -> Iterator[str]:
    if not advice.status.is_solved:
        yield from _refusal(advice, target)
    if advice.status is Status.REFUTED:
        yield "The stack with the least against it (--allow-refuted writes it):"
        yield ""
        yield from advised_pins(advice.pins, width)
        yield ""
        yield from advised_probes(advice)
        yield from _remarks(advice)
    elif advice.status.is_solved:
        yield f"Advised for {target}:"
        yield ""
        yield from advised_pins(advice.pins, width)
        yield ""
        yield _quality(advice)
        yield from advised_probes(advice)
        yield from _remarks(advice)
    else:
        warnings = [remark.message for remark in advice.remarks if remark.level is not Level.INFO]
        yield from (f"warning: {message}" for message in warnings)
        yield from [""] if warnings else []
    yield from _others(advice)
    for existing in advice.existing:
        yield from _existing(existing)
    for unknown in advice.unknowns[:_MOST_UNKNOWNS]:
        yield f"unknown: {unknown.what} ({unknown.where}): {unknown.reason}"
    if len(advice.unknowns) > _MOST_UNKNOWNS:
        yield f"unknown: {len(advice.unknowns) - _MOST_UNKNOWNS} more (--format json)"
    yield _effort(advice)


def _refusal(advice: Advice, target: str) -> Iterator[str]:
    if advice.status is Status.NOT_PROVEN:
        yield f"Found no stack for {target} that meets these requirements; that there is none is not proven."
    elif advice.status is Status.REFUTED:
        runs = "runs" if advice.probes is None else "that was tried runs"
        yield f"No stack for {target} that meets these requirements {runs}: evidence speaks against each one."
    else:
        yield f"No stack for {target} meets these requirements."
    yield ""
    if advice.diagnosis and len(advice.explanation) > 1:
        yield f"In short: {advice.diagnosis}."
        yield ""
    yield from advice.explanation
    if advice.relaxations:
        yield ""
        yield "What would help, the cheapest first:"
    for number, relaxation in enumerate(advice.relaxations[:_MOST_RELAXATIONS], 1):
        changes = " and ".join(f"{c.requirement} to {c.by}" for c in relaxation.changes)
        pins = ", ".join(f"{name} {version}" for name, version in relaxation.pins.items())
        yield f"  {number}. change {changes}: gives {pins} (score {points(relaxation.score)})"
    yield ""


def _quality(advice: Advice) -> str:
    """How good the stack is, by how much another could be better, and what the search did for it."""
    packages = counted(len(advice.pins), "package")
    quality = f"{packages}; type {advice.recommendation}; score {points(advice.score or 0)}"
    if advice.status is Status.OPTIMAL:
        quality += " (optimal)"
    elif advice.bound is not None:
        gap = points(advice.bound - (advice.score or 0))
        quality += f" (bound {points(advice.bound)}: at most {gap} better)"
    if advice.predictor is None or advice.stopped_by is None:
        return quality
    moves = counted(advice.statistics.moves, "move")
    return f"{quality}; {advice.predictor}, {moves}, stopped by: {advice.stopped_by.value}"


def _remarks(advice: Advice) -> Iterator[str]:
    """What is said of the stack, then of pins: what is said of several of them is said once."""
    for remark in advice.remarks:
        yield f"{_level(remark.level)}: {remark.message}"
    for pin in advice.pins:
        choice = next((reason for reason in pin.reasons if reason.unit == VARIANTS_UNIT), None)
        if choice is not None:
            yield f"note: {pin.name} {pin.version}: {choice.message}"
    told: dict[tuple[str, str], list[str]] = {}
    for pin in advice.pins:
        head = f"{pin.name} {pin.version}: "
        told_always = [stands_in(pin.name, original) for original in pin.stands_in_for]
        told_always += [comes_from(pin.name, pin.index)] if pin.index else []
        for reason in pin.reasons:
            if reason.level is not Level.INFO or reason.message.startswith(tuple(told_always)):
                about = told.setdefault((_level(reason.level), reason.message.removeprefix(head)), [])
                if reason.message.startswith(head):
                    about.append(f"{pin.name} {pin.version}")
    for (level, message), pins in told.items():
        named = f"{', '.join(pins[:_MOST_NAMED])}{_more(len(pins) - _MOST_NAMED)}: " if pins else ""
        yield f"{level}: {named}{message}"


def _level(level: Level) -> str:
    return "note" if level is Level.INFO else level.value


def _more(count: int) -> str:
    return f" and {count} more" if count > 0 else ""


def _others(advice: Advice) -> Iterator[str]:
    """What the next best stacks have otherwise."""
    pins = {pin.name: pin.version for pin in advice.pins}
    for number, other in enumerate(advice.others, 2):
        changes = [f"{name} {v}" for name, v in other.pins.items() if pins.get(name) != v]
        changes += [f"without {name}" for name in pins if name not in other.pins]
        shown = ", ".join(changes[:_MOST_CHANGES]) + (", …" if len(changes) > _MOST_CHANGES else "")
        yield f"stack {number}: score {points(other.score)}, with {shown}"


def _existing(existing: Existing) -> Iterator[str]:
    score = "no score" if existing.score is None else f"score {points(existing.score)}"
    violations = existing.violations
    against = counted(len(violations), "violation") if violations else "nothing against it"
    yield f"{existing.path} as it was: {score}, {against}"
    for violation in violations[:_MOST_VIOLATIONS]:
        version = f" {violation.version}" if violation.version else ""
        yield f"  {violation.name}{version}: {violation.reason.message}"
    if len(violations) > _MOST_VIOLATIONS:
        yield f"  and {len(violations) - _MOST_VIOLATIONS} more (--format json)"


def _effort(advice: Advice) -> str:
    made = advice.statistics
    asked = made.requests
    total = asked.listing + asked.metadata + asked.range + asked.sdist + asked.build
    read = counted(made.releases_read, "release")
    if not total:
        return f"{read} read from the store in {made.elapsed_s:.2f} s, no request made"
    return (
        f"{read} read in {made.elapsed_s:.2f} s with {counted(total, 'request')} "
        f"({counted(asked.listing, 'listing')}, {made.bytes / 1e6:.1f} MB)"
    )
