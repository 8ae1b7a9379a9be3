"""Says where code uses something that the release in the stack lacks, and that none was known to offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analyzers.evidence import Justification, Level
from resolver.context import Context
from resolver.states.stack import Stack
from resolver.units.strides.api_demand import evidence, lacking


class UnmetDemandWrap:
    """Says of a project that its release lacks what the code uses, where `api-demand` found none better."""

    name = "unmet-demand"

    def applies(self, context: Context) -> bool:
        """Where --source names code, and the type of recommendation examines stacks."""
        return bool(context.demands) and context.surfaces is not None and context.recommendation.strides

    def explain(self, stack: Stack, context: Context) -> Mapping[str, Sequence[Justification]]:
        """One warning for each project that lacks something."""
        told = {}
        for name in sorted(context.demands.keys() & stack.members.keys()):
            member = stack.members[name]
            found = lacking(member.project, member.position, context.demands[name], context)
            if not found:
                continue
            message = f"{name} lacks what {found[0].location or 'the code'} uses: {found[0].message}"
            if len(found) > 1:
                message += f", and {len(found) - 1} more"
            message += "; no older release that is admitted is known to offer everything"
            told[name] = [
                Justification(
                    unit=self.name,
                    level=Level.WARNING,
                    message=message,
                    evidence=tuple(evidence(found)),
                )
            ]
        return told
