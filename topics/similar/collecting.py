"""Postings from a stream of documents, in one passage and bounded memory: 13 bytes for a term of a field.

Fields are weighed before their counts are saturated (BM25F), each against the usual length of that field
alone: a package without keywords is not worse for it, and a long description is not better.
"""

from __future__ import annotations

import array
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from topics.documents import Document
from topics.similar.postings import Floats, Integers, Offsets, Postings, Rows, offsets
from topics.similar.terms import FIELDS, WEIGHTS, field_terms

SATURATION = 2.0
"""How far a term that is often there counts for more (k1)."""
LENGTH_SHARE = 0.6
"""How far the length of a field counts against its terms (b)."""
TERMS_LIMIT = 2_000_000
"""So many different terms are told apart; later ones are not counted."""


class Collected(NamedTuple):
    """What a passage through documents gave.

    Attributes:
        terms: in the order of their numbers.
    """

    postings: Postings
    terms: list[str]


class Collector:
    """Takes documents one by one; `collected` makes postings of them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._documents = array.array("i")
        self._terms = array.array("i")
        self._fields = array.array("B")
        self._counts = array.array("f")
        self._lengths: list[array.array[float]] = [array.array("f") for _ in FIELDS]
        self.count = 0

    def add(self, document: Document) -> None:
        """Count the terms of one more document."""
        numbers = self._numbers
        for lengths in self._lengths:
            lengths.append(0.0)
        for field, counts in field_terms(document):
            self._lengths[field][-1] = float(counts.total())
            for term, count in counts.items():
                number = numbers.get(term)
                if number is None:
                    if len(numbers) == TERMS_LIMIT:
                        continue
                    number = numbers[term] = len(numbers)
                self._documents.append(self.count)
                self._terms.append(number)
                self._fields.append(field)
                self._counts.append(count)
        self.count += 1

    def collected(self) -> Collected:
        """The postings; terms of one document alone are left out, for they tell nothing of others."""
        documents = np.frombuffer(self._documents, np.int32) if self._documents else np.zeros(0, np.int32)
        terms = np.frombuffer(self._terms, np.int32) if self._terms else np.zeros(0, np.int32)
        weights = self._weights(documents)
        rows, columns, weights = _summed(documents, terms, weights, len(self._numbers))
        frequency = np.bincount(columns, minlength=len(self._numbers))
        kept = frequency > 1
        renumbered = np.cumsum(kept, dtype=np.int32) - 1
        mask = kept[columns]
        rows, columns, weights = rows[mask], renumbered[columns[mask]].astype(np.int32), weights[mask]
        weights = weights * (SATURATION + 1) / (weights + SATURATION)
        of_kept = frequency[kept]
        rarity = np.log1p((self.count - of_kept + 0.5) / (of_kept + 0.5)).astype(np.float32)
        starts = offsets(np.bincount(rows, minlength=self.count))
        names = [term for term, is_kept in zip(self._numbers, kept.tolist(), strict=True) if is_kept]
        return Collected(Postings(Rows(starts, columns, weights.astype(np.float32)), rarity), names)

    def _weights(self, documents: Integers) -> Floats:
        """What each counted term weighs, by its field and the length of that."""
        fields = np.frombuffer(self._fields, np.uint8) if self._fields else np.zeros(0, np.uint8)
        weights = np.frombuffer(self._counts, np.float32).copy() if self._counts else np.zeros(0, np.float32)
        for number, field in enumerate(FIELDS):
            lengths = (
                np.frombuffer(self._lengths[number], np.float32) if self.count else np.zeros(0, np.float32)
            )
            usual = lengths[lengths > 0].mean() if lengths.any() else 1.0
            factor = WEIGHTS[field] / (1 - LENGTH_SHARE + LENGTH_SHARE * lengths / usual)
            there = fields == number
            weights[there] *= factor[documents[there]]
        return weights


def _summed(
    rows: Integers, columns: Integers, weights: Floats, width: int
) -> tuple[Integers, Integers, Floats]:
    """One entry for each row and column, ordered by both, with the sum of its weights."""
    keys: Offsets = rows.astype(np.int64) * max(width, 1) + columns
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    first = np.flatnonzero(np.diff(keys, prepend=-1))
    sums = np.add.reduceat(weights[order], first) if len(first) else np.zeros(0, np.float32)
    return (
        (keys[first] // max(width, 1)).astype(np.int32),
        (keys[first] % max(width, 1)).astype(np.int32),
        sums.astype(np.float32),
    )


def collect(documents: Iterable[Document]) -> Collected:
    """The postings of documents."""
    collector = Collector()
    for document in documents:
        collector.add(document)
    return collector.collected()
