"""Terms to columns, and a document's terms to a weighted vector of unit length (sublinear TF-IDF)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float32]]
Columns = np.ndarray[Any, np.dtype[np.int32]]


class Vocabulary:
    """The terms that count, with how rare each is.

    Args:
        terms: in the order of their columns.
        rarity: inverse document frequency of each, shape ``(n_terms,)``.
    """

    def __init__(self, terms: Sequence[str], rarity: Floats) -> None:
        self.terms, self.rarity = terms, rarity
        self._columns = dict(zip(terms, range(len(terms)), strict=True))
        self._rarity: list[float] = rarity.tolist()

    def vector(self, terms: Iterable[str]) -> tuple[Columns, Floats]:
        """Columns, and what each of them counts: ``(1 + log count) * rarity``, of length 1 together."""
        get = self._columns.get
        counts = Counter(column for term in terms if (column := get(term)) is not None)
        if not counts:
            return np.empty(0, np.int32), np.empty(0, np.float32)
        rarity, log = self._rarity, math.log
        values = [
            rarity[column] if count == 1 else rarity[column] * (1 + log(count))
            for column, count in counts.items()
        ]
        length = math.sqrt(sum(value * value for value in values))
        return np.fromiter(counts, np.int32, len(counts)), np.array(values, np.float32) / np.float32(length)


def learn_vocabulary(
    documents: Sequence[Iterable[str]], least_documents: int, phrases: Sequence[Iterable[str]] = ()
) -> Vocabulary:
    """The terms that at least so many of the documents have, in the order of the alphabet.

    Args:
        documents: each as its terms.
        least_documents: that a term must be in.
        phrases: whose terms count even if no document has them; how rare a term is, documents tell alone.
    """
    frequency: Counter[str] = Counter()
    for terms in documents:
        frequency.update(set(terms))
    wanted = {term for terms in phrases for term in terms}
    kept = sorted(wanted | {term for term, count in frequency.items() if count >= least_documents})
    counts = np.array([frequency[term] for term in kept], np.float64)
    return Vocabulary(kept, (np.log((1 + len(documents)) / (1 + counts)) + 1).astype(np.float32))
