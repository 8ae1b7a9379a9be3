"""Topics by non-negative matrix factorisation: the default, for other texts give the same topics.

A topic is then told by the counts of words that its documents are expected to have, not by the factor itself:
the factor's weights favour rare words, whose order changes with the sample.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from topics.errors import TrainingError
from topics.extras import imported
from topics.modelling.corpus import Corpus
from topics.modelling.model import TopicModel

if TYPE_CHECKING:
    import numpy.typing as npt

_FACTORED_DOCUMENTS = 50_000
"""So many are factorised; the rest is projected on what was found, in parts."""
_ROUNDS = 200
_TOLERANCE = 1e-4


class NmfLearner:
    """Source: Lee and Seung, 1999; the start after Boutsidis and Gallopoulos, 2008."""

    name = "nmf"

    def learn(self, corpus: Corpus, count: int, seed: int) -> TopicModel:
        """See `Learner`."""
        decomposition = imported("sklearn.decomposition", "learning topics")
        filled = np.flatnonzero(np.diff(corpus.counts.starts))
        if count > min(len(filled), len(corpus.terms)):
            reason = f"{len(filled):,} documents of {len(corpus.terms):,} terms have no {count} topics"
            raise TrainingError(reason, "ask for fewer topics, or give more documents")
        factored = filled
        if len(filled) > _FACTORED_DOCUMENTS:
            chosen = np.random.default_rng(seed).permutation(len(filled))[:_FACTORED_DOCUMENTS]
            factored = filled[np.sort(chosen)]
        # Deterministic starts need no luck, so that a run with another seed differs by the sample alone.
        model = decomposition.NMF(count, init="nndsvd", max_iter=_ROUNDS, tol=_TOLERANCE, random_state=seed)
        exceptions = imported("sklearn.exceptions", "learning topics")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exceptions.ConvergenceWarning)
            first = model.fit_transform(weighed(corpus.part(factored), corpus.rarity))
            expected = np.zeros((count, len(corpus.terms)))
            expected += _expected(first, corpus.part(factored))
            if len(factored) < len(filled):
                rest = np.setdiff1d(filled, factored)
                for start in range(0, len(rest), _FACTORED_DOCUMENTS):
                    part = corpus.part(rest[start : start + _FACTORED_DOCUMENTS])
                    expected += _expected(model.transform(weighed(part, corpus.rarity)), part)
        total = expected.sum()
        expected *= len(corpus.counts.columns) / total if total else 0.0
        return TopicModel(self.name, corpus.terms, expected, len(corpus))


def weighed(corpus: Corpus, rarity: npt.NDArray[np.float64]) -> Any:
    """Documents as sparse rows of length 1: logarithms of counts times the rarity of terms."""
    sparse = imported("scipy.sparse", "learning topics")
    starts, columns, weights = corpus.counts
    values = (1 + np.log(weights)) * rarity[columns]
    lengths = np.sqrt(np.bincount(_rows(corpus), weights=values**2, minlength=len(corpus)))
    values = (values / np.maximum(lengths, 1e-12)[_rows(corpus)]).astype(np.float64)
    return sparse.csr_matrix((values, columns, starts), shape=(len(corpus), len(corpus.terms)))


def _expected(factors: npt.NDArray[np.float64], corpus: Corpus) -> npt.NDArray[np.float64]:
    """In how many documents of each topic each term is, by how much they are of it."""
    sparse = imported("scipy.sparse", "learning topics")
    starts, columns, _ = corpus.counts
    there = sparse.csr_matrix(
        (np.ones(len(columns)), columns, starts), shape=(len(corpus), len(corpus.terms))
    )
    found: npt.NDArray[np.float64] = (there.T @ factors).T
    return found


def _rows(corpus: Corpus) -> npt.NDArray[np.int64]:
    return np.repeat(np.arange(len(corpus)), np.diff(corpus.counts.starts))
