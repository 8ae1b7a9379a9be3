"""Two linear models over inner products: each label against all others, and all labels in competition.

Few documents and many terms: what is fitted is what each document counts, and the weights of terms follow
from it. Only inner products of documents are needed, so that kinds of terms are added, not concatenated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from topics.extras import imported

Floats = np.ndarray[Any, np.dtype[np.float64]]
_ITERATIONS = 40
_OWN_SHARE = 1e-4


class LinearFits:
    """Fits models on the documents of a matrix of inner products.

    Args:
        products: symmetric, shape ``(n_documents, n_documents)``.
        importance: what each document counts, shape ``(n_documents,)``.
    """

    def __init__(self, products: Floats, importance: Floats) -> None:
        self._importance = importance[:, None]
        own = _OWN_SHARE * float(np.mean(np.diagonal(products)))  # equal documents would have no root
        self._root = np.linalg.cholesky(products.astype(np.float64) + own * np.eye(len(products)))
        self._points = self._root.astype(np.float32)

    def against_others(self, truth: Floats, strength: float) -> tuple[Floats, Floats]:
        """Logistic regression of each label, in which few with a label count as much as many without.

        Returns:
            What each document counts for each label, shape ``(n_documents, n_labels)``, and the offsets.
        """
        positive = np.maximum(truth.sum(0), 1)
        weights = np.where(truth > 0, (len(truth) - positive) / positive, 1.0) * self._importance
        weights *= weights.size / weights.sum()

        def loss(scores: Floats) -> tuple[float, Floats]:
            said = 1 / (1 + np.exp(-scores))
            value = float((weights * (np.logaddexp(0, scores) - truth * scores)).sum())
            return value, (said - truth) * weights

        return self._fitted(loss, truth.shape[1], strength)

    def in_competition(self, truth: Floats, strength: float) -> tuple[Floats, Floats]:
        """Multinomial logistic regression; a document with several labels is divided among them.

        Returns:
            As `against_others`.
        """
        shares = truth / np.maximum(truth.sum(1, keepdims=True), 1)
        counts = np.maximum(truth.sum(0), 1)
        weights = (shares @ np.sqrt(counts.mean() / counts))[:, None] * self._importance

        def loss(scores: Floats) -> tuple[float, Floats]:
            top = scores.max(1, keepdims=True)
            logs = scores - top - np.log(np.exp(scores - top).sum(1, keepdims=True))
            return float(-(weights * shares * logs).sum()), (np.exp(logs) - shares) * weights

        return self._fitted(loss, truth.shape[1], strength)

    def _fitted(self, loss: Any, labels: int, strength: float) -> tuple[Floats, Floats]:
        minimize = imported("scipy.optimize", "training").minimize
        points, size = self._points, self._points.shape[1]

        def objective(flat: Floats) -> tuple[float, Floats]:
            weights = flat[: size * labels].reshape(size, labels)
            scores = (points @ weights.astype(np.float32)).astype(np.float64) + flat[size * labels :]
            value, slope = loss(scores)
            descent = (points.T @ slope.astype(np.float32)).astype(np.float64) * strength + weights
            return (
                value * strength + 0.5 * float((weights**2).sum()),
                np.concatenate([descent.ravel(), slope.sum(0) * strength]),
            )

        start = np.zeros(size * labels + labels)
        found = minimize(objective, start, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS}).x
        weights = found[: size * labels].reshape(size, labels)
        return np.linalg.solve(self._root.T, weights), found[size * labels :]
