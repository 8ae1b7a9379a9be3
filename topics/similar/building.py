"""Builds an index from documents, in a stream, telling how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from topics.documents import Document
from topics.similar.collecting import Collector
from topics.similar.facts import PackageFacts, facts_of
from topics.similar.index import SimilarIndex
from topics.similar.meanings import meanings, unit_rows
from topics.similar.ranking import Parts, Vectors

BATCH = 2_000

Predict = Callable[[Sequence[Document]], npt.NDArray[np.float32]]
"""Documents to label probabilities, shape ``(n_documents, n_labels)``."""


def build_index(
    documents: Iterable[Document],
    *,
    predict: Predict | None = None,
    with_vectors: bool = False,
    seed: int = 0,
    told: Callable[[str, int], None] = lambda what, done: None,
) -> SimilarIndex:
    """An index of the documents, the first of each name.

    Args:
        documents: gone through once, or several times with vectors.
        predict: tells topics; of a package that it learnt from, it must tell what a model without it says.
        with_vectors: also learn vectors of meaning, which takes most of the time.
        seed: of what is learnt.
        told: what is done, and with how many documents so far.

    Raises:
        MissingExtraError: vectors are asked for and gensim is not installed.
    """
    collector = Collector()
    facts: list[PackageFacts] = []
    predicted: list[Vectors] = []
    batch: list[Document] = []
    for document in documents:
        collector.add(document)
        facts.append(facts_of(document))
        if predict is not None:
            batch.append(document)
            if len(batch) == BATCH:
                predicted.append(unit_rows(predict(batch)))
                batch.clear()
        if len(facts) % 1_000 == 0:
            told("documents read", len(facts))
    if predict is not None and batch:
        predicted.append(unit_rows(predict(batch)))
    told("weighing terms of", len(facts))
    collected = collector.collected()
    del collector
    vectors = None
    if with_vectors and facts:
        told("learning vectors of", len(facts))
        vectors = meanings(
            documents, len(facts), seed=seed, told=lambda done: told("documents with vectors", done)
        )
    topics = np.concatenate(predicted) if predicted else None
    return SimilarIndex(Parts(collected.postings, vectors, topics), collected.terms, facts)
