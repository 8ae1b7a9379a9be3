"""Vectors of meaning for documents: the mean of FastText vectors of their words, rare words counting more.

Learnt from the documents of the index alone, so that nothing has to be shipped or downloaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from topics.documents import Document
from topics.extras import imported
from topics.similar.ranking import Vectors
from topics.similar.terms import TEXT_LIMIT_WORDS
from topics.text.fields import field_texts
from topics.text.names import name_words
from topics.text.stop_words import STOP_WORDS
from topics.text.words import singular, text_words

DIMENSIONS = 64
_RARITY = 1e-3
"""How common a word must be to count half."""
_LEAST_COUNT = 3
_SENTENCE_WORDS = 100


class _Sentences:
    """The sentences of documents, as often as those can be gone through."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents

    def __iter__(self) -> Iterator[list[str]]:
        for document in self._documents:
            name = [word for word in name_words(document.name) if word not in STOP_WORDS]
            for words in _texts(document):
                yield [*name, *words[:_SENTENCE_WORDS]]


def _texts(document: Document) -> Iterator[list[str]]:
    for _, text in field_texts(document):
        yield [singular(word) for word in text_words(text)[:TEXT_LIMIT_WORDS] if word not in STOP_WORDS]


def meanings(
    documents: Iterable[Document],
    count: int,
    *,
    seed: int = 0,
    epochs: int = 5,
    told: Callable[[int], None] = lambda done: None,
) -> Vectors:
    """Vectors of documents, shape ``(count, DIMENSIONS)``, of length 1, or 0 where no word is known.

    Args:
        documents: are gone through several times.
        count: of the documents.
        seed: the same one gives the same vectors.
        epochs: passages while learning.
        told: how many documents have their vector.

    Raises:
        MissingExtraError: gensim is not installed.

    Source: Bojanowski et al., Enriching Word Vectors with Subword Information, 2017; Arora et al., A Simple
        but Tough-to-Beat Baseline for Sentence Embeddings, 2017.
    """
    gensim = imported("gensim.models", "learning vectors")
    model = gensim.FastText(
        vector_size=DIMENSIONS, window=10, min_count=_LEAST_COUNT, sg=1, negative=5, sample=1e-3,
        min_n=3, max_n=5, bucket=50_000, seed=seed, workers=1,
    )  # fmt: skip
    sentences = _Sentences(documents)
    vectors = np.zeros((count, DIMENSIONS), np.float32)
    model.build_vocab(corpus_iterable=sentences)
    if not len(model.wv):
        return vectors.astype(np.float16)
    model.train(corpus_iterable=sentences, total_examples=model.corpus_count, epochs=epochs)
    of_words = model.wv.get_normed_vectors()
    counts = np.array([model.wv.get_vecattr(word, "count") for word in model.wv.index_to_key], np.float64)
    shares = (_RARITY / (_RARITY + counts / counts.sum())).astype(np.float32)
    for number, document in enumerate(documents):
        for words in _texts(document):
            known = [model.wv.key_to_index[word] for word in words if word in model.wv.key_to_index]
            if known:  # a long text counts more than a short one, but less than its length
                vectors[number] += (shares[known, None] * of_words[known]).sum(axis=0) / np.sqrt(len(words))
        told(number + 1)
    there = vectors.any(axis=1)
    vectors[there] -= vectors[there].mean(axis=0)  # what all have in common tells nothing
    return unit_rows(vectors)


def unit_rows(rows: npt.NDArray[np.float32]) -> Vectors:
    """The rows with length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: npt.NDArray[np.float32] = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 0)
    return scaled.astype(np.float16)
