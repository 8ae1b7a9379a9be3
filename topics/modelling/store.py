"""Topic models on disk: arrays and JSON with a manifest."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from topics.errors import ModelError
from topics.modelling.model import TopicModel
from topics.models.manifest import Manifest
from topics.models.store import load_model, read_manifest, save_model

KIND = "topic-model"
REVISION = 1


def save_topics(
    folder: Path,
    model: TopicModel,
    *,
    data_digest: str,
    seed: int,
    libraries: dict[str, str],
    metrics: dict[str, float] | None = None,
) -> Manifest:
    """Write a model into a folder of its own."""
    manifest = Manifest(
        kind=KIND,
        revision=REVISION,
        data_digest=data_digest,
        documents=model.documents,
        split="none: nothing is predicted",
        seed=seed,
        libraries={"numpy": np.__version__, **libraries},
        metrics=metrics or {},
        settings={"kind": model.kind, "topics": len(model)},
    )
    return save_model(folder, manifest, {"counts": model.counts}, {"terms": list(model.terms)})


def topics_manifest(folder: Path) -> Manifest:
    """The manifest of a topic model.

    Raises:
        ModelError: there is none, or it is damaged or another's.
    """
    return read_manifest(folder, KIND, REVISION)


def load_topics(folder: Path) -> TopicModel:
    """Read a model.

    Raises:
        ModelError: it is missing, damaged, or its parts do not fit each other.
    """
    stored = load_model(folder, KIND, REVISION)
    try:
        terms = msgspec.convert(stored.texts["terms"], type=tuple[str, ...])
        counts = stored.arrays["counts"]
        if counts.dtype != np.float64 or counts.ndim != 2 or counts.shape[1] != len(terms) or not counts.size:
            raise ValueError("counts do not fit the terms")
        if not np.isfinite(counts).all() or (counts < 0).any():
            raise ValueError("a count is none")
    except (KeyError, ValueError) as error:
        raise ModelError(str(folder), f"its parts do not fit each other: {error}") from error
    kind = str(stored.manifest.settings.get("kind", ""))
    return TopicModel(kind, terms, counts, stored.manifest.documents)
