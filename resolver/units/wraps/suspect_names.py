"""Warns of projects whose names look like a popular one's, where they are not refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.impostors import evidence, suspected
from resolver.states.stack import Stack


class SuspectNamesWrap(msgspec.Struct, frozen=True, kw_only=True):
    """Warns of projects that look like impostors of popular ones.

    Attributes:
        allowed: normalised names that are not suspected.
    """

    name = "suspect-names"
    allowed: tuple[str, ...] = ()

    def applies(self, context: Context) -> bool:
        """Where --strict-names is not given; else `impostor` refuses."""
        return not context.strict_names

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One warning for each project that is suspected."""
        told = {}
        for name, member in stack.members.items():
            found = suspected(member.project, context, self.allowed)
            if found is not None:
                told[name] = [
                    Justification(
                        unit=self.name,
                        level=Level.WARNING,
                        message=f"{found.message}; check that it is what you mean",
                        evidence=evidence(found),
                    )
                ]
        return told
