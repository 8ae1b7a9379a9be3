"""Shows the answer to a question about one project on a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from resolver.advising.inquiry import Answer, Trial
from resolver.outputs.texts.lines import NARROWEST, fitted
from resolver.reports.advice import Status


def answer_text(answer: Answer, target: str, width: int) -> str:
    """The answer for a person.

    Args:
        answer: to a question.
        target: in words.
        width: columns of the terminal.
    """
    width = max(width, NARROWEST)
    lines = _lines(answer, target)
    return "".join(f"{line}\n" for text in lines for line in fitted(text, width, indent="    "))


def _lines(answer: Answer, target: str) -> Iterator[str]:
    if not answer.status.is_solved:
        yield f"There is no stack for {target}, with or without {answer.name}: {answer.diagnosis}"
        return
    if answer.version is None:
        yield f"{answer.name} is not in the stack for {target}."
    else:
        yield f"{answer.name} {answer.version} is in the stack for {target}."
    yield ""
    yield from _askers(answer)
    if answer.reasons:
        yield ""
        yield "Why this release:"
        yield from (f"  {reason.message} ({reason.unit})" for reason in answer.reasons)
        yield f"  it adds {_points(answer.own_score)} to the score of {_points(answer.score)}"
    if answer.trial is not None:
        yield ""
        yield from _trial(answer.trial, answer)
    elif answer.rejected:
        yield ""
        yield "Why none of the newer ones:"
        yield from _rejected(answer)


def _rejected(answer: Answer) -> Iterator[str]:
    """The newest first; releases in a row with the same reason are told in one line."""
    for (message, unit), group in groupby(answer.rejected, key=lambda one: (one.reason.message, one.unit)):
        first, *others = group
        versions = f"{first.version} to {others[-1].version}" if others else f"{first.version}"
        yield f"  {versions}: {message} ({unit})"


def _askers(answer: Answer) -> Iterator[str]:
    live = [asker for asker in answer.askers if asker.is_live]
    others = [asker for asker in answer.askers if not asker.is_live]
    yield "Who asks for it:" if live else "Nothing in the stack asks for it."
    yield from (f"  {asker.who}: {asker.requirement}" for asker in live)
    if others:
        yield ""
        yield "Who would ask for it elsewhere, or with an extra:"
        yield from (f"  {asker.who}: {asker.requirement}" for asker in others)


def _trial(trial: Trial, answer: Answer) -> Iterator[str]:
    rejection = trial.rejection
    yield f"Why not {rejection.version}:"
    yield f"  {rejection.reason.message} ({rejection.unit})"
    yield ""
    if trial.status is Status.NOT_PROVEN:
        yield f"No stack with {rejection.version} was found; that there is none is not proven."
    elif not trial.status.is_solved:
        yield f"There is no stack with {rejection.version}: {trial.diagnosis}"
    else:
        lost = (trial.score or 0) - (answer.score or 0)
        yield f"With {rejection.version} the score is {_points(trial.score)} ({lost / 1_000_000:+.3f}):"
        yield from (f"  {change}" for change in trial.changes)


def _points(millionths: int | None) -> str:
    return f"{(millionths or 0) / 1_000_000:.3f}"
