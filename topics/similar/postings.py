"""Which documents have which terms, and what each weighs: exact scores by sums over rows of sparse arrays."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int32]
Offsets = npt.NDArray[np.int64]


class Rows(NamedTuple):
    """A sparse matrix by rows: row `i` is at ``starts[i]:starts[i + 1]`` of columns and weights.

    Attributes:
        starts: shape ``(n_rows + 1,)``.
    """

    starts: Offsets
    columns: Integers
    weights: Floats

    def row(self, number: int) -> tuple[Integers, Floats]:
        """Columns, ascending, and weights of one row."""
        part = slice(self.starts[number], self.starts[number + 1])
        return self.columns[part], self.weights[part]

    def turned(self, n_columns: int) -> Rows:
        """The same matrix by columns."""
        order = np.argsort(self.columns, kind="stable")
        rows = np.repeat(np.arange(len(self.starts) - 1, dtype=np.int32), np.diff(self.starts))
        return Rows(offsets(np.bincount(self.columns, minlength=n_columns)), rows[order], self.weights[order])


def offsets(counts: npt.NDArray[np.int64]) -> Offsets:
    """Where rows of such lengths start, and where the last ends."""
    starts = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=starts[1:])
    return starts


class Postings:
    """Scores of documents against a bag of weighted terms.

    Args:
        documents: a row of terms per document, with saturated weights (see `topics.similar.collecting`).
        rarity: weight of each term, shape ``(n_terms,)``.

    Source: Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
    """

    def __init__(self, documents: Rows, rarity: Floats) -> None:
        self.documents, self.rarity = documents, rarity
        self._terms = documents.turned(len(rarity))

    def __len__(self) -> int:
        """How many documents there are."""
        return len(self.documents.starts) - 1

    def scores(self, terms: Integers, weights: Floats) -> Floats:
        """The score of every document, shape ``(n_documents,)``; 0 where no term is shared."""
        scores = np.zeros(len(self), np.float32)
        for term, weight in zip(terms.tolist(), (weights * self.rarity[terms]).tolist(), strict=True):
            documents, there = self._terms.row(term)
            scores[documents] += weight * there
        return scores

    def shared(self, terms: Integers, weights: Floats, document: int) -> tuple[Integers, Floats]:
        """The terms that a document shares, and what each adds to its score; the most first."""
        have, there = self.documents.row(document)
        found, ours, theirs = np.intersect1d(terms, have, assume_unique=True, return_indices=True)
        added = weights[ours] * there[theirs] * self.rarity[found]
        order = np.lexsort((found, -added))
        return found[order], added[order]

    @classmethod
    def empty(cls) -> Self:
        """Of no documents."""
        return cls(
            Rows(np.zeros(1, np.int64), np.zeros(0, np.int32), np.zeros(0, np.float32)),
            np.zeros(0, np.float32),
        )
