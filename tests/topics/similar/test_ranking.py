"""Shared terms decide, weighted by field and rarity; popularity, length and labels do not."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.about.documents import KINDS, kind_documents
from topics.documents import Document
from topics.similar.building import build_index
from topics.similar.collecting import collect
from topics.similar.ranking import Parts, best, closeness


def test_the_closest_are_of_the_same_kind() -> None:
    documents = kind_documents()
    index = build_index(documents)
    for number in range(len(KINDS)):
        kind = documents[number].name.split("-")[0]
        found = index.similar(number, 10)
        assert [other.name.split("-")[0] for other in found] == [kind] * 10
        assert documents[number].name not in {other.name for other in found}


def test_every_answer_names_terms_that_both_have() -> None:
    documents = kind_documents()
    index = build_index(documents)
    texts = {document.name: document.summary for document in documents}
    for other in index.similar(0, 20):
        assert other.shares
        for term in other.shares:
            assert term in texts[other.name] + other.name
            assert term in texts[documents[0].name] + documents[0].name


def test_neither_downloads_nor_labels_nor_dates_change_the_order() -> None:
    documents = kind_documents()
    bare = [Document(name=document.name, summary=document.summary) for document in documents]
    ours, theirs = build_index(documents), build_index(bare)
    for number in range(8):
        names = [other.name for other in ours.similar(number, 30)]
        assert names == [other.name for other in theirs.similar(number, 30)]


def test_a_missing_field_is_no_disadvantage_and_a_long_one_no_advantage() -> None:
    filler = " ".join(f"filler{number}" for number in range(300))
    documents = [
        Document(name="asked", summary="parses toml quickly"),
        Document(name="brief", summary="parses toml quickly"),
        Document(name="wordy", summary="parses toml quickly", description=filler),
        Document(name="other", summary="draws charts", description=filler, keywords="charts"),
    ]
    postings = collect(documents).postings
    scores = postings.scores(*postings.documents.row(0))
    assert scores[1] == pytest.approx(scores[2])
    assert scores[3] == 0


def test_terms_of_the_closest_find_what_shares_no_word_with_the_query() -> None:
    documents = [
        Document(name="one", summary="alpha beta"),
        Document(name="two", summary="alpha beta gamma delta"),
        Document(name="three", summary="gamma delta"),
        Document(name="four", summary="omega psi"),
        Document(name="five", summary="omega psi"),
    ]
    index = build_index(documents)
    assert [other.name for other in index.similar(0)] == ["two", "three"]


def test_topics_break_a_tie_of_terms() -> None:
    documents = [Document(name=name, summary="alpha beta") for name in ("asked", "second", "third")]
    postings = collect(documents).postings
    topics = np.array([[1, 0], [0, 1], [1, 0]], np.float16)
    assert best(closeness(Parts(postings), 0), 2).tolist() == [1, 2]
    assert best(closeness(Parts(postings, None, topics), 0), 2).tolist() == [2, 1]


@pytest.mark.parametrize(
    "documents",
    [
        [],
        [Document(name="only")],
        [Document(name="a", summary="word"), Document(name="b", summary="other")],
        [Document(name="日本", summary="日本語の説明"), Document(name="日本2", summary="日本語の説明")],
    ],
)
def test_texts_without_shared_terms_give_no_answer(documents: list[Document]) -> None:
    index = build_index(documents)
    assert len(index) == len(documents)
    for number in range(len(documents)):
        assert all(other.shares for other in index.similar(number))


def test_the_best_are_ordered_and_equal_ones_stay_in_order() -> None:
    scores = np.array([0.5, 2.0, 0.5, -1.0, 2.0], np.float32)
    assert best(scores, 3).tolist() == [1, 4, 0]
    assert best(scores, 99).tolist() == [1, 4, 0, 2, 3]
