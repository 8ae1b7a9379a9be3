"""Every rule that ships has an example, and does with it what it says."""

from __future__ import annotations

import re

import pytest

from analyzers.codemods.loading import shipped_rules
from analyzers.codemods.rewriting import rewritten
from analyzers.codemods.rules import Rule

pytestmark = pytest.mark.slow


SHIPPED = shipped_rules()


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.id)
def test_example_becomes_what_the_rule_says_and_stays_so(rule: Rule) -> None:
    assert rule.before is not None
    made = rewritten(rule.before, SHIPPED)
    assert made.error is None
    assert made.text == (rule.after or rule.before)
    told = made.applied if rule.after else made.notes
    assert rule.id in {remark.rule for remark in told}
    again = rewritten(made.text, SHIPPED)
    assert again.text == made.text
    assert not again.applied


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.id)
def test_only_rules_that_write_have_a_result(rule: Rule) -> None:
    assert (rule.after is not None) == (not rule.only_tells)
    assert bool(rule.advice) == rule.only_tells


@pytest.mark.parametrize("rule", SHIPPED.rules, ids=lambda rule: rule.id)
def test_evidence_is_a_page_and_the_releases_are_bounded(rule: Rule) -> None:
    assert re.fullmatch(r"https://\S+", rule.link)
    assert any(specifier.operator == ">=" for specifier in rule.requirement.specifier)


def test_ids_are_unique_across_files() -> None:
    ids = [rule.id for rule in SHIPPED.rules]
    assert len(ids) == len(set(ids))
    assert len(ids) > 100
