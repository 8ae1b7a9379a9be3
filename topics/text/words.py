"""The words of texts and documents, in lower case and in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topics.documents import Document
from topics.text.fields import EVERY_FIELD, WEIGHTS, Field, field_texts
from topics.text.stop_words import STOP_WORDS

_WORD = re.compile(r"[^\W_]{2,40}[+#]{0,2}")
_PLURAL_KEPT = ("ss", "us", "is", "as", "os")
_SAME_IN_PLURAL = frozenset({"series", "species", "timeseries"})
_PLURALS_ON_IE = frozenset(
    {"calories", "cookies", "genies", "hoodies", "movies", "rookies", "selfies", "zombies"}
)


def text_words(text: str) -> list[str]:
    """Runs of two to forty letters and digits in lower case, with ``+`` or ``#`` behind them (``c++``)."""
    return _WORD.findall(text.lower())


def words(
    document: Document, fields: frozenset[Field] = EVERY_FIELD, stop_words: frozenset[str] = STOP_WORDS
) -> Iterator[str]:
    """What a bag-of-words model counts: words without stop words and numbers, as often as their field weighs.

    Plurals are taken for singulars.
    """
    for field, text in field_texts(document, fields):
        found = [singular(word) for word in text_words(text) if word not in stop_words and not word.isdigit()]
        for _ in range(WEIGHTS[field]):
            yield from found


def singular(word: str) -> str:
    """The word without the ``s`` of a plural, as far as its ending tells, or a short list."""
    if word.endswith("ies"):
        if word in _SAME_IN_PLURAL:
            return word
        if word in _PLURALS_ON_IE:
            return word[:-1]
    return stem_of_plural(word)


def stem_of_plural(word: str) -> str:
    """The same by the ending alone, which is the rule that the terms of stored classifiers follow."""
    if len(word) < 4 or not word.endswith("s") or word.endswith(_PLURAL_KEPT):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-1]
