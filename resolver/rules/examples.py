"""Whether a rule fires in the situation of an example, without an index and without a search."""

from __future__ import annotations

from images.facts.environment import ABSENT, Fact, RuntimeEnvironment
from resolver.rules.active import names
from resolver.rules.circumstances import Circumstances, UsedSymbols, admits, verdict
from resolver.rules.records import Example, Match, PlacedRule, Rule
from resolver.rules.releases import is_index

SOURCE = "example"


def failures(placed: PlacedRule) -> list[str]:
    """What the examples of a rule find wrong, in words; empty where all are as they say."""
    found = []
    for number, example in enumerate(placed.rule.examples, 1):
        if fires(placed.rule, example) is not example.fires:
            must = "must fire and does not" if example.fires else "must not fire and does"
            found.append(f"{placed.rule.name} {must} in example {number}")
    return found


def fires(rule: Rule, example: Example) -> bool:
    """Whether a rule fires in a situation."""
    known = _circumstances(example)
    return any(_fires(rule, match, example, known) for match in rule.matches)


def _fires(rule: Rule, match: Match, example: Example, known: Circumstances) -> bool:
    if not verdict(match, known).holds:
        return False
    if rule.do.conflict is not None:
        there = {*example.stack, *([example.project] if example.project else [])}
        return sum(names(match, name) for name in there) > 1
    return _is_meant(match, example) and all(
        _beside(name, specifier, example) for name, specifier in match.stack.items()
    )


def _is_meant(match: Match, example: Example) -> bool:
    """Whether the release of an example is one that an alternative is about."""
    if not match.projects:
        return True
    if example.project is None or not names(match, example.project):
        return False
    if not is_index(match, example.index) or match.artifact not in (None, example.artifact):
        return False
    if match.direct is not None and match.direct is not example.direct:
        return False
    return not match.specifier or admits(match.specifier, example.version)


def _beside(name: str, specifier: str, example: Example) -> bool:
    version = example.stack.get(name)
    if version is None or specifier == ABSENT:
        return version is None and specifier == ABSENT
    return admits(specifier, version)


def _circumstances(example: Example) -> Circumstances:
    facts = {name: Fact(value=value, source=SOURCE) for name, value in example.facts.items()}
    return Circumstances(
        environment=RuntimeEnvironment(facts=facts),
        installed=example.installed,
        system=example.system,
        symbols=UsedSymbols(example.symbols),
        topics=frozenset(example.topics),
        type=example.type,
        direct=frozenset([example.project] if example.project and example.direct else []),
    )
