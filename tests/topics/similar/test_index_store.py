"""Indexes on disk give the same answers, and are refused where they are damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fakes.about.documents import kind_documents
from topics.errors import ModelError
from topics.models.manifest import Manifest
from topics.models.store import load_model, save_model
from topics.similar.building import build_index
from topics.similar.store import KIND, REVISION, load_index, save_index


def saved(folder: Path) -> None:
    save_index(folder, build_index(kind_documents()), data_digest="sha256:0")


def test_a_stored_index_answers_as_before(tmp_path: Path) -> None:
    index = build_index(kind_documents())
    save_index(tmp_path, index, data_digest="sha256:0")
    again = load_index(tmp_path)
    assert [again.similar(number) for number in range(8)] == [index.similar(number) for number in range(8)]
    assert again.number("HTTP_0") == 0
    assert again.number("nothing") is None


def test_the_same_documents_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        saved(tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_changed_byte_is_refused(tmp_path: Path) -> None:
    saved(tmp_path)
    path = tmp_path / "packages.json"
    path.write_bytes(path.read_bytes().replace(b"http-0", b"http-X", 1))
    with pytest.raises(ModelError, match=r"packages\.json has other content"):
        load_index(tmp_path)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("columns", lambda array: array + 1_000_000),
        ("columns", lambda array: array[:-1]),
        ("starts", lambda array: array[::-1]),
        ("starts", lambda array: array.astype(np.int32)),
        ("rarity", lambda array: array[:-1]),
        ("weights", lambda array: array.astype(np.float64)),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, name: str, change: object) -> None:
    saved(tmp_path)
    stored = load_model(tmp_path, KIND, REVISION)
    assert callable(change)
    arrays = {**stored.arrays, name: change(stored.arrays[name])}
    manifest = Manifest(
        kind=KIND, revision=REVISION, data_digest="sha256:0", documents=120, split="none", seed=0
    )
    save_model(tmp_path, manifest, arrays, stored.texts)
    with pytest.raises(ModelError, match="do not fit"):
        load_index(tmp_path)


def test_another_kind_of_model_is_refused(tmp_path: Path) -> None:
    manifest = Manifest(kind="classifier", revision=1, data_digest="", documents=0, split="", seed=0)
    save_model(tmp_path, manifest, {}, {})
    with pytest.raises(ModelError, match="is a classifier"):
        load_index(tmp_path)
