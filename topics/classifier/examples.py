"""What a classifier learns from: labelled documents as terms and a matrix of truth, in a fixed order."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from topics.classifier.terms import document_terms
from topics.documents import Document
from topics.errors import TrainingError
from topics.split import fold_of
from topics.text.fields import Field

LEAST_DOCUMENTS = 10
"""A label that fewer documents have is not learnt."""

DOCUMENTS_LIMIT = 8_000
"""Inner products of so many are computed; a matrix of more would not fit."""


class Examples(NamedTuple):
    """Labelled documents.

    Attributes:
        truth: 0 or 1, shape ``(n_documents, n_labels)``; a missing label is no proof.
        folds: of each document, shape ``(n_documents,)``.
        digest: ``sha256:…`` of the documents.
    """

    documents: tuple[Document, ...]
    labels: tuple[str, ...]
    truth: np.ndarray[Any, np.dtype[np.float64]]
    folds: np.ndarray[Any, np.dtype[np.int64]]
    digest: str

    def part(self, chosen: np.ndarray[Any, np.dtype[np.bool_]]) -> Examples:
        """Those documents that are chosen, with all labels."""
        documents = tuple(document for document, take in zip(self.documents, chosen, strict=True) if take)
        return Examples(documents, self.labels, self.truth[chosen], self.folds[chosen], digest_of(documents))


def read_examples(documents: Iterable[Document]) -> Examples:
    """The labelled ones among documents, in the order of their names.

    Raises:
        TrainingError: there are too few to learn from, or too many.
    """
    found = sorted((document for document in documents if document.labels), key=lambda each: each.name)
    counts = Counter(label for document in found for label in set(document.labels))
    labels = tuple(sorted(label for label, count in counts.items() if count >= LEAST_DOCUMENTS))
    columns = {label: column for column, label in enumerate(labels)}
    kept = tuple(each for each in found if any(label in columns for label in each.labels))
    if len(labels) < 2:
        raise TrainingError(
            f"fewer than two labels have {LEAST_DOCUMENTS} documents each",
            "give documents with the field labels",
        )
    if len(kept) > DOCUMENTS_LIMIT:
        raise TrainingError(
            f"there are {len(kept):,} labelled documents", f"give at most {DOCUMENTS_LIMIT:,} of them"
        )
    truth = np.zeros((len(kept), len(labels)))
    for row, document in enumerate(kept):
        for label in document.labels:
            if label in columns:
                truth[row, columns[label]] = 1
    folds = np.array([fold_of(document.name) for document in kept])
    return Examples(kept, labels, truth, folds, digest_of(kept))


def digest_of(documents: Iterable[Document]) -> str:
    """``sha256:…`` of documents in their order."""
    digest = hashlib.sha256()
    encode = msgspec.json.Encoder().encode
    for document in documents:
        digest.update(encode(document) + b"\n")
    return f"sha256:{digest.hexdigest()}"


def terms_of(
    documents: Sequence[Document], fields: frozenset[Field], *, with_runs: bool
) -> tuple[list[list[str]], list[list[str]]]:
    """Words and runs of characters of each document."""
    words: list[list[str]] = []
    runs: list[list[str]] = []
    for document in documents:
        of_words, of_runs = document_terms(document, fields)
        words.append(of_words)
        runs.append(of_runs if with_runs else [])
    return words, runs
