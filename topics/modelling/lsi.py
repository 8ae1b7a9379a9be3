"""Topics by latent semantic indexing: the directions in which texts differ most."""

from __future__ import annotations

import numpy as np

from topics.extras import imported
from topics.modelling.corpus import Corpus
from topics.modelling.gensim_corpus import GensimCorpus
from topics.modelling.model import TopicModel


class LsiLearner:
    """Source: Deerwester et al., Indexing by Latent Semantic Analysis, 1990.

    A direction has two sides; the heavier one is the topic.
    """

    name = "lsi"

    def learn(self, corpus: Corpus, count: int, seed: int) -> TopicModel:
        """See `Learner`."""
        models = imported("gensim.models", "learning topics")
        texts = GensimCorpus(corpus, corpus.rarity)
        model = models.LsiModel(corpus=texts, id2word=texts.names, num_topics=count, random_seed=seed)
        directions = np.nan_to_num(np.asarray(model.get_topics(), np.float64))
        ahead, behind = directions.clip(min=0.0), (-directions).clip(min=0.0)
        is_ahead = (ahead**2).sum(axis=1) >= (behind**2).sum(axis=1)
        found = np.where(is_ahead[:, None], ahead, behind)
        found *= np.asarray(model.projection.s, np.float64)[: len(found), None]
        return TopicModel(self.name, corpus.terms, found, len(corpus))
