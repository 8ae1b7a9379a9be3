"""The classifier as it is used: documents in, label probabilities or an abstention out; needs numpy alone."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np

from topics.classifier.calibration import Calibration, Floats
from topics.classifier.neighbours import CIRCLES, Neighbours, Postings, Vector
from topics.classifier.terms import run_terms, word_terms
from topics.classifier.vocabulary import Vocabulary
from topics.documents import Document
from topics.errors import ModelError
from topics.models.manifest import Manifest
from topics.models.store import StoredModel, load_model, save_model
from topics.text.fields import Field, field_texts
from topics.vectors import TopicVector

KIND = "classifier"
REVISION = 2
_LEAST_TERMS = 3
"""A single word of a summary is two: by itself and by its field."""

_CHUNK = 128
_KINDS = ("word", "run")


class Classifier:
    """Says what packages are about.

    Args:
        stored: a model of `KIND` and `REVISION`.
        where: names it in errors.

    Attributes:
        labels: in the order of the columns of `probabilities`.
        threshold: probability from which a label is said.
        certainty: probability that the likeliest label must reach; below it the classifier abstains.

    Raises:
        ModelError: the arrays do not belong together.
    """

    def __init__(self, stored: StoredModel, where: str) -> None:
        self.manifest = stored.manifest
        self.labels = stored.manifest.labels
        settings = stored.manifest.settings
        try:
            arrays, texts = stored.arrays, stored.texts
            self.fields = frozenset(map(Field, texts["fields"]))
            self._words = Vocabulary(texts["words"], arrays["word_rarity"].astype(np.float32))
            self._runs = Vocabulary(texts["runs"], arrays["run_rarity"].astype(np.float32))
            self._word_weights = _whole(arrays["word_weights"], arrays["word_scale"])
            self._run_weights = _whole(arrays["run_weights"], arrays["run_scale"])
            self._offsets = arrays["offsets"].astype(np.float32)
            self._calibration = Calibration(
                arrays["slopes"].astype(np.float64), arrays["calibration"].astype(np.float64)
            )
            self._neighbours = Neighbours(
                tuple(_postings(arrays, name) for name in _KINDS),
                arrays["neighbour_labels"],
                arrays["neighbour_importance"],
            )
            self.threshold, self.certainty = _number(settings, "threshold"), _number(settings, "certainty")
            columns = 2 * len(self.labels)
            shapes = [
                (self._word_weights.shape, (len(self._words.terms), columns)),
                (self._run_weights.shape, (len(self._runs.terms), columns)),
                (self._offsets.shape, (columns,)),
                (self._calibration.offsets.shape, (len(self.labels),)),
                (self._calibration.slopes.shape, (2 + len(CIRCLES),)),
                (arrays["neighbour_labels"].shape[1:], (len(self.labels),)),
                (arrays["word_lengths"].shape, (len(self._words.terms),)),
                (arrays["run_lengths"].shape, (len(self._runs.terms),)),
            ]
            if any(found != expected for found, expected in shapes) or not self.labels:
                raise ValueError("its arrays do not fit its labels and terms")
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ModelError(where, f"is damaged: {error}") from error

    def probabilities(self, documents: Iterable[Document]) -> Floats:
        """Calibrated probabilities, shape ``(n_documents, n_labels)``."""
        parts = [said for said, _ in self._chunks(documents)]
        return np.concatenate(parts) if parts else np.empty((0, len(self.labels)))

    def classify(self, documents: Iterable[Document]) -> Iterator[TopicVector]:
        """What each document is about, in their order; an abstention where too little is known or sure."""
        kept = _Names(documents)
        for said, known in self._chunks(kept):
            for name, row, terms in zip(kept.taken(), said, known, strict=True):
                if terms < _LEAST_TERMS or row.max() < self.certainty:
                    yield TopicVector(name=name, abstained=True)
                else:
                    yield TopicVector(
                        name=name, probabilities=dict(zip(self.labels, row.tolist(), strict=True))
                    )

    def vector(self, document: Document) -> TopicVector:
        """What one document is about; see `classify`."""
        return next(self.classify([document]))

    def reading(self, fields: frozenset[Field]) -> Classifier:
        """The same classifier, which reads only these of the fields that it was trained on."""
        other = copy.copy(self)
        other.fields = self.fields & fields
        return other

    def said(self, vector: TopicVector) -> list[tuple[str, float]]:
        """The labels of a vector from the threshold on, at least the likeliest; the likeliest first."""
        ranked = sorted(vector.probabilities.items(), key=lambda item: (-item[1], item[0]))
        return [item for number, item in enumerate(ranked) if number == 0 or item[1] >= self.threshold]

    def _chunks(self, documents: Iterable[Document]) -> Iterator[tuple[Floats, list[int]]]:
        chunk: list[Document] = []
        for document in documents:
            chunk.append(document)
            if len(chunk) == _CHUNK:
                yield self._together(chunk)
                chunk = []
        if chunk:
            yield self._together(chunk)

    def _together(self, documents: Sequence[Document]) -> tuple[Floats, list[int]]:
        """Probabilities, and how many words of each document are known."""
        vectors: list[list[Vector]] = [[]]
        if self._runs.terms:
            vectors.append([])
        for document in documents:
            texts = list(field_texts(document, self.fields))
            vectors[0].append(self._words.vector(word_terms(document, texts)))
            if self._runs.terms:
                vectors[1].append(self._runs.vector(run_terms(texts)))
        decisions = np.tile(self._offsets, (len(documents), 1))
        for kind, weights in zip(vectors, (self._word_weights, self._run_weights), strict=False):
            for decision, (columns, values) in zip(decisions, kind, strict=True):
                decision += values @ weights[columns]
        near = self._neighbours.decisions(vectors)
        said = self._calibration.probabilities(np.hstack([decisions.astype(np.float64), near]))
        return said, [len(columns) for columns, _ in vectors[0]]


class _Names:
    """Documents on their way, whose names are kept until they are asked for."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._documents = documents
        self._names: list[str] = []

    def __iter__(self) -> Iterator[Document]:
        for document in self._documents:
            self._names.append(document.name)
            yield document

    def taken(self) -> list[str]:
        names, self._names = self._names, []
        return names


def _whole(codes: Any, scale: Any) -> Any:
    """Weights from eight-bit codes and the scale of each column."""
    return codes.astype(np.float32) * scale.astype(np.float32)


def _postings(arrays: Mapping[str, Any], name: str) -> Postings:
    lengths, rows, codes, step = (arrays[f"{name}_{part}"] for part in ("lengths", "rows", "codes", "step"))
    return Postings(lengths, rows, codes, float(step[0]))


def _number(settings: dict[str, str | int | float | bool | None], name: str) -> float:
    value = settings[name]
    if not isinstance(value, int | float):
        raise TypeError(f"{name} is no number")
    return float(value)


def default_folder(*, small: bool = False) -> Path:
    """Where the model that ships lies."""
    return Path(str(files("topics.models").joinpath("small" if small else "default")))


def load_classifier(folder: Path) -> Classifier:
    """The classifier in a folder.

    Raises:
        ModelError: it is none, or damaged.
    """
    return Classifier(load_model(folder, KIND, REVISION), str(folder))


def save_classifier(folder: Path, stored: StoredModel) -> Manifest:
    """Write a classifier as `load_classifier` reads it."""
    return save_model(folder, stored.manifest, stored.arrays, stored.texts)
