"""What a stack is about: the mean of the topics of what is asked for."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from resolver.context import Context

MOST_PROJECTS = 40
"""So many direct requirements are looked at."""
CLEAR = 0.3
"""A topic with at least this mean probability characterises a stack."""


class Character(msgspec.Struct, frozen=True, kw_only=True):
    """The topics of a stack.

    Attributes:
        topics: label to mean probability over the projects that say what they are about.
        speaking: those projects, normalised, with their clearest topic.
        asked: how many projects are asked for.
    """

    topics: Mapping[str, float]
    speaking: Mapping[str, str]
    asked: int

    def share(self, labels: frozenset[str]) -> float:
        """The largest mean probability of some labels; 0 where nothing is known."""
        return max((share for label, share in self.topics.items() if label in labels), default=0.0)

    @property
    def clear(self) -> tuple[tuple[str, float], ...]:
        """The topics that characterise it, the clearest first."""
        found = [(label, share) for label, share in self.topics.items() if share >= CLEAR]
        return tuple(sorted(found, key=lambda entry: (-entry[1], entry[0])))


NOTHING = Character(topics={}, speaking={}, asked=0)


def character(context: Context) -> Character:
    """The character of what a run asks for; projects that say too little do not count."""
    if context.topics is None:
        return NOTHING
    names = tuple(dict.fromkeys(one.dependency.project for one in context.requirements))
    context.topics.expect(names[:MOST_PROJECTS])
    speaking: dict[str, str] = {}
    total: dict[str, float] = {}
    for name in names[:MOST_PROJECTS]:
        vector = context.topics.vector(name)
        if vector.abstained or not vector.probabilities:
            continue
        speaking[name] = min(vector.probabilities, key=lambda label: (-vector.probabilities[label], label))
        for label, probability in vector.probabilities.items():
            total[label] = total.get(label, 0.0) + probability
    topics = {label: share / len(speaking) for label, share in sorted(total.items())}
    return Character(topics=topics, speaking=speaking, asked=len(names))
