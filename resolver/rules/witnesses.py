"""Whether conditions can hold together: looks for a value that meets all of them.

The values tried are those that conditions name, versions at and around the bounds that they state, one that
none of them names, and sets of flags. A condition is only ever called impossible where none of these fits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from packaging.version import InvalidVersion, Version

from images.facts.environment import ABSENT, FactValue
from resolver.rules.conditions import holds, is_comparison
from resolver.rules.records import FactCondition, FactTest, Match, as_list

_VERSION = re.compile(r"\d+(?:\.\d+)*")
_OTHER = "something-else"
_SMALLEST, _GREATEST = "0", "99999999999"


def witness(conditions: Sequence[FactCondition]) -> FactValue | None:
    """A value that meets all conditions; None where none was found."""
    return next(
        (value for value in _candidates(conditions) if all(holds(c, value) for c in conditions)), None
    )


def is_possible(match: Match) -> bool:
    """Whether the conditions of an alternative can hold at all."""
    if any(witness([condition]) is None for condition in match.facts.values()):
        return False
    if any(match.stack.get(name) == ABSENT for name in match.projects):
        return False
    specifiers = (match.specifier, *match.installed.values(), *match.stack.values())
    return all(text in ("", ABSENT) or _admits_any(text) for text in specifiers)


def can_meet(one: Match, other: Match) -> bool:
    """Whether two alternatives can hold on one target."""
    shared = one.facts.keys() & other.facts.keys()
    if not is_possible(one) or not is_possible(other):
        return False
    if any(witness([one.facts[name], other.facts[name]]) is None for name in shared):
        return False
    types = set(as_list(one.type)), set(as_list(other.type))
    if all(types) and not types[0] & types[1]:
        return False
    return None in (one.direct, other.direct) or one.direct is other.direct


def is_implied(one: Match, by: Match) -> bool:
    """Whether an alternative holds wherever another one does, as far as their texts tell."""
    wider = all(by.facts.get(name) == condition for name, condition in one.facts.items())
    rest = (
        "installed",
        "system",
        "symbols",
        "topics",
        "stack",
        "type",
        "direct",
        "index",
        "other_index",
        "artifact",
    )
    return wider and all(not getattr(one, name) or getattr(one, name) == getattr(by, name) for name in rest)


def _admits_any(specifier: str) -> bool:
    from packaging.specifiers import SpecifierSet

    wanted = SpecifierSet(specifier)
    return any(wanted.contains(text, prereleases=True) for text in _versions([specifier]))


def _candidates(conditions: Sequence[FactCondition]) -> Iterator[FactValue]:
    texts = [text for condition in conditions for text in _texts(condition)]
    literal = [text for text in texts if not is_comparison(text)]
    yield from literal
    yield _OTHER
    yield from (True, False)
    yield from _versions(texts)
    every = [name for one in conditions if isinstance(one, FactTest) for name in one.all]
    yield tuple(dict.fromkeys(every))
    yield from ((*every, text) for text in literal)
    yield ()


def _texts(condition: FactCondition) -> tuple[str, ...]:
    match condition:
        case str():
            return (condition,)
        case FactTest(all=every, lacks=lacking, any=some, none=without):
            return (*every, *lacking, *some, *without)
        case _:
            return condition


def _versions(texts: Sequence[str]) -> Iterator[str]:
    """Versions at the bounds that texts state, just below them and just above."""
    yield from (_SMALLEST, _GREATEST)
    for text in texts:
        for stated in _VERSION.findall(text):
            yield stated
            yield f"{stated}.1"
            try:
                numbers = list(Version(stated).release)
            except InvalidVersion:
                continue
            yield ".".join(map(str, [*numbers[:-1], numbers[-1] + 1]))
            for place in reversed(range(len(numbers))):
                if numbers[place]:
                    lower = [*numbers[:place], numbers[place] - 1]
                    yield ".".join(map(str, lower))
                    yield ".".join(map(str, [*lower, 999]))
                    break
