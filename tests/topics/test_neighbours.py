"""What labels near documents have, against inner products and shares that are written out."""

import numpy as np
import pytest

from topics.classifier.neighbours import (
    MOST_DOCUMENTS,
    Neighbours,
    Postings,
    label_decisions,
    posting_arrays,
    rare,
    shares_of,
)

DRAWN = np.random.default_rng(4)
DENSE = np.where(DRAWN.random((60, 30)) < 0.3, DRAWN.random((60, 30)), 0)
TRUTH = np.eye(3)[DRAWN.integers(0, 3, 60)]


def postings_of(dense: np.ndarray) -> Postings:
    sparse = pytest.importorskip("scipy.sparse")
    arrays = posting_arrays(sparse.csr_matrix(dense), "word")
    lengths, rows, codes, step = (arrays[f"word_{part}"] for part in ("lengths", "rows", "codes", "step"))
    return Postings(lengths, rows, codes, float(step[0]))


def vector(row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    columns = np.flatnonzero(row)
    return columns.astype(np.int32), row[columns].astype(np.float32)


def test_likeness_is_the_inner_product() -> None:
    found = postings_of(DENSE).likeness([vector(row) for row in DENSE[:7]], len(DENSE))
    assert found == pytest.approx(DENSE[:7] @ DENSE.T, abs=0.05)  # weights are stored in eight bits


def test_a_document_without_known_terms_is_like_none() -> None:
    found = postings_of(DENSE).likeness([vector(np.zeros(30)), vector(DENSE[0])], len(DENSE))
    assert not found[0].any()
    assert found[1].argmax() == (DENSE[0] @ DENSE.T).argmax()


def test_terms_of_many_documents_say_nothing_of_likeness() -> None:
    sparse = pytest.importorskip("scipy.sparse")
    common = np.ones((MOST_DOCUMENTS + 1, 2))
    common[0, 1] = 0
    kept = rare(sparse.csr_matrix(common)).toarray()
    assert not kept[:, 0].any()
    assert kept[:, 1].sum() == MOST_DOCUMENTS


def test_the_nearest_few_count_in_the_first_circle_and_more_in_the_second() -> None:
    likeness = np.zeros((1, 50))
    likeness[0, 10:13] = 1
    likeness[0, 20:40] = 0.5
    truth = np.zeros((50, 2))
    truth[:20, 0] = truth[20:, 1] = 1
    found = np.exp(label_decisions(likeness, shares_of(truth), np.ones(50)))[0] - 0.02
    assert found == pytest.approx([1, 0, 3 / 8, 5 / 8], abs=1e-3)


def test_what_is_like_nothing_has_no_labels_and_no_infinities() -> None:
    found = label_decisions(np.zeros((2, 50)), shares_of(np.ones((50, 2))), np.ones(50))
    assert np.isfinite(found).all()
    assert np.ptp(found) == 0


def test_phrases_count_less_than_documents() -> None:
    likeness, truth = np.ones((1, 2)), np.eye(2)
    found = np.exp(label_decisions(likeness, truth, np.array([1.0, 0.5])))[0] - 0.02
    assert found[:2] == pytest.approx([2 / 3, 1 / 3], abs=1e-3)


@pytest.mark.parametrize(
    ("truth", "importance"),
    [(TRUTH[:-1], np.ones(59)), (TRUTH, np.ones(59)), (np.zeros((0, 3)), np.ones(0)), (TRUTH[0], np.ones(3))],
    ids=["too few", "another number", "none", "one alone"],
)
def test_neighbours_that_do_not_belong_together_are_refused(
    truth: np.ndarray, importance: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=r"neighbours|postings"):
        Neighbours((postings_of(DENSE),), truth, importance)


def test_postings_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(ValueError, match="do not belong together"):
        Postings(np.array([2, 1]), np.zeros(2), np.zeros(2), 0.1)
