"""How good probabilities of labels are: F1, average precision, calibration, what abstaining gains, bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]
Truth = np.ndarray[Any, np.dtype[np.bool_]]
Measure = Callable[[Floats, Truth], float]


def chosen(probabilities: Floats, threshold: float) -> Truth:
    """The labels that are said: those from the threshold on, else the most probable."""
    said = probabilities >= threshold
    silent = ~said.any(1)
    said[silent, probabilities[silent].argmax(1)] = True
    return said


def micro_f1(said: Truth, truth: Truth) -> float:
    """F1 over all decisions."""
    return float(2 * (said & truth).sum() / max(1, said.sum() + truth.sum()))


def macro_f1(said: Truth, truth: Truth) -> float:
    """Mean of the F1 of the labels that occur."""
    occurs = truth.any(0)
    both = (said & truth).sum(0)[occurs]
    either = (said.sum(0) + truth.sum(0))[occurs]
    return float((2 * both / either).mean()) if occurs.any() else 0.0


def mean_average_precision(probabilities: Floats, truth: Truth) -> float:
    """Mean over the labels that occur of the area under precision and recall.

    Equal probabilities count as one step, whatever their order.
    """
    areas = [
        _average_precision(probabilities[:, label], truth[:, label]) for label in np.flatnonzero(truth.any(0))
    ]
    return float(np.mean(areas)) if areas else 0.0


def _average_precision(probabilities: Floats, truth: Truth) -> float:
    order = np.argsort(-probabilities, kind="stable")
    right = np.cumsum(truth[order])
    last = np.flatnonzero(np.append(np.diff(probabilities[order]), 1) != 0)
    precision, recall = right[last] / (last + 1), right[last] / right[-1]
    return float((np.diff(recall, prepend=0) * precision).sum())


def top_precision(probabilities: Floats, truth: Truth) -> float:
    """How often the most probable label is right."""
    return float(truth[np.arange(len(truth)), probabilities.argmax(1)].mean())


def calibration_error(probabilities: Floats, truth: Truth, bins: int = 10) -> float:
    """Expected calibration error of the most probable label, in bins of equal width.

    Source: Guo et al., On calibration of modern neural networks, 2017.
    """
    top = probabilities.argmax(1)
    rows = np.arange(len(top))
    said, right = probabilities[rows, top], truth[rows, top]
    place = np.minimum((said * bins).astype(int), bins - 1)
    return float(
        sum(
            abs(said[within].mean() - right[within].mean()) * within.mean()
            for number in range(bins)
            if (within := place == number).any()
        )
    )


def risk_coverage(probabilities: Floats, truth: Truth) -> tuple[Floats, Floats]:
    """Precision of the most probable label where only the surest share of documents is answered.

    Returns:
        Coverage, rising, and the precision at each, both of shape ``(n_documents,)``.
    """
    top = probabilities.argmax(1)
    rows = np.arange(len(top))
    order = np.argsort(-probabilities[rows, top], kind="stable")
    number = np.arange(1, len(top) + 1)
    return number / len(top), np.cumsum(truth[rows, top][order]) / number


def precision_at(probabilities: Floats, truth: Truth, coverage: float) -> float:
    """The precision at a coverage; see `risk_coverage`."""
    covered, precision = risk_coverage(probabilities, truth)
    return float(precision[min(len(covered) - 1, int(np.searchsorted(covered, coverage)))])


def best_threshold(probabilities: Floats, truth: Truth) -> float:
    """The threshold under which `micro_f1` is greatest, in hundredths."""
    candidates = np.arange(5, 96) / 100
    return float(max(candidates, key=lambda at: micro_f1(chosen(probabilities, at), truth)))


def steady_threshold(probabilities: Floats, truth: Truth) -> float:
    """Half of the greatest `micro_f1`, in hundredths: the best threshold where probabilities hold.

    Around the best one `micro_f1` hardly changes, so that what few documents call the best is chance.

    Source: Lipton, Elkan and Naryanaswamy, Optimal thresholding of classifiers to maximize F1 measure, 2014.
    """
    return round(micro_f1(chosen(probabilities, best_threshold(probabilities, truth)), truth) / 2, 2)


def measures(threshold: float) -> dict[str, Measure]:
    """What is measured, by name."""
    return {
        "micro_f1": lambda said, truth: micro_f1(chosen(said, threshold), truth),
        "macro_f1": lambda said, truth: macro_f1(chosen(said, threshold), truth),
        "map": mean_average_precision,
        "top_precision": top_precision,
        "calibration_error": calibration_error,
        "precision_at_70": lambda said, truth: precision_at(said, truth, 0.7),
    }


def interval(
    measure: Measure, probabilities: Floats, truth: Truth, *, seed: int, samples: int = 500
) -> tuple[float, float]:
    """Bounds that hold 95 % of a measure over samples of the documents, drawn with replacement.

    Source: Efron and Tibshirani, An introduction to the bootstrap, 1993 (percentile interval).
    """
    generator = np.random.default_rng(seed)
    count = len(truth)
    drawn = (generator.integers(0, count, count) for _ in range(samples))
    values = [measure(probabilities[rows], truth[rows]) for rows in drawn]
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
