"""Measures classifiers: a stored one, one trained for the validation split, or one for each fold."""

from __future__ import annotations

import enum
from typing import NamedTuple

import numpy as np

from topics.classifier import metrics
from topics.classifier.calibration import Floats
from topics.classifier.classifier import Classifier
from topics.classifier.examples import Examples
from topics.classifier.training import Progress, TrainingSettings, train
from topics.errors import TrainingError
from topics.split import FOLDS

COVERAGES = (50, 60, 70, 80, 90, 100)


class How(enum.StrEnum):
    """What is measured."""

    MODEL = "model"
    VALIDATION = "validation"
    CROSS_VALIDATION = "cross-validation"


class Evaluation(NamedTuple):
    """Measures of one classifier.

    Attributes:
        scores: name to value, lower and upper bound of 95 %.
        labels: F1 of each.
        coverage: hundredths to precision.
    """

    scores: dict[str, tuple[float, float, float]]
    labels: dict[str, float]
    coverage: dict[int, float]


def evaluation(
    probabilities: Floats, truth: Floats, labels: tuple[str, ...], threshold: float, seed: int
) -> Evaluation:
    """Every measure, with bounds."""
    right = truth > 0
    scores = {
        name: (measure(probabilities, right), *metrics.interval(measure, probabilities, right, seed=seed))
        for name, measure in metrics.measures(threshold).items()
    }
    said = metrics.chosen(probabilities, threshold)
    of_labels = {
        label: metrics.micro_f1(said[:, [column]], right[:, [column]]) for column, label in enumerate(labels)
    }
    coverage = {at: metrics.precision_at(probabilities, right, at / 100) for at in COVERAGES}
    return Evaluation(scores, of_labels, coverage)


def evaluate_model(classifier: Classifier, examples: Examples, seed: int) -> Evaluation:
    """How good a stored classifier is on examples; labels that it does not know count against it.

    Raises:
        TrainingError: it knows none of the labels.
    """
    columns = {label: column for column, label in enumerate(classifier.labels)}
    if not columns.keys() & set(examples.labels):
        raise TrainingError("the model knows none of the labels", "name another model or other documents")
    known = classifier.probabilities(examples.documents)
    aligned = np.zeros(examples.truth.shape)
    for place, label in enumerate(examples.labels):
        if label in columns:
            aligned[:, place] = known[:, columns[label]]
    return evaluation(aligned, examples.truth, examples.labels, classifier.threshold, seed)


def held_out_probabilities(
    examples: Examples, settings: TrainingSettings, folds: tuple[int, ...], seed: int, progress: Progress
) -> tuple[Floats, Examples, float]:
    """Probabilities of the folds' documents by classifiers that were trained and calibrated without them.

    Returns:
        The probabilities, the documents they are of, and the mean threshold that the classifiers chose.

    Raises:
        TrainingError: a fold is empty, or all is within it.
    """
    parts: list[Floats] = []
    order: list[int] = []
    thresholds: list[float] = []
    for fold in folds:
        within = examples.folds == fold
        if not within.any() or within.all():
            raise TrainingError(f"fold {fold} of {FOLDS} is empty", "give more labelled documents")
        trained = train(examples.part(~within), settings, seed, progress)
        classifier = Classifier(trained.stored, "being measured")
        parts.append(classifier.probabilities(examples.part(within).documents))
        order += np.flatnonzero(within).tolist()
        thresholds.append(classifier.threshold)
    taken = np.array(order)
    chosen = Examples(
        tuple(examples.documents[row] for row in order),
        examples.labels,
        examples.truth[taken],
        examples.folds[taken],
        examples.digest,
    )
    return np.concatenate(parts), chosen, float(np.mean(thresholds))
