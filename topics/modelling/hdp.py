"""Topics by the hierarchical Dirichlet process, which has its own opinion of how many there are."""

from __future__ import annotations

import numpy as np

from topics.extras import imported
from topics.modelling.corpus import Corpus
from topics.modelling.gensim_corpus import GensimCorpus
from topics.modelling.model import TopicModel


class HdpLearner:
    """Source: Wang, Paisley and Blei, Online Variational Inference for the HDP, 2011.

    Of the topics that it has room for, those with the most words are taken. Shares that are no number, which
    texts without any known term give, count as none.
    """

    name = "hdp"

    def learn(self, corpus: Corpus, count: int, seed: int) -> TopicModel:
        """See `Learner`."""
        models = imported("gensim.models", "learning topics")
        texts = GensimCorpus(corpus)
        model = models.HdpModel(corpus=texts, id2word=texts.names, T=max(2, count), K=15, random_state=seed)
        counts = np.nan_to_num(np.asarray(model.m_lambda, np.float64)).clip(min=0.0)
        order = np.argsort(-counts.sum(axis=1), kind="stable")[:count]
        return TopicModel(self.name, corpus.terms, counts[np.sort(order)], len(corpus))
