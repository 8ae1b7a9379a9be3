"""Tells what a stack is about, by what the projects that are asked for say of themselves."""

from __future__ import annotations

from collections.abc import Iterator

from analyzers.evidence import Confidence, Evidence, Justification
from resolver.character import character
from resolver.context import Context

_MOST_TOPICS = 3


class TopicBoot:
    """Tells the character of the stack: the topics of what is asked for."""

    name = "topic-boot"

    def applies(self, context: Context) -> bool:
        """Where something is asked for, it can be known, and the type of recommendation looks at evidence."""
        known = context.topics is not None and bool(context.requirements)
        return known and context.recommendation.strides

    def prepare(self, context: Context) -> Iterator[Justification]:
        """One remark, or none where too little is said."""
        found = character(context)
        if not found.clear:
            return
        topics = ", ".join(f"{label} ({share:.2f})" for label, share in found.clear[:_MOST_TOPICS])
        known = f"{len(found.speaking)} of {found.asked} required"
        yield Justification(
            unit=self.name,
            message=f"this stack is about {topics}, by what {known} projects say",
            evidence=tuple(
                Evidence(what=f"{name} is about {label}", where="its summary", confidence=Confidence.LIKELY)
                for name, label in found.speaking.items()
            ),
        )
