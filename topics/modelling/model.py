"""What every kind of topic model becomes: expected counts of terms in topics, which numpy alone can apply."""

from __future__ import annotations

from typing import Protocol, Self

import msgspec
import numpy as np
import numpy.typing as npt

from topics.modelling.corpus import Corpus, Floats64

NAME_TERMS = 3
TOP_TERMS = 10
_ROUNDS = 30
_ALPHA = 0.1
"""Added to the count of each topic, so that a short text is not all one topic."""
_SMOOTHING = 0.01


class Learner(Protocol):
    """Learns topics one way."""

    @property
    def name(self) -> str:
        """As it is chosen, such as ``nmf``."""

    def learn(self, corpus: Corpus, count: int, seed: int) -> TopicModel:
        """Topics of a corpus.

        Args:
            count: how many; fewer may come out where a method decides itself.
            seed: the same one gives the same topics.

        Raises:
            MissingExtraError: what it needs is not installed.
            TrainingError: the corpus has too little for so many.
        """


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic as it is shown.

    Attributes:
        name: the terms that tell it best, joined.
        terms: the most frequent ones in it, with their share of its words.
        share: of all words of the corpus.
    """

    number: int
    name: str
    terms: dict[str, float]
    share: float


class TopicModel:
    """Topics of a vocabulary.

    Args:
        kind: name of what learnt it.
        terms: in the order of the columns.
        counts: expected counts of terms in topics, shape ``(n_topics, n_terms)``, none negative.
        documents: how many it was learnt from.
    """

    def __init__(self, kind: str, terms: tuple[str, ...], counts: Floats64, documents: int) -> None:
        self.kind, self.terms, self.counts, self.documents = kind, terms, counts, documents

    def __len__(self) -> int:
        """How many topics there are."""
        return len(self.counts)

    @property
    def distributions(self) -> Floats64:
        """The share of each term in the words of each topic; rows sum to 1."""
        smooth = self.counts + _SMOOTHING
        shares: Floats64 = smooth / smooth.sum(axis=1, keepdims=True)
        return shares

    @property
    def shares(self) -> Floats64:
        """The share of each topic in all words; sums to 1."""
        totals = self.counts.sum(axis=1) + _SMOOTHING
        shares: Floats64 = totals / totals.sum()
        return shares

    def top(self, count: int = TOP_TERMS) -> list[list[int]]:
        """The most frequent terms of each topic, most frequent first; equal ones in their order."""
        return [np.argsort(-row, kind="stable")[:count].tolist() for row in self.counts]

    def topics(self, count: int = TOP_TERMS) -> list[Topic]:
        """Every topic as it is shown; names tell topics apart that share their frequent terms."""
        distributions, shares = self.distributions, self.shares
        usual = shares @ distributions
        telling = distributions * np.log(distributions / usual)
        found = []
        for number, top in enumerate(self.top(count)):
            best = np.argsort(-telling[number], kind="stable")[:NAME_TERMS]
            terms = {self.terms[term]: round(float(distributions[number, term]), 4) for term in top}
            name = ", ".join(self.terms[term] for term in best.tolist())
            found.append(Topic(number=number, name=name, terms=terms, share=round(float(shares[number]), 4)))
        return found

    def proportions(self, corpus: Corpus) -> Floats64:
        """The share of each topic in each document, shape ``(n_documents, n_topics)``; rows sum to 1.

        A document without any known term has the shares of the whole.

        Source: fold-in of probabilistic latent semantic analysis, Hofmann, 1999, with a Dirichlet prior.
        """
        distributions, prior = self.distributions.T.copy(), self.shares
        found = np.empty((len(corpus), len(self)))
        for number in range(len(corpus)):
            columns, weights = corpus.counts.row(number)
            found[number] = _folded(distributions[columns], np.log1p(weights), prior)
        return found

    def updated(self, corpus: Corpus) -> Self:
        """The model after more documents over the same vocabulary: what they are expected to add is added.

        Source: Neal and Hinton, A View of the EM Algorithm that Justifies Incremental Variants, 1998.
        """
        counts = self.counts.copy()
        distributions, prior = self.distributions.T.copy(), self.shares
        for number in range(len(corpus)):
            columns, weights = corpus.counts.row(number)
            if len(columns):
                likely = distributions[columns] * _folded(distributions[columns], np.log1p(weights), prior)
                likely /= likely.sum(axis=1, keepdims=True)
                counts[:, columns] += (likely * np.log1p(weights)[:, None]).T
        return type(self)(self.kind, self.terms, counts, self.documents + len(corpus))


def _folded(likely: Floats64, weights: npt.NDArray[np.float32], prior: Floats64) -> Floats64:
    """The shares of topics that explain weighted terms best.

    Args:
        likely: of each term in each topic, shape ``(n_terms, n_topics)``.
    """
    shares = prior
    next_shares: Floats64
    for _ in range(_ROUNDS if len(likely) else 0):
        parts = likely * shares
        parts *= (weights / parts.sum(axis=1))[:, None]
        next_shares = parts.sum(axis=0) + _ALPHA * prior
        next_shares /= next_shares.sum()
        if np.abs(next_shares - shares).max() < 1e-4:
            return next_shares
        shares = next_shares
    return shares
