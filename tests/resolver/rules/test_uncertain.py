"""What is likely refuses and replaces nothing: it is warned of, and the stack stays as it is."""

from __future__ import annotations

import msgspec
import pytest

from analyzers.evidence import Confidence, Level
from fakes.indexes.index import FakeIndex
from fakes.searching.rules import rule_set, rule_text
from fakes.searching.runs import context, run
from images.facts.environment import Fact, RuntimeEnvironment
from resolver.rules.active import ActiveRules
from resolver.rules.circumstances import Circumstances
from resolver.rules.records import RuleKind
from resolver.units.pseudonyms.rules import RulePseudonym
from resolver.units.strides.rules import RuleStride
from resolver.units.wraps.rules import RuleWrap

RULES = [
    rule_text("refused", "{project: a, specifier: '>=2', facts: {display: 'false'}}", "{refuse: true}"),
    rule_text("apart", "{project: [a, b], facts: {display: 'false'}}", "{conflict: true}"),
    rule_text("beside", "{project: a, stack: {b: '>=1'}, facts: {display: 'false'}}", "{refuse: true}"),
]


@pytest.mark.parametrize(
    ("number", "sure", "pins"),
    [
        (0, Confidence.CERTAIN, {"a": "1", "b": "1"}),
        (0, Confidence.LIKELY, {"a": "2", "b": "1"}),
        (1, Confidence.CERTAIN, None),
        (1, Confidence.LIKELY, {"a": "2", "b": "1"}),
        (2, Confidence.CERTAIN, None),
        (2, Confidence.LIKELY, {"a": "2", "b": "1"}),
    ],
)
def test_only_what_is_certain_refuses(number: int, sure: Confidence, pins: dict[str, str] | None) -> None:
    index = FakeIndex()
    for name, version in (("a", "1"), ("a", "2"), ("b", "1")):
        index.add(name, version)
    facts = RuntimeEnvironment(facts={"display": Fact(value=False, source="test", confidence=sure)})
    rules = ActiveRules([rule_set(RULES[number])], Circumstances(environment=facts))
    asked = msgspec.structs.replace(context(["a", "b"]), rules=rules)
    found = run(index, asked, strides=[RuleStride()])
    assert found.pins == pins
    if found.solution is not None:
        told = RuleWrap().explain(found.solution.stack, asked)
        levels = [reason.level for reasons in told.values() for reason in reasons]
        assert levels == ([Level.WARNING] if sure is Confidence.LIKELY else [])


@pytest.mark.parametrize(
    ("sure", "asked", "pins", "told"),
    [
        (Confidence.CERTAIN, "a", {"b": "2"}, []),
        (Confidence.LIKELY, "a", {"a": "1"}, [(Level.WARNING, "likely and not certain, so b is not taken")]),
        (Confidence.LIKELY, "a>=2", {"b": "2"}, []),
    ],
)
def test_only_what_is_certain_replaces(
    sure: Confidence, asked: str, pins: dict[str, str], told: list[tuple[Level, str]]
) -> None:
    index = FakeIndex()
    index.add("a", "1")
    index.add("b", "2")
    rule = rule_text("stands-in", "{project: a, facts: {display: 'false'}}", "{replace: {by: b}}")
    facts = RuntimeEnvironment(facts={"display": Fact(value=False, source="test", confidence=sure)})
    rules = ActiveRules([rule_set(rule)], Circumstances(environment=facts))
    wanted = msgspec.structs.replace(context([asked]), rules=rules)
    found = run(index, wanted, pseudonyms=[RulePseudonym()])
    assert found.pins == pins
    assert found.solution is not None
    said = [
        reason for reasons in RuleWrap().explain(found.solution.stack, wanted).values() for reason in reasons
    ]
    assert [reason.level for reason in said] == [level for level, _ in told]
    assert all(text in reason.message for reason, (_, text) in zip(said, told, strict=True))


def test_evidence_is_that_of_the_alternative_which_is_certain() -> None:
    matches = "[{project: a, facts: {display: 'false'}}, {project: a, system: {libgl1: none}}]"
    facts = {"display": Fact(value=False, source="test", confidence=Confidence.LIKELY)}
    known = Circumstances(environment=RuntimeEnvironment(facts=facts), system={"libc6": "2.36"})
    (active,) = ActiveRules([rule_set(rule_text("two", matches, "{replace: {by: b}}"))], known).about(
        "a", RuleKind.PSEUDONYM
    )
    assert active.is_certain
    assert [seen.what for seen in active.reason().evidence][:-1] == ["libgl1 is not there"]
