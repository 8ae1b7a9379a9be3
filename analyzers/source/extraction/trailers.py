"""Attributes, calls and items behind a name: what the whole may be, and what is used on the way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analyzers.source.extraction import special_calls, steps
from analyzers.source.extraction.patterns import FIRST, REST
from analyzers.source.extraction.scopes import Scope
from analyzers.source.records import UseKind

if TYPE_CHECKING:
    from analyzers.source.extraction.evaluator import Chain, Evaluator, Event, Values

_TRAILERS = re.compile(rf"((?:\s*+\.\s*+{FIRST}{REST}*+)++)?[ \t]*+([(\[])?")
_INDEX = re.compile(r"\s*(\d{1,3})\s*\Z")
_MAX_TRAILERS = 400

_CALL = UseKind.CALL
_ATTRIBUTE = UseKind.ATTRIBUTE


def followed(
    evaluation: Evaluator, values: Values, position: int, scope: Scope | None, start: int, end: int
) -> Chain:
    """Follow attributes, calls and items; ``start`` and ``end`` are those of the name before them."""
    code, closings = evaluation.source.code, evaluation.source.closing
    events: list[Event] = []
    pending: Values = ()
    for _ in range(_MAX_TRAILERS):
        match = _TRAILERS.match(code, position)
        if match is None:
            break
        # Most values are one expression that starts at an import: no need to ask what else they may be.
        single = values[0] if len(values) == 1 and values[0][0] not in ":[(<b" else None
        names, bracket = match.groups()
        if names is not None:
            position = end = match.end(1)
            start = end - len(names) + names.rfind(".") + 1
            if " " in names or not names.isprintable():
                parts = [part.strip() for part in names.split(".")[1:]]
                start = end - len(parts[-1])
                names = "." + ".".join(parts)
            if single is not None:
                values = (single + names,) if len(single) + len(names) < steps.MAX_LENGTH else ()
            else:
                for name in names[1:].split("."):
                    values = evaluation.attributes(values, name)
            pending = values
            if not values:
                return (), -1, events
            if bracket is None:
                break
            single = values[0] if len(values) == 1 and values[0][0] not in ":[(<b" else None
        elif bracket is None:
            break
        opening = match.start(2)
        closing = closings.get(opening)
        if closing is None:
            break
        position = closing + 1
        if bracket == "(":
            pending = ()
            if single is not None and single[-1] not in ")]^":
                events.append((_CALL, values, start, end, opening, False))
                if single in special_calls.KNOWN or "ExitStack" in single:
                    scope = scope or evaluation.scope_at(start)[0]
                    values = evaluation.called(values, opening, scope, events)
                else:
                    values = (single + "()",)
            else:
                targets = evaluation.call_targets(values)
                if targets:
                    events.append((_CALL, targets, start, end, opening, False))
                scope = scope or evaluation.scope_at(start)[0]
                values = evaluation.called(values, opening, scope, events)
        else:
            index = _INDEX.match(code, opening + 1, closing)
            values = evaluation.items(values, int(index[1]) if index else None)
        if not values:
            position = -1
            break
    else:
        values, position = (), -1
    if pending:
        targets = evaluation.external(pending)
        if targets:
            events.append((_ATTRIBUTE, targets, start, end, -1, False))
    return values, position, events
