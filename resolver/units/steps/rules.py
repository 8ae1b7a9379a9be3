"""Scores releases as rules say; what rules add to them is added where their dependencies are read."""

from __future__ import annotations

import msgspec

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.rules.records import RuleKind
from resolver.rules.releases import releases
from resolver.states.projects import Project
from resolver.states.versions import bit
from resolver.units.verbs import WORST


class RuleStep:
    """Scores releases as rules say that suit such a target less well."""

    name = "rule-step"

    def applies(self, context: Context) -> bool:
        """Where there are rules, and the type of recommendation looks at evidence."""
        return bool(context.rules) and context.recommendation.strides

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """The sum of all rules that fire, under the name of the first."""
        found = [
            active.reason(score=round(active.rule.do.score * 1_000_000))
            for active in context.rules.about(project.name, RuleKind.STEP)
            if active.rule.do.score is not None and releases(active, project, context.target) & bit(position)
        ]
        if not found:
            return None
        total = max(WORST, sum(reason.score or 0 for reason in found))
        message = "; ".join(reason.message for reason in found)
        return msgspec.structs.replace(found[0], score=total, message=message)
