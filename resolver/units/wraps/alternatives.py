"""Names what could take the place of what its makers have given up. Advice alone: it never changes a pin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import msgspec

from analyzers.evidence import Confidence, Evidence, Justification
from resolver.context import Context
from resolver.silence import given_up
from resolver.states.stack import Member, Stack


class AlternativesWrap(msgspec.Struct, frozen=True, kw_only=True):
    """Names projects that resemble what is yanked or given up, with what they share; it swaps nothing.

    Attributes:
        silent_years: without a release for so long, a project counts as given up.
        most: so many alternatives are named.
    """

    name = "alternatives"
    silent_years: Annotated[float, msgspec.Meta(gt=0, le=100)] = 5
    most: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3

    def applies(self, context: Context) -> bool:
        """Where an index of similar projects was built."""
        return context.similar is not None

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One remark for each direct member that is given up and resembles something."""
        told = {
            name: self._advice(member, context) for name, member in stack.members.items() if member.direct
        }
        return {name: [advice] for name, advice in told.items() if advice is not None}

    def _advice(self, member: Member, context: Context) -> Justification | None:
        why = given_up(member, context, self.silent_years)
        if why is None or context.similar is None:
            return None
        name = member.project.name
        found = context.similar.alternatives(name, self.most)
        if not found:
            return None
        named = ", ".join(other for other, _ in found)
        return Justification(
            unit=self.name,
            message=f"{name} {why}; look at {named} (nothing was replaced)",
            evidence=tuple(
                Evidence(what=f"{other}: {shared}", where="what they say", confidence=Confidence.POSSIBLE)
                for other, shared in found
            ),
        )
