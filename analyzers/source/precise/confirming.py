"""Tier two: what libcst's scopes prove of the names in one file.

`precise` lists every chain of attributes that starts at an import, by its qualified name; `confirmed` holds
the first tier's uses against it. libcst is slow, so that this is for files that re-bind an imported name,
for rewrites, and for tests. It is imported when a function here is called.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from analyzers.evidence import Confidence
from analyzers.source.module_facts import ModuleFacts, UseFact
from analyzers.source.precise.precise_facts import PreciseFacts, PreciseUse
from analyzers.source.records import Via


def precise(text: str) -> PreciseFacts:
    """What the scopes of a file prove."""
    from analyzers.source.precise.bound_names import BoundNames
    from analyzers.source.precise.concrete_syntax import ConcreteSyntaxError, concrete_module
    from analyzers.source.precise.precise_visit import visited

    try:
        module = concrete_module(text)
        return visited(module, BoundNames(module))
    except ConcreteSyntaxError as error:
        where = f"line {error.line}: " if error.line else ""
        return PreciseFacts(error=f"{where}{error.reason}")
    except RecursionError:
        return PreciseFacts(error="nested too deep")


def confirmed(facts: ModuleFacts, text: str) -> ModuleFacts:
    """The facts without direct uses that libcst proves to be of another binding.

    A direct use that it proves becomes certain; one of a name to which something else is bound as well at
    most likely. All others, and everything where libcst cannot read the file, stay as they are.

    Args:
        facts: of the first tier.
        text: that they were made of.
    """
    proven = precise(text)
    if proven.error is not None:
        return facts
    by_place: dict[tuple[int, int], PreciseUse] = {(use.line, use.column): use for use in proven.uses}
    kept = []
    for use in facts.uses:
        held = _held(use, by_place, proven.others)
        if held is not None:
            kept.append(held)
    return msgspec.structs.replace(facts, uses=tuple(kept))


def _held(
    use: UseFact, by_place: Mapping[tuple[int, int], PreciseUse], others: frozenset[tuple[int, int]]
) -> UseFact | None:
    if use.via is not Via.DIRECT:
        return use
    place = use.site.line, use.site.column
    if place in others:
        return None
    proven = by_place.get(place)
    if proven is None or proven.qualified not in use.targets:
        return use
    if proven.is_certain:
        return msgspec.structs.replace(use, targets=(proven.qualified,), confidence=Confidence.CERTAIN)
    if use.confidence is Confidence.CERTAIN:
        return msgspec.structs.replace(use, confidence=Confidence.LIKELY)
    return use
