"""Rules as they are listed and explained beside units: one by one, with what becomes of them on a target."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.reports import Tool
from resolver.errors import InputError
from resolver.recommendation import Recommendation
from resolver.rules.active import ActiveRules
from resolver.rules.records import RuleKind
from resolver.rules.reports import RuleAnswer
from resolver.rules.wording import does, when
from resolver.units.descriptions import UnitDescription


def rule_descriptions(rules: ActiveRules, recommendation: Recommendation) -> Iterator[UnitDescription]:
    """Every rule by kind, in the order of files, as a unit."""
    kinds = list(RuleKind)
    every = sorted(rules.everything(), key=lambda found: kinds.index(found[0].rule.kind))
    for placed, active, source in every:
        rule = placed.rule
        yield UnitDescription(
            kind=f"{rule.kind.value} rule",
            name=rule.name,
            does=f"{does(rule)[:1].upper()}{does(rule)[1:]}: {rule.because}",
            enabled=rules.is_on(rule),
            applies=active is not None and active.fires,
            when=when(rule),
            weight=recommendation.weights.get(rule.name, 1000) if rule.do.score is not None else None,
            parameters={},
            distribution=source,
        )


def rule_answer(rules: ActiveRules, name: str, tool: Tool, created_at: str) -> RuleAnswer:
    """One rule in full.

    Raises:
        InputError: there is no rule of this name.
    """
    known = []
    for placed, active, source in rules.everything():
        rule = placed.rule
        known.append(rule.name)
        if rule.name == name:
            fires = active is not None and active.fires
            return RuleAnswer(
                tool=tool,
                created_at=created_at,
                rule=rule,
                kind=rule.kind,
                source=source,
                where=placed.where,
                enabled=rules.is_on(rule),
                fires=None if active is not None and active.unknown else fires,
                not_known=() if active is None else active.unknown,
                reason=active.reason() if active is not None and active.fires else None,
            )
    raise InputError(f"there is no rule named {name}", _near(name, known))


def _near(name: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    return f"did you mean: {', '.join(near)}" if near else "stackwright units list names all of them"
