"""Rules from a few lines of YAML, in circumstances that a test states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from images.facts.environment import Fact, FactValue, RuntimeEnvironment
from resolver.rules.active import ActiveRules
from resolver.rules.circumstances import Circumstances
from resolver.rules.compiled import CompiledRules, compiled
from resolver.rules.reading import read_rules

_TAIL = """
    because: it is made for a test
    link: https://peps.python.org/pep-0508/
    checked: 2026-01-31
    examples: [{{fires: true, project: {project}}}, {{fires: false, project: {project}}}]
"""


def rule_text(name: str, match: str, do: str, project: str = "a") -> str:
    """One rule as YAML, its conditions and effect as given; its examples say nothing."""
    return f"  - name: {name}\n    match: {match}\n    do: {do}" + _TAIL.format(project=project)


def rule_set(*rules: str) -> CompiledRules:
    """Rules that `rule_text` made, compiled."""
    return compiled(read_rules(("rules:\n" + "".join(rules)).encode(), "test.yaml"), "digest", "a test")


def active_rules(
    *rules: str,
    facts: Mapping[str, FactValue] | None = None,
    switches: Mapping[str, bool] | None = None,
    **known: Any,
) -> ActiveRules:
    """Rules that `rule_text` made, in circumstances."""
    named = {name: Fact(value=value, source="test") for name, value in (facts or {}).items()}
    circumstances = Circumstances(environment=RuntimeEnvironment(facts=named), **known)
    return ActiveRules([rule_set(*rules)], circumstances, switches)
