"""Says what rules say about the target itself, whatever is in the stack."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.evidence import Justification
from resolver.context import Context
from resolver.rules.records import RuleKind


class RuleBoot:
    """Says what rules say about the target, and refuses the run where one says that it cannot serve."""

    name = "rule-boot"

    def applies(self, context: Context) -> bool:
        """Where there are rules."""
        return bool(context.rules)

    def prepare(self, context: Context) -> Iterator[Justification]:
        """One remark for each rule that fires."""
        for active in context.rules.general:
            level = active.rule.do.message
            if active.rule.kind is RuleKind.BOOT and level is not None:
                yield active.reason(level=level)
