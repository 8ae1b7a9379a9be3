"""Trains a classifier: fits on all folds but one tell how to calibrate, a fit on all is what is stored.

Neighbours are asked likewise: what is calibrated on never is its own neighbour.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from topics.classifier import metrics
from topics.classifier.calibration import Floats, calibrate
from topics.classifier.classifier import KIND, REVISION
from topics.classifier.examples import Examples, terms_of
from topics.classifier.lexicon import lexicon_documents
from topics.classifier.linear_fits import LinearFits
from topics.classifier.neighbours import CIRCLES, label_decisions, posting_arrays, rare, shares_of
from topics.classifier.vocabulary import Vocabulary, learn_vocabulary
from topics.documents import Document
from topics.extras import imported
from topics.models.manifest import Manifest
from topics.models.store import Array, StoredModel
from topics.split import FOLDS, RULE
from topics.text.fields import EVERY_FIELD, Field

SMALL_FIELDS = EVERY_FIELD - {Field.DESCRIPTION}
_LEAST_DOCUMENTS = 2
_CODE_LIMIT = 127

Progress = Callable[[str, int, int], None]
"""Is told what is being done, how many steps are done, and of how many."""


class TrainingSettings(NamedTuple):
    """What a classifier is made with.

    Attributes:
        fields: what is read of documents.
        with_runs: runs of characters, too, not words alone.
        against_others: strength of the models of each label against all others; less holds weights smaller.
        in_competition: strength of the model of labels in competition.
        phrase_weight: what a few phrases of the lexicon count beside a document; 0 for none.
        aimed_precision: of the likeliest label where the classifier does not abstain.
    """

    fields: frozenset[Field] = EVERY_FIELD
    with_runs: bool = True
    against_others: float = 10.0
    in_competition: float = 10.0
    phrase_weight: float = 0.5
    aimed_precision: float = 0.9


class Trained(NamedTuple):
    """A classifier, and what the fits said about documents that they had not learnt from.

    Attributes:
        probabilities: out of fold, shape ``(n_documents, n_labels)``.
    """

    stored: StoredModel
    probabilities: Floats


def small_settings() -> TrainingSettings:
    """Those of the small model, which reads words of the short texts alone."""
    return TrainingSettings(fields=SMALL_FIELDS, with_runs=False)


def train(
    examples: Examples, settings: TrainingSettings, seed: int, progress: Progress = lambda *_: None
) -> Trained:
    """Train and calibrate a classifier; the same examples and settings give the same one.

    Raises:
        MissingExtraError: SciPy is not installed.
        TrainingError: too few documents to calibrate on.
    """
    phrases = list(lexicon_documents(examples.labels)) if settings.phrase_weight else []
    matrices, vocabularies = _matrices(examples, phrases, settings)
    count = len(examples.documents)
    places = {label: place for place, label in enumerate(examples.labels)}
    meant = np.eye(len(places))[[places[phrase.labels[0]] for phrase in phrases]]
    truth = np.vstack([examples.truth, meant]) if phrases else examples.truth
    folds = np.concatenate([examples.folds, np.full(len(phrases), FOLDS)])
    importance = np.concatenate([np.ones(count), np.full(len(phrases), settings.phrase_weight)])
    products = sum((matrix @ matrix.T).toarray() for matrix in matrices)
    likeness = sum((each @ each.T).toarray() for each in map(rare, matrices))
    shares = shares_of(truth)
    decisions = np.zeros((count, (2 + len(CIRCLES)) * len(places)))
    held = [fold for fold in range(FOLDS) if (examples.folds == fold).any()]
    for number, fold in enumerate(held):
        progress("fitting", number, len(held) + 1)
        away, near = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        fits = LinearFits(products[np.ix_(near, near)], importance[near])
        counts, offsets = _fitted(fits, truth[near], settings)
        linear = products[np.ix_(away, near)] @ counts + offsets
        decisions[away] = np.hstack(
            [linear, label_decisions(likeness[np.ix_(away, near)], shares[near], importance[near])]
        )
    progress("fitting", len(held), len(held) + 1)
    counts, offsets = _fitted(LinearFits(products, importance), truth, settings)
    progress("fitting", len(held) + 1, len(held) + 1)
    calibration = calibrate(decisions, examples.truth)
    probabilities = calibration.probabilities(decisions)
    right = examples.truth > 0
    threshold = metrics.steady_threshold(probabilities, right)
    arrays: dict[str, Array] = {
        "offsets": offsets.astype(np.float32),
        "slopes": calibration.slopes,
        "calibration": calibration.offsets,
        "neighbour_labels": truth.astype(np.uint8),
        "neighbour_importance": importance.astype(np.float32),
    }
    texts: dict[str, object] = {"fields": sorted(settings.fields)}
    for name, matrix, vocabulary in zip(("word", "run"), matrices, vocabularies, strict=True):
        codes, scale = _coded(matrix.T @ counts)
        arrays |= {
            f"{name}_weights": codes,
            f"{name}_scale": scale,
            f"{name}_rarity": vocabulary.rarity.astype(np.float16),
            **posting_arrays(matrix, name),
        }
        texts[f"{name}s"] = list(vocabulary.terms)
    manifest = Manifest(
        kind=KIND,
        revision=REVISION,
        data_digest=examples.digest,
        documents=len(examples.documents),
        split=RULE,
        seed=seed,
        labels=examples.labels,
        libraries={name: importlib.metadata.version(name) for name in ("numpy", "scipy")},
        metrics={
            name: round(measure(probabilities, right), 4)
            for name, measure in metrics.measures(threshold).items()
        },
        settings={
            "threshold": threshold,
            "certainty": round(certainty(probabilities, right, settings.aimed_precision), 4),
            "with_runs": settings.with_runs,
            "against_others": settings.against_others,
            "in_competition": settings.in_competition,
            "phrase_weight": settings.phrase_weight,
        },
    )
    return Trained(StoredModel(manifest, arrays, msgspec.to_builtins(texts)), probabilities)


def certainty(probabilities: Floats, truth: metrics.Truth, aimed: float) -> float:
    """The least probability of the likeliest label from which on it is right so often.

    At least half of the documents are answered, and so is what is at least as probable as is aimed at.

    Args:
        aimed: precision.
    """
    covered, precision = metrics.risk_coverage(probabilities, truth)
    ordered = np.sort(probabilities.max(1))[::-1]
    enough = np.flatnonzero((precision >= aimed) | (covered <= 0.5))
    return min(aimed, float(ordered[enough[-1]]))


def _matrices(
    examples: Examples, phrases: Sequence[Document], settings: TrainingSettings
) -> tuple[list[Any], list[Vocabulary]]:
    """Documents and phrases by terms, one sparse matrix for each kind of terms."""
    count = len(examples.documents)
    kinds = terms_of((*examples.documents, *phrases), settings.fields, with_runs=settings.with_runs)
    vocabularies = [learn_vocabulary(kind[:count], _LEAST_DOCUMENTS, kind[count:]) for kind in kinds]
    matrices = [_matrix(kind, each) for kind, each in zip(kinds, vocabularies, strict=True)]
    return matrices, vocabularies


def _matrix(documents: Sequence[Sequence[str]], vocabulary: Vocabulary) -> Any:
    sparse = imported("scipy.sparse", "training")
    rows = [vocabulary.vector(terms) for terms in documents]
    ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
    columns, values = (np.concatenate(parts) for parts in zip(*rows, strict=True))
    return sparse.csr_matrix((values, columns, ends), shape=(len(rows), len(vocabulary.terms)))


def _fitted(fits: LinearFits, truth: Floats, settings: TrainingSettings) -> tuple[Floats, Floats]:
    """What each document counts in both models side by side, and the offsets."""
    own, own_offsets = fits.against_others(truth, settings.against_others)
    shared, shared_offsets = fits.in_competition(truth, settings.in_competition)
    return np.hstack([own, shared]), np.concatenate([own_offsets, shared_offsets])


def _coded(weights: Floats) -> tuple[Array, Array]:
    """Eight-bit codes, and the scale of each column."""
    most = np.abs(weights).max(0) if len(weights) else np.zeros(weights.shape[1])
    scale = np.maximum(most, 1e-9) / _CODE_LIMIT
    return np.round(weights / scale).astype(np.int8), scale.astype(np.float32)
