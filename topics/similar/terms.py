"""The terms of a document by field, as retrieval counts them, and how much each field says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from topics.documents import Document
from topics.text.fields import Field, field_texts
from topics.text.stop_words import STOP_WORDS
from topics.text.words import singular, text_words

FIELDS: tuple[Field, ...] = (
    Field.NAME,
    Field.SUMMARY,
    Field.SHORT,
    Field.KEYWORDS,
    Field.GITHUB,
    Field.CLASSIFIERS,
    Field.DESCRIPTION,
)
"""In the order of their numbers within an index."""

WEIGHTS: Mapping[Field, float] = {
    Field.NAME: 3.0,
    Field.SUMMARY: 3.0,
    Field.SHORT: 3.0,
    Field.KEYWORDS: 1.0,
    Field.GITHUB: 2.0,
    Field.CLASSIFIERS: 0.5,
    Field.DESCRIPTION: 0.5,
}
"""What an occurrence counts, after the length of its field was allowed for."""

TEXT_LIMIT_WORDS = 400
"""What a package is about is told at the start of a text."""


class FieldTerms(NamedTuple):
    """The terms of one field, counted."""

    field: int
    counts: Counter[str]


def field_terms(document: Document) -> Iterator[FieldTerms]:
    """Every field that has terms; a field of several texts is one."""
    found: dict[Field, Counter[str]] = {}
    for field, text in field_texts(document):
        terms = (singular(word) for word in text_words(text) if word not in STOP_WORDS)
        found.setdefault(field, Counter()).update(islice(terms, TEXT_LIMIT_WORDS))
    for field, counts in found.items():
        if counts:
            yield FieldTerms(FIELDS.index(field), counts)
