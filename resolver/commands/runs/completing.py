"""What becomes of the advice on code that declares nothing: what is told of a stack asks for another one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from resolver.asked.companions import missed
from resolver.asked.outdated import called, importable, only_imports, outdated, preferred
from resolver.commands.runs.inputs import companion
from resolver.context import Context
from resolver.reports.advice import Advice
from resolver.reports.bare_code import BareCode

MOST_ROUNDS = 3
"""So often what a stack misses when it is imported is added to what is asked for."""


def completed(
    advice: Advice, context: Context, code: BareCode, advised: Callable[[Context], Advice]
) -> Iterator[tuple[Advice, BareCode]]:
    """Advices that are better than the first, each than the one before, with what was asked for.

    Args:
        advice: the first.
        context: that it is about.
        code: that asks.
        advised: runs the search.
    """
    names = called(context) if not advice.status.is_solved else []
    old = outdated(advice, context) if not names else []
    if names or old:
        narrowed = only_imports(context, names or [pin.name for pin in old])
        found = advised(narrowed)
        chosen = importable(advice, found, names) if names else preferred(advice, found, old, context)
        if chosen is not advice:
            context, advice = narrowed, chosen
            yield advice, code
    for _ in range(MOST_ROUNDS):
        more = missed(advice, code)
        if not more:
            return
        code = msgspec.structs.replace(code, asked=(*code.asked, *more))
        requirements = (*context.requirements, *map(companion, more))
        context = msgspec.structs.replace(context, requirements=requirements)
        found = advised(context)
        if not found.status.is_solved:
            return
        advice = found
        yield advice, code
