"""How good topics are: whether their terms belong together, differ, and come again on other documents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from statistics import fmean

import msgspec
import numpy as np

from topics.extras import imported
from topics.modelling.corpus import Corpus
from topics.modelling.model import TOP_TERMS, Learner, TopicModel

SAMPLES = 5
SAMPLE_SHARE = 0.8
_REFERENCE_TEXTS = 2_500
_REFERENCE_TERMS = 8
_DIVERSE_TERMS = 25


class TopicQuality(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured of one number of topics.

    Attributes:
        topics: how many were asked for.
        npmi: mean over pairs of a topic's ten terms, -1 to 1, within documents.
        c_v: 0 to 1; rises with the number of topics, so that nothing is chosen by it.
        diversity: share of different terms among the 25 of every topic.
        stability: how well topics of samples of the documents match each other, 0 to 1.
        stability_one_to_one: the same where each topic may be matched once.
    """

    kind: str
    topics: int
    npmi: float
    c_v: float
    diversity: float
    stability: float
    stability_one_to_one: float


def coherence(model: TopicModel, corpus: Corpus, measure: str) -> float:
    """Mean coherence of a model's topics: `measure` is ``c_v`` or ``c_npmi``.

    Counted within the first documents of enough terms; a topic that cannot be told counts nothing.

    Raises:
        MissingExtraError: gensim is not installed.

    Source: Röder, Both and Hinneburg, Exploring the Space of Topic Coherence Measures, 2015.
    """
    models = imported("gensim.models", "measuring coherence")
    corpora = imported("gensim.corpora", "measuring coherence")
    texts = [text for text, _ in zip(corpus.texts(_REFERENCE_TERMS), range(_REFERENCE_TEXTS), strict=False)]
    if not texts:
        return 0.0
    dictionary = corpora.Dictionary(texts)
    known = dictionary.token2id
    topics = [[model.terms[term] for term in top if model.terms[term] in known] for top in model.top()]
    topics = [topic for topic in topics if len(topic) > 1]
    if not topics:
        return 0.0
    measured = models.CoherenceModel(
        topics=topics, texts=texts, dictionary=dictionary, coherence=measure, topn=TOP_TERMS, processes=1,
        window_size=1_000 if measure == "c_npmi" else None,
    )  # fmt: skip
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.asarray(measured.get_coherence_per_topic(), np.float64)
    return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0


def diversity(model: TopicModel) -> float:
    """The share of different terms among the most frequent ones of every topic.

    Source: Dieng, Ruiz and Blei, Topic Modeling in Embedding Spaces, 2020.
    """
    tops = model.top(_DIVERSE_TERMS)
    return len({term for top in tops for term in top}) / max(sum(map(len, tops)), 1)


def agreement(ours: TopicModel, theirs: TopicModel) -> tuple[float, float]:
    """How well two models of one vocabulary match: mean Jaccard index of the ten most frequent terms.

    Returns:
        Of each topic with its best match in the other model, both ways; and of pairs where each is used once.

    Source: Greene, O'Callaghan and Cunningham, How Many Topics? Stability Analysis for Topic Models, 2014.
    """
    optimize = imported("scipy.optimize", "measuring stability")
    tops = [[set(top) for top in model.top()] for model in (ours, theirs)]
    alike = np.array([[len(one & two) / len(one | two) for two in tops[1]] for one in tops[0]])
    rows, columns = optimize.linear_sum_assignment(-alike)
    best = (alike.max(axis=1).mean() + alike.max(axis=0).mean()) / 2
    return float(best), float(alike[rows, columns].sum() / max(alike.shape))


def samples(count: int, seed: int) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """`SAMPLES` samples of document numbers, each without repetition and ascending."""
    chance = np.random.default_rng(seed)
    return [np.sort(chance.permutation(count)[: round(SAMPLE_SHARE * count)]) for _ in range(SAMPLES)]


def stability(learner: Learner, corpus: Corpus, count: int, seed: int = 0) -> tuple[float, float]:
    """Mean `agreement` of models learnt on samples of the documents, each with a seed of its own."""
    models = [
        learner.learn(corpus.part(chosen), count, seed + number)
        for number, chosen in enumerate(samples(len(corpus), seed))
    ]
    pairs = [agreement(ours, theirs) for ours, theirs in combinations(models, 2)]
    return fmean(best for best, _ in pairs), fmean(once for _, once in pairs)


def quality(learner: Learner, corpus: Corpus, count: int, seed: int = 0) -> TopicQuality:
    """Measure one way of learning so many topics."""
    model = learner.learn(corpus, count, seed)
    best, once = stability(learner, corpus, count, seed)
    return TopicQuality(
        kind=learner.name,
        topics=count,
        npmi=coherence(model, corpus, "c_npmi"),
        c_v=coherence(model, corpus, "c_v"),
        diversity=diversity(model),
        stability=best,
        stability_one_to_one=once,
    )


def chosen_count(
    learner: Learner,
    corpus: Corpus,
    counts: Sequence[int],
    seed: int = 0,
    told: Callable[[TopicQuality], None] = lambda measured: None,
) -> tuple[int, list[TopicQuality]]:
    """The number of topics with the best mean rank of NPMI, diversity and stability, and what was measured.

    Equal ones: the smaller. c_v takes no part, for it rises with the number of topics.
    """
    measured = []
    for count in counts:
        measured.append(quality(learner, corpus, count, seed))
        told(measured[-1])
    ranks = [0] * len(measured)
    for values in zip(*((entry.npmi, entry.diversity, entry.stability) for entry in measured), strict=True):
        for place, value in enumerate(values):
            ranks[place] += sum(other > value for other in values)
    best = min(range(len(measured)), key=lambda place: (ranks[place], measured[place].topics))
    return measured[best].topics, measured
