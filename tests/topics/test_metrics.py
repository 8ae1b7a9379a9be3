"""Measures against their definitions, written out, and against scikit-learn where it is installed."""

import numpy as np
import pytest

from topics.classifier import metrics
from topics.classifier.calibration import calibrate

DRAWN = np.random.default_rng(3)
TRUTH = DRAWN.random((300, 5)) < 0.25
PROBABILITIES = np.round(TRUTH * 0.3 + DRAWN.random((300, 5)) * 0.7, 2).astype(np.float64)


def test_a_document_without_sure_labels_gets_the_likeliest() -> None:
    said = metrics.chosen(np.array([[0.1, 0.2], [0.9, 0.8]]), 0.5)
    assert said.tolist() == [[False, True], [True, True]]


def test_perfect_probabilities_score_one() -> None:
    sure = TRUTH.astype(float)
    labelled = TRUTH.any(1)
    assert metrics.mean_average_precision(sure, TRUTH) == 1
    assert metrics.micro_f1(metrics.chosen(sure, 0.5)[labelled], TRUTH[labelled]) == 1
    assert metrics.calibration_error(sure[labelled], TRUTH[labelled]) == 0


def test_scores_are_those_of_scikit_learn() -> None:
    peer = pytest.importorskip("sklearn.metrics")
    said = metrics.chosen(PROBABILITIES, 0.5)
    assert metrics.micro_f1(said, TRUTH) == pytest.approx(peer.f1_score(TRUTH, said, average="micro"))
    assert metrics.macro_f1(said, TRUTH) == pytest.approx(peer.f1_score(TRUTH, said, average="macro"))
    assert metrics.mean_average_precision(PROBABILITIES, TRUTH) == pytest.approx(
        peer.average_precision_score(TRUTH, PROBABILITIES, average="macro")
    )


@pytest.mark.slow
def test_the_steady_threshold_is_near_the_best_where_probabilities_hold() -> None:
    drawn = np.random.default_rng(7)
    said = drawn.beta(0.4, 2, (20_000, 4))
    truth = drawn.random(said.shape) < said
    steady, best = metrics.steady_threshold(said, truth), metrics.best_threshold(said, truth)
    assert steady == pytest.approx(best, abs=0.05)
    assert metrics.micro_f1(metrics.chosen(said, steady), truth) == pytest.approx(
        metrics.micro_f1(metrics.chosen(said, best), truth), abs=0.002
    )


def test_precision_rises_where_only_the_sure_is_answered() -> None:
    probabilities, truth = np.array([[0.9], [0.8], [0.3], [0.2]]), np.array([[1], [1], [0], [0]]) > 0
    assert metrics.precision_at(probabilities, truth, 0.5) == 1
    assert metrics.precision_at(probabilities, truth, 1.0) == 0.5


def test_calibration_error_is_the_gap_between_said_and_right() -> None:
    probabilities, truth = np.full((10, 1), 0.75), np.arange(10)[:, None] < 5
    assert metrics.calibration_error(probabilities, truth) == pytest.approx(0.25)


def test_an_interval_holds_the_value_and_is_repeatable() -> None:
    measure = metrics.measures(0.5)["micro_f1"]
    low, high = metrics.interval(measure, PROBABILITIES, TRUTH, seed=1, samples=100)
    assert low < measure(PROBABILITIES, TRUTH) < high
    assert (low, high) == metrics.interval(measure, PROBABILITIES, TRUTH, seed=1, samples=100)


def test_calibration_makes_what_is_said_come_true() -> None:
    """Decisions that are four times too sure are drawn back."""
    drawn = np.random.default_rng(1)
    logits = drawn.normal(-1, 2, (4000, 4))
    truth = (drawn.random(logits.shape) < 1 / (1 + np.exp(-logits))).astype(float)
    decisions = np.hstack([4 * logits, np.zeros_like(logits)])
    said = calibrate(decisions, truth).probabilities(decisions)
    assert np.abs(said - 1 / (1 + np.exp(-logits))).mean() < 0.02
