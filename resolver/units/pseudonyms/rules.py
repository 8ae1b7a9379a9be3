"""Names the projects that rules let stand in for others; nothing else ever does, least of all a pattern."""

from __future__ import annotations

from collections.abc import Iterator

from resolver.context import Context
from resolver.rules.records import RuleKind
from resolver.units.verdicts import Alternative


class RulePseudonym:
    """Names the projects that rules let stand in for others on such a target.

    One that is preferred is taken where any release of it can be; else the original stays. On what is merely
    likely, none is preferred: it is taken only where the original cannot be, and `rule-wrap` advises it.
    """

    name = "rule-pseudonym"

    def applies(self, context: Context) -> bool:
        """Where there are rules, and the type of recommendation looks at evidence."""
        return bool(context.rules) and context.recommendation.strides

    def alternatives(self, project: str, context: Context) -> Iterator[Alternative]:
        """One for each rule that fires, in the order of the rules."""
        for active in context.rules.about(project, RuleKind.PSEUDONYM):
            replacement = active.rule.do.replace
            assert replacement is not None
            yield Alternative(
                replacement.by,
                replacement.specifier,
                active.reason(),
                same_versions=replacement.same_versions,
                preferred=replacement.preferred and active.is_certain,
            )
