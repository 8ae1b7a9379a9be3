"""Indexes on disk: a folder of arrays and JSON with a manifest, as every model has it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np

from topics.errors import ModelError
from topics.models.manifest import Manifest
from topics.models.store import Array, load_model, save_model
from topics.similar.facts import PackageFacts
from topics.similar.index import SimilarIndex
from topics.similar.postings import Postings, Rows
from topics.similar.ranking import Parts

KIND = "similar-index"
REVISION = 1


class _Columns(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of all packages, by column."""

    name: list[str]
    summary: list[str]
    rank: list[int | None]
    month: list[str]
    license: list[str]
    pythons: list[tuple[str, ...]]


def save_index(folder: Path, index: SimilarIndex, *, data_digest: str, seed: int = 0) -> Manifest:
    """Write an index into a folder of its own."""
    rows = index.parts.postings.documents
    arrays: dict[str, Array] = {
        "starts": rows.starts,
        "columns": rows.columns,
        "weights": rows.weights,
        "rarity": index.parts.postings.rarity,
    }
    dense = {"vectors": index.parts.vectors, "topics": index.parts.topics}
    arrays |= {name: vectors for name, vectors in dense.items() if vectors is not None}
    manifest = Manifest(
        kind=KIND,
        revision=REVISION,
        data_digest=data_digest,
        documents=len(index),
        split="none: an index holds all documents",
        seed=seed,
        libraries={"numpy": np.__version__},
        settings={"vectors": index.parts.vectors is not None, "topics": index.parts.topics is not None},
    )
    columns = {
        column: [getattr(fact, column) for fact in index.facts] for column in _Columns.__struct_fields__
    }
    return save_model(folder, manifest, arrays, {"terms": list(index.terms), "packages": columns})


def load_index(folder: Path) -> SimilarIndex:
    """Read an index.

    Raises:
        ModelError: it is missing, damaged, or its parts do not fit each other.
    """
    stored = load_model(folder, KIND, REVISION)
    try:
        arrays = stored.arrays
        rows = Rows(arrays["starts"], arrays["columns"], arrays["weights"])
        columns = msgspec.convert(stored.texts["packages"], type=_Columns)
        facts = [
            PackageFacts(**dict(zip(_Columns.__struct_fields__, row, strict=True)))
            for row in zip(*msgspec.structs.astuple(columns), strict=True)
        ]
        terms = msgspec.convert(stored.texts["terms"], type=list[str])
        _check(rows, len(facts), len(terms), len(arrays["rarity"]))
        parts = Parts(Postings(rows, arrays["rarity"]), arrays.get("vectors"), arrays.get("topics"))
        for vectors in (parts.vectors, parts.topics):
            if vectors is not None and (vectors.ndim != 2 or len(vectors) != len(facts)):
                raise ValueError("vectors do not fit the packages")
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise ModelError(
            str(folder), f"its parts do not fit each other: {error}", "build the index anew"
        ) from error
    return SimilarIndex(parts, terms, facts)


def _check(rows: Rows, documents: int, terms: int, rarities: int) -> None:
    """Refuse arrays that would be read beyond their ends."""
    starts, columns, weights = rows
    is_whole = (
        starts.dtype == np.int64 and columns.dtype == np.int32 and weights.dtype == np.float32
        and starts.ndim == columns.ndim == weights.ndim == 1
        and len(starts) == documents + 1 and terms == rarities and len(columns) == len(weights)
    )  # fmt: skip
    if not is_whole or starts[0] != 0 or starts[-1] != len(columns) or (np.diff(starts) < 0).any():
        raise ValueError("rows of terms do not fit the packages")
    if len(columns) and (columns.min() < 0 or columns.max() >= terms):
        raise ValueError("a term is out of range")
