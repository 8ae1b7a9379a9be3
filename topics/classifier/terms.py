"""The terms of a document that a classifier weighs: words and pairs by where they stand, runs of characters.

Labels, ranks and lists never become terms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

from topics.documents import Document
from topics.text.fields import EVERY_FIELD, Field, FieldText, field_texts
from topics.text.stop_words import ENGLISH
from topics.text.words import stem_of_plural, text_words

_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,100}")
_RUN_LENGTHS = (3, 4, 5)
_RUNS_FROM_CHARACTERS = 600
_WORDS_LIMIT = 1_500
_TOPIC_PREFIXES = ("Topic ::", "Framework ::")
_RUNS = (Field.NAME, Field.SUMMARY, Field.KEYWORDS, Field.SHORT, Field.GITHUB)


def word_terms(document: Document, texts: Sequence[FieldText]) -> list[str]:
    """Words in singular and pairs of them; those of the name and of the summary also by their field.

    Args:
        document: whose GitHub topics, requirements and Trove classifiers count as a whole, where their
            field is among the texts.
        texts: its cleaned texts, as `topics.text.fields.field_texts` gives them.
    """
    terms: list[str] = []
    fields = {text.field for text in texts}
    for field, text in texts:
        found = [_singular(word) for word in text_words(text)[:_WORDS_LIMIT] if word not in ENGLISH]
        terms += found
        if field is Field.NAME:
            terms += [f"n={word}" for word in found]
            continue
        terms += [f"{first} {second}" for first, second in pairwise(found)]
        if field is Field.SUMMARY:
            terms += [f"s={word}" for word in found]
    if Field.GITHUB in fields:
        terms += [f"g={topic}" for topic in document.github_topics]
    if Field.CLASSIFIERS in fields:
        terms += [f"c={line}" for line in document.classifiers if line.startswith(_TOPIC_PREFIXES)]
    if fields - {Field.NAME, Field.SUMMARY}:
        terms += _requirements(document)
    return terms


def run_terms(texts: Sequence[FieldText]) -> list[str]:
    """Runs of three to five characters within words of the short texts; spaces mark the ends of words."""
    terms: list[str] = []
    left = _RUNS_FROM_CHARACTERS
    for field, text in texts:
        if field in _RUNS and left > 0:
            for word in text[:left].lower().split():
                terms += _runs(word)
            left -= len(text)
    return terms


def document_terms(document: Document, fields: frozenset[Field] = EVERY_FIELD) -> tuple[list[str], list[str]]:
    """Both kinds of terms of a document, by what is to be read of it."""
    texts = list(field_texts(document, fields))
    return word_terms(document, texts), run_terms(texts)


@lru_cache(1 << 16)
def _runs(word: str) -> tuple[str, ...]:
    marked = f" {word[:60]} "
    return tuple(
        marked[at : at + length] for length in _RUN_LENGTHS for at in range(max(1, len(marked) - length + 1))
    )


@lru_cache(1 << 16)
def _singular(word: str) -> str:
    return stem_of_plural(word)


def _requirements(document: Document) -> Iterator[str]:
    for line in document.requires:
        if project := _PROJECT.match(line):
            yield f"r={project[0].lower()}"
