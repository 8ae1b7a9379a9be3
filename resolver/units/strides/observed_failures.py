"""Refutes releases that were seen to fail, alone or beside each other, where such a stack shall run.

What was seen is certain of the releases that it blames, and says nothing of others.
"""

from __future__ import annotations

from collections.abc import Sequence

from analyzers.evidence import Level
from resolver.context import Context
from resolver.states.stack import Stack
from resolver.states.versions import bit
from resolver.units.verdicts import Refutation


class ObservedFailuresStride:
    """Refutes releases that were seen to fail here, alone or beside each other."""

    name = "observed-failures"

    def applies(self, context: Context) -> bool:
        """Where the store has observations, and the type of recommendation examines stacks."""
        return context.observed is not None and context.recommendation.strides

    def examine(self, stack: Stack, context: Context) -> Sequence[Refutation]:
        """One refutation for each failure that is certain, with all releases that fail alike."""
        if context.observed is None:
            return ()
        from resolver.observed.failures import reason  # most stores have seen nothing

        found = []
        for sighting in context.observed.within(stack.members):
            if not sighting.is_certain:
                continue
            moving = sighting.releases[-1]  # of a dependency there are more releases that fail alike
            others = frozenset(sighting.releases[:-1])
            members = [stack.members[release.project] for release in sighting.releases]
            releases = {member.project.name: bit(member.position) for member in members}
            releases[moving.project] |= context.observed.certain(members[-1].project).get(others, 0)
            found.append(Refutation(releases, reason(sighting, self.name, Level.ERROR)))
        return found
