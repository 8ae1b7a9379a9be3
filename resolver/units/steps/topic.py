"""Prefers builds for the target's graphics processor where the stack is about what runs on one."""

from __future__ import annotations

from typing import Annotated

import msgspec

from analyzers.evidence import Confidence, Evidence, Justification
from resolver.character import character
from resolver.context import Context
from resolver.states.projects import Project
from resolver.states.versions import bit, positions
from resolver.targets.builds import build_of, gpu_vendor

LABELS = ("deep-learning", "machine-learning")
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class TopicStep(msgspec.Struct, frozen=True, kw_only=True):
    """Charges builds for other hardware where the stack's topic wants the target's graphics processor.

    Only builds of one and the same version are held against each other, so it never asks for an older
    version; where no build of it serves the target nothing is lost.

    Attributes:
        labels: topics whose stacks gain by a graphics processor.
        least: mean probability of one of them from which on a stack is such a one.
        loss: what another build loses, from 0 to 1.
    """

    name = "topic-step"
    labels: tuple[str, ...] = LABELS
    least: Share = 0.3
    loss: Share = 0.5

    def applies(self, context: Context) -> bool:
        """Where the target has a GPU, or CUDA or ROCm installed, and the type gives topics a weight."""
        has_one = gpu_vendor(context.target.environment) is not None
        return has_one and context.topics is not None and self.name in context.recommendation.weights

    def score(self, project: Project, position: int, context: Context) -> Justification | None:
        """None for a build that serves, for a version without builds, and for stacks about other things."""
        version = project.versions[position]
        environment = context.target.environment
        build = build_of(version)
        if build is None or build.is_served_by(environment):
            return None
        served = _served(project, position, context)
        if served is None:
            return None
        found = character(context)
        if found.share(frozenset(self.labels)) < self.least:
            return None
        topic = max(self.labels, key=lambda label: found.topics.get(label, 0.0))
        vendor = gpu_vendor(environment)
        told = f"{found.topics[topic]:.2f}"
        return Justification(
            unit=self.name,
            score=-round(1_000_000 * self.loss),
            message=(
                f"is not built for the {vendor} GPU of the target, as {served} is; the stack is about {topic}"
            ),
            evidence=(
                Evidence(
                    what=f"{topic}: mean probability {told} of what is asked for",
                    where="summaries",
                    confidence=Confidence.LIKELY,
                ),
                Evidence(what=f"its GPU is of {vendor}", where="target"),
            ),
        )


def _served(project: Project, position: int, context: Context) -> str | None:
    """A usable build of the same version that the target's graphics processor can run; the best one."""
    public = project.versions[position].public
    for other in positions(project.usable & ~bit(position)):
        version = project.versions[other]
        if version.public == public:
            build = build_of(version)
            if build is not None and build.is_served_by(context.target.environment):
                return project.version(other)
    return None
