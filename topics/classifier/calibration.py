"""From what models and neighbours say to probabilities: where 0.7 is said, seven of ten are right."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


_STEPS = 100
_CLOSE = 1e-7
_LEAST_SHARE = 1e-6


class Calibration(NamedTuple):
    """A logistic model over the decisions for a label.

    Attributes:
        slopes: what each kind of decision counts: of this label against all others, the logarithm of its
            share among all labels, and further ones.
        offsets: of each label, shape ``(n_labels,)``.
    """

    slopes: Floats
    offsets: Floats

    def probabilities(self, decisions: Floats) -> Floats:
        """Probabilities of shape ``(n_documents, n_labels)``.

        Args:
            decisions: of all kinds side by side, shape ``(n_documents, n_kinds * n_labels)``.
        """
        kinds = split_decisions(decisions, len(self.offsets))
        values = self.offsets + sum(slope * each for slope, each in zip(self.slopes, kinds, strict=True))
        probabilities: Floats = 1 / (1 + np.exp(-np.clip(values, -60, 60)))
        return probabilities


def split_decisions(decisions: Floats, labels: int) -> list[Floats]:
    """Decisions by kind; those in competition, which are the second, become logarithms of shares."""
    kinds = [decisions[:, at : at + labels] for at in range(0, decisions.shape[1], labels)]
    top = kinds[1].max(1, keepdims=True)
    kinds[1] = kinds[1] - top - np.log(np.exp(kinds[1] - top).sum(1, keepdims=True))
    return kinds


def calibrate(decisions: Floats, truth: Floats, penalty: float = 1.0) -> Calibration:
    """The calibration under which the truth is most likely, fitted by Newton's method.

    Args:
        decisions: of all kinds side by side, about documents that the models did not learn from.
        truth: 0 or 1, shape ``(n_documents, n_labels)``.
        penalty: holds the offsets of rare labels near their common mean.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.
    """
    labels = truth.shape[1]
    kinds = split_decisions(decisions, labels)
    count = len(kinds)
    first = count + 1  # the place of the first offset
    positive = truth.sum(0)
    # Nothing is wholly sure after so few cases: what Platt puts in the place of 1 and 0.
    truth = np.where(truth > 0, (positive + 1) / (positive + 2), 1 / (len(truth) - positive + 2))
    common = (*kinds, np.ones_like(kinds[0]))

    def values(point: Floats) -> Floats:
        scores: Floats = point[count] + point[first:]
        for slope, each in zip(point, kinds, strict=False):
            scores = scores + slope * each
        return scores

    def loss(point: Floats) -> float:
        scores = values(point)
        return float(
            (np.logaddexp(0, scores) - truth * scores).sum() + penalty / 2 * (point[first:] ** 2).sum()
        )

    point = np.zeros(first + labels)
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(values(point), -60, 60)))
        residual, weight = truth - said, np.maximum(said * (1 - said), 1e-9)
        slope = np.array([*((residual * each).sum() for each in common), *residual.sum(0)])
        slope[first:] -= penalty * point[first:]
        curvature = np.zeros((first + labels, first + labels))
        for row, one in enumerate(common):
            curvature[row, :first] = [(weight * one * second).sum() for second in common]
            curvature[row, first:] = curvature[first:, row] = (weight * one).sum(0)
        curvature[first:, first:] += np.diag(weight.sum(0) + penalty)
        step = np.linalg.solve(curvature + 1e-6 * np.eye(first + labels), slope)
        now, share = loss(point), 1.0
        while loss(point + share * step) > now and share > _LEAST_SHARE:
            share /= 2
        point = point + share * step
        if np.abs(step).max() < _CLOSE:
            break
    return Calibration(point[:count], point[first:] + point[count])
