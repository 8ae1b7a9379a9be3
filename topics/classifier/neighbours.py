"""What labels the documents have that are most like one: those few that are nearest, and a wider circle.

A linear model tells a subject by its terms one by one; a document like another tells more than their sum.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]
Floats = np.ndarray[Any, np.dtype[np.floating[Any]]]
Vector = tuple[Array, Array]

CIRCLES = (3, 40)
"""So many documents are asked."""

MOST_DOCUMENTS = 200
"""A term that more documents have says little of likeness, and would take most of the time."""

_CODES = 255
_NO_LIKENESS = 1e-3
_OTHER_LABEL = 0.02


class Postings:
    """Which documents have a term, and what it counts in each.

    Args:
        lengths: of each term, how many documents have it; 0 for those that too many have.
        rows: of the documents, term by term.
        codes: what the term counts in each, in steps of `scale`.
    """

    def __init__(self, lengths: Array, rows: Array, codes: Array, scale: float) -> None:
        self._lengths = lengths.astype(np.int64)
        self._starts = np.cumsum(self._lengths) - self._lengths
        self._rows, self._values = rows.astype(np.int32), codes.astype(np.float32) * np.float32(scale)
        self.terms = len(lengths)
        if len({int(self._lengths.sum()), len(rows), len(codes)}) != 1:
            raise ValueError("its postings do not belong together")

    def likeness(self, vectors: Sequence[Vector], documents: int) -> Floats:
        """Inner products of each vector with each of so many documents.

        Args:
            vectors: columns, and what each of them counts.
        """
        columns = np.concatenate([columns for columns, _ in vectors])
        values = np.concatenate([values for _, values in vectors])
        starts = np.repeat(np.arange(len(vectors)) * documents, [len(each) for each, _ in vectors])
        lengths = self._lengths[columns]
        ends = np.cumsum(lengths)
        count = int(ends[-1]) if len(ends) else 0
        at = np.repeat(self._starts[columns] - ends + lengths, lengths) + np.arange(count)
        places = self._rows[at] + np.repeat(starts, lengths)
        weights = self._values[at] * np.repeat(values, lengths)
        found = np.bincount(places, weights, minlength=len(vectors) * documents)
        return found.astype(np.float32).reshape(len(vectors), documents)

    def reach(self) -> int:
        """The number of documents that the postings know of, at least."""
        return int(self._rows.max()) + 1 if len(self._rows) else 0


class Neighbours:
    """Labelled documents that others are compared with.

    Args:
        postings: for each kind of terms.
        truth: 0 or 1, shape ``(n_documents, n_labels)``.
        importance: what each document counts, shape ``(n_documents,)``.

    Raises:
        ValueError: the arrays do not belong together.
    """

    def __init__(self, postings: tuple[Postings, ...], truth: Array, importance: Array) -> None:
        if truth.ndim != 2 or importance.shape != truth.shape[:1] or not len(truth):
            raise ValueError("its neighbours do not fit their labels")
        if any(each.reach() > len(truth) for each in postings):
            raise ValueError("its postings name documents that are not there")
        self._postings = postings
        self._shares, self._importance = shares_of(truth), importance.astype(np.float64)

    def decisions(self, vectors: Sequence[Sequence[Vector]]) -> Floats:
        """As `label_decisions`, for documents by neighbours.

        Args:
            vectors: of the documents, for each kind of terms.
        """
        count = len(self._importance)
        kinds = (
            each.likeness(of_kind, count) for each, of_kind in zip(self._postings, vectors, strict=False)
        )
        return label_decisions(np.add.reduce(list(kinds)), self._shares, self._importance)


def shares_of(truth: Array) -> Floats:
    """Each document divided among its labels."""
    shares: Floats = truth / np.maximum(truth.sum(1, keepdims=True), 1.0)
    return shares


def label_decisions(likeness: Floats, shares: Floats, importance: Floats) -> Floats:
    """Logarithms of the labels' shares in the nearest documents, one circle beside the other.

    Args:
        likeness: shape ``(n_documents, n_neighbours)``; a neighbour counts by its square.
        shares: of the labels in each neighbour.
        importance: of each neighbour.

    Returns:
        Shape ``(n_documents, n_circles * n_labels)``.
    """
    widest = min(max(CIRCLES), likeness.shape[1])
    nearest = np.argpartition(-likeness, widest - 1, axis=1)[:, :widest]
    found = np.take_along_axis(likeness, nearest, 1)
    order = np.argsort(-found, axis=1, kind="stable")
    nearest, found = np.take_along_axis(nearest, order, 1), np.take_along_axis(found, order, 1)
    weights = np.maximum(found, 0) ** 2 * importance[nearest]
    parts: list[Floats] = []
    for count in CIRCLES:
        inner = weights[:, :count]
        total = inner.sum(1, keepdims=True) + _NO_LIKENESS
        said = np.matmul(inner[:, None, :], shares[nearest[:, :count]])[:, 0]
        parts.append(np.log(said / total + _OTHER_LABEL))
    return np.hstack(parts)


def posting_arrays(matrix: Any, name: str) -> Mapping[str, Array]:
    """What `Postings` are made from, by the names under which a model stores it.

    Args:
        matrix: sparse, documents by terms.
        name: of the kind of terms.
    """
    columns = rare(matrix).tocsc()
    columns.sort_indices()
    scale = max(float(columns.data.max()) if columns.nnz else 0.0, 1e-9) / _CODES
    return {
        f"{name}_lengths": np.diff(columns.indptr).astype(np.uint8),
        f"{name}_rows": columns.indices.astype(np.uint16),
        f"{name}_codes": np.round(columns.data / scale).astype(np.uint8),
        f"{name}_step": np.array([scale], np.float32),
    }


def rare(matrix: Any) -> Any:
    """A sparse matrix without what stands in columns of terms that too many documents have."""
    csc = matrix.tocsc(copy=True)
    lengths = np.diff(csc.indptr)
    csc.data = np.where(np.repeat(lengths <= MOST_DOCUMENTS, lengths), csc.data, 0)
    csc.eliminate_zeros()
    return csc.tocsr()
