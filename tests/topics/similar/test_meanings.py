"""Vectors of meaning: learnt from the documents, and the same at every run."""

from __future__ import annotations

import numpy as np
import pytest

from fakes.about.documents import kind_documents
from topics.documents import Document
from topics.similar.building import build_index
from topics.similar.meanings import meanings


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_vectors_of_one_kind_are_closer_and_come_again() -> None:
    documents = [*kind_documents(), Document(name="empty")]
    vectors = meanings(documents, len(documents), seed=1).astype(np.float32)
    assert np.array_equal(vectors, meanings(documents, len(documents), seed=1).astype(np.float32))
    assert not vectors[-1].any()
    kinds = np.array([document.name.split("-")[0] for document in documents[:-1]])
    cosines = vectors[:-1] @ vectors[:-1].T
    same = kinds[:, None] == kinds[None]
    assert cosines[same].mean() > cosines[~same].mean() + 0.05
    index = build_index(documents, with_vectors=True, seed=1)
    assert {other.name.split("-")[0] for other in index.similar(0, 10)} == {kinds[0]}
