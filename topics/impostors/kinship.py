"""How what a package says of itself stands to what another says: nothing, the same, akin, or foreign."""

from __future__ import annotations

import enum
import math
import re
from collections.abc import Mapping

from topics.documents import Document
from topics.text.fields import Field
from topics.text.names import name_words
from topics.text.words import words
from topics.vectors import TopicVector

_WORD = re.compile(r"[\w-]{1,80}")
_FIELDS = frozenset({Field.SUMMARY, Field.KEYWORDS, Field.CLASSIFIERS})
_LEAST_WORDS = 3
"""Fewer words than these, beside those of its own name, say nothing."""
_COPIED = 0.7
"""Share of common words from which on a summary is taken for a copy."""
_AKIN_WORDS = 2
_AKIN_SHARE = 0.15
_AKIN_TOPICS = 0.5


class Kinship(enum.StrEnum):
    """Between what two packages say."""

    SILENT = "says next to nothing of itself"
    UNCOMPARED = "is about something that could not be compared"
    COPIED = "says the same of itself"
    AKIN = "is about the same"
    NAMED = "calls itself by its name"
    FOREIGN = "is about something else"


def kinship(
    document: Document | None,
    other: Document | None,
    topics: TopicVector | None = None,
    other_topics: TopicVector | None = None,
) -> Kinship:
    """How a package stands to another.

    Args:
        document: None where nothing is known, as of a package that says nothing.
        other: None where nothing is known.
        topics: of the first; topics decide where neither abstained, else common words do.
        other_topics: of the second.
    """
    if _is_same_summary(document, other):
        return Kinship.COPIED
    told, known = _words(document), _words(other)
    if len(told) < _LEAST_WORDS:
        return Kinship.SILENT
    common = len(told & known)
    share = common / len(told | known)
    if share >= _COPIED:
        return Kinship.COPIED
    if _names_itself(document, other):
        return Kinship.NAMED
    if not known:
        return Kinship.UNCOMPARED
    if topics and other_topics and not topics.abstained and not other_topics.abstained:
        near = likeness(topics.probabilities, other_topics.probabilities)
        return Kinship.AKIN if near >= _AKIN_TOPICS else Kinship.FOREIGN
    return Kinship.AKIN if common >= _AKIN_WORDS and share >= _AKIN_SHARE else Kinship.FOREIGN


def likeness(topics: Mapping[str, float], others: Mapping[str, float]) -> float:
    """The cosine of two sets of label probabilities, from 0 to 1."""
    product = sum(share * others.get(label, 0.0) for label, share in topics.items())
    lengths = math.hypot(*topics.values()) * math.hypot(*others.values())
    return product / lengths if lengths else 0.0


def _words(document: Document | None) -> frozenset[str]:
    if document is None:
        return frozenset()
    return frozenset(words(document, _FIELDS)) - frozenset(name_words(document.name))


def _names_itself(document: Document | None, other: Document | None) -> bool:
    """Whether the summary says the name: who counts on a slip says the other one, or none."""
    if document is None:
        return False
    name = _joined(document.name)
    if other is not None and name == _joined(other.name):
        return False
    told = [_joined(word) for word in _WORD.findall(document.summary)]
    starts = range(len(told))
    return any("".join(told[at : at + size]) == name for size in (1, 2, 3) for at in starts)


def _joined(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _is_same_summary(document: Document | None, other: Document | None) -> bool:
    if document is None or other is None:
        return False
    return bool(document.summary) and _plain(document.summary) == _plain(other.summary)


def _plain(text: str) -> str:
    return " ".join(text.casefold().rstrip(" .").split())
