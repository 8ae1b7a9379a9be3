"""Refuses releases that rules refuse on such a target; only for what is certain."""

from __future__ import annotations

from collections.abc import Iterator

from resolver.context import Context
from resolver.rules.records import RuleKind
from resolver.rules.releases import releases
from resolver.states.projects import Project
from resolver.units.verdicts import Liftable, Refusal


class RuleSieve:
    """Refuses releases that rules refuse on such a target.

    What is not certain refuses nothing; the wrap `rule-wrap` warns then.
    """

    name = "rule-sieve"

    def applies(self, context: Context) -> bool:
        """Where there are rules, and the type of recommendation looks at evidence."""
        return bool(context.rules) and context.recommendation.strides

    def refuse(self, project: Project, context: Context) -> Iterator[Refusal]:
        """One refusal for each rule that fires and means some release."""
        for active in context.rules.about(project.name, RuleKind.SIEVE):
            if active.rule.do.refuse and active.is_certain:
                mask = releases(active, project, context.target)
                if mask:
                    rule = active.rule
                    lifted = Liftable(project.name, f"rule {rule.name}", rule.link, f"--no-rule={rule.name}")
                    told = f"is refused by rule {rule.name}: {rule.because}"
                    yield Refusal(mask, active.reason(told), lifted)
