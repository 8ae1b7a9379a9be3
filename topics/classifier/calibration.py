"""From what two linear models say to probabilities that hold: where 0.7 is said, seven of ten are right."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Floats = np.ndarray[Any, np.dtype[np.float64]]


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
    slopes, offsets, mean = np.array([0.5, 0.5]), np.zeros(labels), 0.0
    for _ in range(50):
        values = slopes[0] * own + slopes[1] * shared + mean + offsets
        said = 1 / (1 + np.exp(-np.clip(values, -60, 60)))
        residual, weight = truth - said, np.maximum(said * (1 - said), 1e-9)
        columns = np.empty((3 + labels,))
        columns[:3] = (residual * own).sum(), (residual * shared).sum(), residual.sum()
        columns[3:] = residual.sum(0) - penalty * offsets
        hessian = np.zeros((3 + labels, 3 + labels))
        common = (own, shared, np.ones_like(own))
        for row, first in enumerate(common):
            for column, second in enumerate(common):
                hessian[row, column] = (weight * first * second).sum()
            hessian[row, 3:] = hessian[3:, row] = (weight * first).sum(0)
        hessian[3:, 3:] += np.diag(weight.sum(0) + penalty)
        step = np.linalg.solve(hessian + 1e-6 * np.eye(3 + labels), columns)
        slopes, mean, offsets = slopes + step[:2], mean + step[2], offsets + step[3:]
        if np.abs(step).max() < 1e-7:
            break
    return Calibration(float(slopes[0]), float(slopes[1]), offsets + mean)
