"""What is drawn of predictions: how precision falls with coverage, and what is taken for what."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from topics.classifier.metrics import risk_coverage


class RiskPoint(msgspec.Struct, frozen=True, kw_only=True):
    """At a share of packages answered, the most certain first: the share of first labels that are right."""

    coverage: float
    precision: float


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """Which label was predicted first for packages of each label.

    Attributes:
        counts: a row per label that a package has, a column per label that was predicted.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


def risk_points(
    probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], steps: int = 50
) -> list[RiskPoint]:
    """Precision of the most probable label, at even steps of coverage.

    Args:
        probabilities: of packages that were not learnt from, shape ``(n_packages, n_labels)``.
        truth: labels that packages have, same shape; a missing one counts as wrong, though it is no proof.
    """
    if not len(probabilities):
        return []
    covered, precision = risk_coverage(probabilities, truth)
    ends = np.unique(np.ceil(np.linspace(0, len(covered), steps + 1)[1:]).astype(int)) - 1
    return [
        RiskPoint(coverage=round(float(covered[end]), 4), precision=round(float(precision[end]), 4))
        for end in ends.tolist()
    ]


def confusion(
    probabilities: npt.NDArray[np.float64], truth: npt.NDArray[np.bool_], labels: Sequence[str]
) -> Confusion:
    """Counts of first predictions; of several labels that a package has the predicted one counts."""
    counts = np.zeros((len(labels), len(labels)), np.int64)
    for row, has in zip(probabilities, truth, strict=True):
        predicted = int(row.argmax())
        for label in [predicted] if has[predicted] else np.flatnonzero(has).tolist():
            counts[label, predicted] += 1
    return Confusion(labels=tuple(labels), counts=tuple(tuple(row) for row in counts.tolist()))
