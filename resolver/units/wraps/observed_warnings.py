"""Warns of what is in the stack although it was seen to fail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.stack import Stack


class ObservedWarningsWrap:
    """Says of a pin that it was seen to fail, alone or beside another one: what, where, when, and by whom."""

    name = "observed-warnings"

    def applies(self, context: Context) -> bool:
        """Where the store has observations; with every type of recommendation."""
        return context.observed is not None

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One warning for each failure, at the release that needs something of the other."""
        if context.observed is None:
            return {}
        from resolver.observed.failures import reason

        told: dict[str, list[Justification]] = {}
        for sighting in context.observed.within(stack.members):
            warning = reason(sighting, self.name, Level.WARNING)
            told.setdefault(sighting.releases[0].project, []).append(warning)
        return told
