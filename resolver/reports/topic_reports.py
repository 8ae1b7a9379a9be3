"""What is told about topics: `Classification` of packages, `ClassifierScores` of a classifier."""

from __future__ import annotations

import msgspec

from analyzers.reports import Report


class LabelProbability(msgspec.Struct, frozen=True, kw_only=True):
    """A label that is said of a package, and how sure that is, in [0, 1]."""

    label: str
    probability: float


class PackageLabels(msgspec.Struct, frozen=True, kw_only=True):
    """What one package is about.

    Attributes:
        labels: the most probable first; none where the classifier abstained.
        abstained: True where the texts did not suffice for a statement.
    """

    name: str
    labels: tuple[LabelProbability, ...] = ()
    abstained: bool = False


class Classification(Report, frozen=True, kw_only=True):
    """What packages are about.

    Attributes:
        model: digest of the data that the classifier was trained on.
        packages: in the order in which they were given.
    """

    model: str
    packages: tuple[PackageLabels, ...] = ()


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """A measure with the bounds that hold 95 % of it over resampled documents."""

    value: float
    low: float
    high: float


class ClassifierScores(Report, frozen=True, kw_only=True):
    """How good a classifier is.

    Attributes:
        how: ``model`` where a stored one was measured, ``validation`` or ``cross-validation`` where one was
            trained for it on other folds.
        documents: how many it was measured on.
        fields: of the documents that were read.
        scores: by measure.
        labels: F1 of each label.
        coverage: precision of the likeliest label where only the surest so many hundredths are answered.
    """

    how: str
    documents: int
    fields: tuple[str, ...]
    scores: dict[str, Score]
    labels: dict[str, float]
    coverage: dict[int, float]
