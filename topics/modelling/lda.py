"""Topics by latent Dirichlet allocation: one run, one in several processes, or what several agree on."""

from __future__ import annotations

from typing import Any

import numpy as np

from topics.errors import TrainingError
from topics.extras import imported
from topics.modelling.corpus import Corpus
from topics.modelling.gensim_corpus import GensimCorpus
from topics.modelling.model import TopicModel

_PASSES = 3
_MODELS = 6
_WORKERS = 2


class LdaLearner:
    """Source: Blei, Ng and Jordan, 2003; online by Hoffman, Blei and Bach, 2010.

    One run on short texts is hardly reproducible; see the concepts.
    """

    name = "lda"

    def learn(self, corpus: Corpus, count: int, seed: int) -> TopicModel:
        """See `Learner`."""
        models = imported("gensim.models", "learning topics")
        texts = GensimCorpus(corpus)
        model = models.LdaModel(
            corpus=texts, id2word=texts.names, num_topics=count, passes=_PASSES, alpha="auto", eta="auto",
            random_state=seed,
        )  # fmt: skip
        return _made(self.name, corpus, model.state.get_lambda())


class LdaMulticoreLearner:
    """The same in several processes; which of them is first changes the topics a little."""

    name = "lda-multicore"

    def learn(self, corpus: Corpus, count: int, seed: int) -> TopicModel:
        """See `Learner`."""
        models = imported("gensim.models", "learning topics")
        texts = GensimCorpus(corpus)
        model = models.LdaMulticore(
            corpus=list(texts), id2word=texts.names, num_topics=count, passes=_PASSES, workers=_WORKERS,
            random_state=seed,
        )  # fmt: skip
        return _made(self.name, corpus, model.state.get_lambda())


class LdaEnsembleLearner:
    """Source: Brigl, Extracting Reliable Topics using Ensemble Latent Dirichlet Allocation, 2019."""

    name = "lda-ensemble"

    def learn(self, corpus: Corpus, count: int, seed: int) -> TopicModel:
        """See `Learner`; fewer topics come out, those that most runs have."""
        models = imported("gensim.models", "learning topics")
        texts = GensimCorpus(corpus)
        model = models.EnsembleLda(
            topic_model_class="lda", ensemble_workers=1, distance_workers=1,
            corpus=texts, id2word=texts.names, num_topics=count, num_models=_MODELS, passes=_PASSES,
            random_state=seed,
        )  # fmt: skip
        topics = model.get_topics()
        if topics is None or not len(topics):
            raise TrainingError(
                f"no topic of {count} is in most of {_MODELS} runs", "ask for fewer, or use nmf"
            )
        scale = len(corpus.counts.columns) / len(topics)
        return _made(self.name, corpus, np.asarray(topics) * scale)


def _made(name: str, corpus: Corpus, counts: Any) -> TopicModel:
    found = np.nan_to_num(np.asarray(counts, np.float64)).clip(min=0.0)
    return TopicModel(name, corpus.terms, found, len(corpus))
