"""Phrases that say what a label means: knowledge of the fields for labels that few documents have."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from importlib.resources import files

from topics.documents import Document

_TOGETHER = 3
"""So many phrases make a document; the time of training grows with the square of their number."""


def lexicon_documents(labels: Collection[str]) -> Iterator[Document]:
    """Short documents of the phrases of each of the labels that the lexicon knows, in a fixed order."""
    text = files("topics.classifier").joinpath("lexicon.txt").read_text("utf-8")
    for line in text.splitlines():
        label, found, phrases = line.partition(":")
        if found and not line.startswith("#") and label in labels:
            each = [phrase.strip() for phrase in phrases.split(",")]
            for at in range(0, len(each), _TOGETHER):
                first, *others = each[at : at + _TOGETHER]
                yield Document(name="", summary=first, short_descriptions=tuple(others), labels=(label,))
