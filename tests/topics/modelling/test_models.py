"""Every kind of model finds the kinds that documents are of; what it becomes is applied by numpy alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fakes.about.documents import KINDS, kind_documents
from topics.documents import Document
from topics.errors import ModelError, TrainingError
from topics.modelling.corpus import Corpus, corpus, counted, vocabulary
from topics.modelling.drift import drift
from topics.modelling.learners import LEARNERS
from topics.modelling.model import TopicModel
from topics.modelling.nmf import NmfLearner
from topics.modelling.quality import agreement, coherence, diversity, stability
from topics.modelling.store import load_topics, save_topics
from topics.models.store import load_model, save_model

ON_GENSIM = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")


@pytest.fixture(scope="module")
def texts() -> Corpus:
    documents = kind_documents(200)
    kinds = {word for words in KINDS.values() for word in words}
    return counted(documents, tuple(sorted(kinds)))


@pytest.fixture(scope="module")
def model(texts: Corpus) -> TopicModel:
    return NmfLearner().learn(texts, 4, 0)


def kind_of(model: TopicModel, number: int) -> str:
    top = {model.terms[term] for term in model.top(5)[number]}
    return max(KINDS, key=lambda kind: len(top & set(KINDS[kind])))


def test_nmf_finds_the_kinds_and_names_them_by_their_words(model: TopicModel) -> None:
    assert {kind_of(model, number) for number in range(4)} == set(KINDS)
    for topic in model.topics():
        words = KINDS[kind_of(model, topic.number)]
        assert all(term in words for term in topic.name.split(", "))
        assert list(topic.terms.values()) == sorted(topic.terms.values(), reverse=True)
    assert sum(topic.share for topic in model.topics()) == pytest.approx(1, abs=0.001)


@pytest.mark.slow
@ON_GENSIM
@pytest.mark.parametrize("kind", ["lda", "lsi", "hdp"])
def test_other_kinds_become_the_same_record(kind: str, texts: Corpus) -> None:
    model = LEARNERS[kind].learn(texts, 4, 1)
    assert model.kind == kind
    assert 1 <= len(model) <= 4
    assert np.isfinite(model.counts).all()
    assert (model.counts >= 0).all()
    assert np.allclose(model.proportions(texts).sum(axis=1), 1)
    assert np.array_equal(model.counts, LEARNERS[kind].learn(texts, 4, 1).counts)


@pytest.mark.slow
@ON_GENSIM
@pytest.mark.parametrize("kind", ["lda-multicore", "lda-ensemble"])
def test_lda_in_several_processes_and_as_an_ensemble(kind: str, texts: Corpus) -> None:
    try:
        model = LEARNERS[kind].learn(texts, 4, 1)
    except TrainingError as error:
        assert kind == "lda-ensemble"
        assert "no topic of 4 is in most" in str(error)
        return
    assert len(model) >= 1
    assert np.isfinite(model.counts).all()


def test_proportions_tell_the_kind_and_an_unknown_text_has_the_shares_of_all(model: TopicModel) -> None:
    documents = [*kind_documents(40, seed=9), Document(name="zzz")]
    proportions = model.proportions(counted(documents, model.terms))
    for document, row in zip(documents[:-1], proportions, strict=False):
        assert kind_of(model, int(row.argmax())) == document.name.split("-")[0]
    assert np.allclose(proportions[-1], model.shares)


def test_an_update_moves_topics_towards_the_new_texts_and_drift_tells_it(model: TopicModel) -> None:
    words = KINDS["toml"][:3]
    more = [Document(name=f"new-{number}", summary=" ".join(words)) for number in range(200)]
    after = model.updated(counted(more, model.terms))
    assert after.documents == model.documents + 200
    toml = next(number for number in range(4) if kind_of(model, number) == "toml")
    assert after.shares[toml] > model.shares[toml]
    change = drift(model, after)
    assert change.shifts[0].after == after.topics()[toml].name
    assert change.shifts[0].divergence > change.shifts[-1].divergence
    assert not change.appeared
    assert not drift(model, model).shifts[0].divergence


def test_drift_tells_topics_that_came_and_went(model: TopicModel) -> None:
    fewer = TopicModel("nmf", model.terms, model.counts[1:], model.documents)
    assert drift(model, fewer).vanished == (model.topics()[0].name,)
    assert len(drift(fewer, model).appeared) == 1


@pytest.mark.slow
@ON_GENSIM
def test_quality_of_clear_topics_is_high_and_of_mixed_ones_low(texts: Corpus, model: TopicModel) -> None:
    chance = np.random.default_rng(0)
    mixed = TopicModel("mixed", model.terms, chance.random(model.counts.shape), model.documents)
    for measure in ("c_npmi", "c_v"):
        assert coherence(model, texts, measure) > coherence(mixed, texts, measure)
    assert agreement(model, model) == (1, 1)
    assert agreement(model, mixed)[1] < 0.6
    assert diversity(model) <= 1
    best, once = stability(NmfLearner(), texts, 4)
    assert best >= once
    assert best > 0.8


def test_more_topics_than_texts_are_refused() -> None:
    documents = kind_documents(6)
    with pytest.raises(TrainingError, match="have no 40 topics"):
        NmfLearner().learn(corpus(documents), 40, 0)
    with pytest.raises(TrainingError, match="no word is in at least"):
        vocabulary([Document(name="one", summary="single words here")])


def test_a_stored_model_is_the_same_and_a_damaged_one_refused(tmp_path: Path, model: TopicModel) -> None:
    manifest = save_topics(tmp_path, model, data_digest="sha256:0", seed=0, libraries={})
    again = load_topics(tmp_path)
    assert (again.kind, again.terms, again.documents) == (model.kind, model.terms, model.documents)
    assert np.array_equal(again.counts, model.counts)
    stored = load_model(tmp_path, manifest.kind, manifest.revision)
    for damaged in (
        -model.counts,
        model.counts[:, 1:],
        model.counts * np.nan,
        model.counts.astype(np.float32),
    ):
        save_model(tmp_path, manifest, {"counts": damaged}, stored.texts)
        with pytest.raises(ModelError, match="do not fit"):
            load_topics(tmp_path)
