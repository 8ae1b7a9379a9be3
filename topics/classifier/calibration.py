"""From what two linear models say to probabilities that hold: where 0.7 is said, seven of ten are right."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


_STEPS = 100
_CLOSE = 1e-7
_LEAST_SHARE = 1e-6


class Calibration(NamedTuple):
    """A logistic model over the two decisions for a label.

    Attributes:
        own: what the decision for this label against all others counts.
        shared: what the logarithm of its share among all labels counts.
        offsets: of each label, shape ``(n_labels,)``.
    """

    own: float
    shared: float
    offsets: Floats

    def probabilities(self, decisions: Floats) -> Floats:
        """Probabilities of shape ``(n_documents, n_labels)``.

        Args:
            decisions: of both models side by side, shape ``(n_documents, 2 * n_labels)``.
        """
        own, shared = split_decisions(decisions)
        values = self.own * own + self.shared * shared + self.offsets
        probabilities: Floats = 1 / (1 + np.exp(-np.clip(values, -60, 60)))
        return probabilities


def split_decisions(decisions: Floats) -> tuple[Floats, Floats]:
    """Decisions against all others, and logarithms of shares among all labels."""
    count = decisions.shape[1] // 2
    own, shared = decisions[:, :count], decisions[:, count:]
    top = shared.max(1, keepdims=True)
    return own, shared - top - np.log(np.exp(shared - top).sum(1, keepdims=True))


def calibrate(decisions: Floats, truth: Floats, penalty: float = 1.0) -> Calibration:
    """The calibration under which the truth is most likely, fitted by Newton's method.

    Args:
        decisions: about documents that the models did not learn from.
        truth: 0 or 1, shape ``(n_documents, n_labels)``.
        penalty: holds the offsets of rare labels near their common mean.

    Source: J. Platt, Probabilistic outputs for support vector machines, 1999.
    """
    own, shared = split_decisions(decisions)
    labels = truth.shape[1]
    positive = truth.sum(0)
    # Nothing is wholly sure after so few cases: what Platt puts in the place of 1 and 0.
    truth = np.where(truth > 0, (positive + 1) / (positive + 2), 1 / (len(truth) - positive + 2))
    common = (own, shared, np.ones_like(own))

    def values(point: Floats) -> Floats:
        scores: Floats = point[0] * own + point[1] * shared + point[2] + point[3:]
        return scores

    def loss(point: Floats) -> float:
        scores = values(point)
        return float((np.logaddexp(0, scores) - truth * scores).sum() + penalty / 2 * (point[3:] ** 2).sum())

    point = np.zeros(3 + labels)
    for _ in range(_STEPS):
        said = 1 / (1 + np.exp(-np.clip(values(point), -60, 60)))
        residual, weight = truth - said, np.maximum(said * (1 - said), 1e-9)
        slope = np.array([*((residual * each).sum() for each in common), *residual.sum(0)])
        slope[3:] -= penalty * point[3:]
        curvature = np.zeros((3 + labels, 3 + labels))
        for row, first in enumerate(common):
            curvature[row, :3] = [(weight * first * second).sum() for second in common]
            curvature[row, 3:] = curvature[3:, row] = (weight * first).sum(0)
        curvature[3:, 3:] += np.diag(weight.sum(0) + penalty)
        step = np.linalg.solve(curvature + 1e-6 * np.eye(3 + labels), slope)
        now, share = loss(point), 1.0
        while loss(point + share * step) > now and share > _LEAST_SHARE:
            share /= 2
        point = point + share * step
        if np.abs(step).max() < _CLOSE:
            break
    return Calibration(float(point[0]), float(point[1]), point[3:] + point[2])
