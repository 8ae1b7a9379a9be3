"""Stored models are refused when anything about them is not as it was written."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from topics.errors import ModelError
from topics.models.manifest import Manifest, StoredFile
from topics.models.store import ARRAYS, MANIFEST, load_model, read_manifest, save_model

MADE = Manifest(kind="classifier", revision=1, data_digest="sha256:0", documents=3, split="none", seed=7)
WEIGHTS: dict[str, np.ndarray[Any, np.dtype[Any]]] = {
    "weights": np.arange(6, dtype=np.int8).reshape(2, 3),
    "empty": np.empty((0, 2), np.float32),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save_model(tmp_path / "model", MADE, WEIGHTS, {"terms": ["a", "b"]})
    return tmp_path / "model"


def test_what_was_saved_is_loaded(folder: Path) -> None:
    model = load_model(folder, "classifier", 1)
    assert model.manifest.seed == 7
    assert model.texts == {"terms": ["a", "b"]}
    for name, array in WEIGHTS.items():
        assert np.array_equal(model.arrays[name], array)
        assert model.arrays[name].dtype == array.dtype


def test_the_same_content_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    save_model(tmp_path / "again", MADE, WEIGHTS, {"terms": ["a", "b"]})
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


@pytest.mark.parametrize(("kind", "revision"), [("topics", 1), ("classifier", 2)])
def test_another_kind_or_revision_is_refused(folder: Path, kind: str, revision: int) -> None:
    with pytest.raises(ModelError, match="is a classifier of format 1, revision 1; needed is"):
        load_model(folder, kind, revision)


@pytest.mark.parametrize("name", [ARRAYS, "terms.json"])
def test_a_changed_file_is_refused(folder: Path, name: str) -> None:
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(ModelError, match=f"{name} has other content"):
        load_model(folder, "classifier", 1)


@pytest.mark.parametrize("name", [MANIFEST, ARRAYS, "terms.json"])
def test_a_missing_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"{name}: No such file"):
        load_model(folder, "classifier", 1)


def test_a_damaged_manifest_is_refused(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(b'{"kind": ')
    with pytest.raises(ModelError, match="is damaged"):
        load_model(folder, "classifier", 1)


def test_a_manifest_cannot_name_a_file_elsewhere(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["files"]["../secret.json"] = {"size_bytes": 1, "digest": "sha256:0"}
    (folder / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ModelError, match="names a file elsewhere"):
        load_model(folder, "classifier", 1)


def with_array(folder: Path, data: bytes) -> None:
    """Put these bytes in the place of the arrays, with a manifest that agrees."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("weights.npy", data)
    (folder / ARRAYS).write_bytes(buffer.getvalue())
    manifest = json.loads((folder / MANIFEST).read_text())
    stored = StoredFile(
        size_bytes=len(buffer.getvalue()),
        digest="sha256:" + hashlib.sha256(buffer.getvalue()).hexdigest(),
    )
    manifest["files"][ARRAYS] = {"size_bytes": stored.size_bytes, "digest": stored.digest}
    (folder / MANIFEST).write_text(json.dumps(manifest))


def npy(array: object, **kwargs: bool) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **kwargs)  # type: ignore[arg-type]
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        npy(np.array([{"a": 1}], dtype=object), allow_pickle=True),
        npy(np.zeros(4)).replace(b"(4,)", b"(9,)"),
        npy(np.zeros(4))[:-1],
        b"no array",
        b"",
    ],
    ids=["pickle", "longer than it is", "cut", "text", "empty"],
)
def test_arrays_that_are_none_are_refused(folder: Path, data: bytes) -> None:
    with_array(folder, data)
    with pytest.raises(ModelError, match="is damaged"):
        load_model(folder, "classifier", 1)


@pytest.mark.parametrize("data", [b'{"format": "\xff"}', b'{"x":' + b"[" * 100_000], ids=["bytes", "depth"])
def test_a_manifest_that_is_no_text_or_endless_is_damage(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    with pytest.raises(ModelError, match="is damaged"):
        read_manifest(tmp_path, "classifier", 1)
