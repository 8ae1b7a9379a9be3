"""The texts of a document by where they stand, cleaned, with what each of them counts."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from topics.documents import Document
from topics.text.cleaning import cleaned
from topics.text.names import name_words

_TROVE_PREFIXES = ("Topic :: ", "Framework :: ", "Intended Audience :: ")


class Field(enum.StrEnum):
    """Where a text stands."""

    NAME = "name"
    SUMMARY = "summary"
    KEYWORDS = "keywords"
    SHORT = "short"
    GITHUB = "github"
    CLASSIFIERS = "classifiers"
    DESCRIPTION = "description"


class FieldText(NamedTuple):
    """A text of a document, cleaned."""

    field: Field
    text: str


WEIGHTS: Mapping[Field, int] = {
    Field.NAME: 3,
    Field.SUMMARY: 3,
    Field.KEYWORDS: 2,
    Field.SHORT: 2,
    Field.GITHUB: 2,
    Field.CLASSIFIERS: 1,
    Field.DESCRIPTION: 1,
}
"""How often a word counts where a model takes one bag of words: what authors chose with care counts more."""

EVERY_FIELD = frozenset(Field)
BRIEF_FIELDS = frozenset({Field.NAME, Field.SUMMARY})
AUTHORS_FIELDS = EVERY_FIELD - {Field.GITHUB, Field.SHORT}
"""Those that a package brings itself; the others are written elsewhere, and only about some."""


def field_texts(document: Document, fields: frozenset[Field] = EVERY_FIELD) -> Iterator[FieldText]:
    """The texts that a document has, cleaned; empty ones are left out, and so is a repeated sentence."""
    given: list[tuple[Field, str]] = [
        (Field.NAME, " ".join(name_words(document.name))),
        (Field.SUMMARY, document.summary),
        (Field.KEYWORDS, document.keywords.replace(",", " , ")),
        *((Field.SHORT, text) for text in document.short_descriptions),
        (Field.GITHUB, " , ".join(topic.replace("-", " ") for topic in document.github_topics)),
        (Field.CLASSIFIERS, " , ".join(_topics(document.classifiers))),
        (Field.DESCRIPTION, document.description),
    ]
    seen: set[str] = set()
    for field, text in given:
        if field not in fields or not text.strip():
            continue
        clean = cleaned(text)
        key = " ".join(clean.lower().rstrip(" .").split())
        if key and key not in seen:
            seen.add(key)
            yield FieldText(field, clean)


def _topics(classifiers: tuple[str, ...]) -> Iterator[str]:
    for line in classifiers:
        for prefix in _TROVE_PREFIXES:
            if line.startswith(prefix):
                yield line.removeprefix(prefix).replace("::", ",").replace("/", " ")
