"""Writes and reads the folder of a model: ``manifest.json``, ``arrays.npz``, more JSON; nothing is unpickled.

What is read may come from anywhere: sizes are bounded before memory is taken, digests are compared before
anything is parsed, and arrays are made of numbers or fixed-length text only.
"""

from __future__ import annotations

import io
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np

from analyzers.digests import sha256_of
from analyzers.undecodable import UNDECODABLE
from topics.errors import ModelError
from topics.models.manifest import FORMAT, Manifest, StoredFile

MANIFEST = "manifest.json"
ARRAYS = "arrays.npz"
FILE_LIMIT_BYTES = 4 << 30
_MANIFEST_LIMIT_BYTES = 4 << 20
_ARRAYS_LIMIT = 1_000
_KINDS = frozenset("biufUS")

Array = np.ndarray[Any, np.dtype[Any]]


class StoredModel(NamedTuple):
    """A model as it was read.

    Attributes:
        texts: name of a JSON file without its suffix to its content, decoded.
    """

    manifest: Manifest
    arrays: dict[str, Array]
    texts: dict[str, Any]


def save_model(
    folder: Path, manifest: Manifest, arrays: Mapping[str, Array], texts: Mapping[str, object]
) -> Manifest:
    """Write a model; the same content gives the same bytes. What else is in the folder stays.

    Args:
        folder: is made where it is missing.
        manifest: without files.
        arrays: numbers or fixed-length text.
        texts: name to what becomes a JSON file of that name.

    Returns:
        The manifest as it was written.
    """
    contents = {f"{name}.json": msgspec.json.encode(value, order="sorted") for name, value in texts.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: arrays[name] for name in sorted(arrays)})  # type: ignore[arg-type]
    contents[ARRAYS] = buffer.getvalue()
    files = {
        name: StoredFile(size_bytes=len(data), digest=sha256_of(data)) for name, data in contents.items()
    }
    written = msgspec.structs.replace(manifest, files=dict(sorted(files.items())))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(written)) + b"\n")
    return written


def read_manifest(folder: Path, kind: str, revision: int) -> Manifest:
    """The manifest of a model of this kind and revision.

    Raises:
        ModelError: there is none, or it is damaged or another's.
    """
    data = _read(folder, MANIFEST, _MANIFEST_LIMIT_BYTES)
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except UNDECODABLE as error:
        raise ModelError(str(folder), f"{MANIFEST} is damaged: {error}") from error
    made = (manifest.format, manifest.kind, manifest.revision)
    if made != (FORMAT, kind, revision):
        reason = "is a {1} of format {0}, revision {2}; needed is a {4} of format {3}, revision {5}"
        raise ModelError(str(folder), reason.format(*made, FORMAT, kind, revision))
    return manifest


def load_model(folder: Path, kind: str, revision: int) -> StoredModel:
    """Read a model of this kind and revision whole.

    Raises:
        ModelError: a file is missing, has other content than the manifest says, or is beyond the limits.
    """
    manifest = read_manifest(folder, kind, revision)
    arrays: dict[str, Array] = {}
    texts: dict[str, Any] = {}
    for name, stored in manifest.files.items():
        if Path(name).name != name:
            raise ModelError(str(folder), f"{MANIFEST} names a file elsewhere: {name[:100]!r}")
        data = _read(folder, name, FILE_LIMIT_BYTES)
        if (len(data), sha256_of(data)) != (stored.size_bytes, stored.digest):
            raise ModelError(str(folder), f"{name} has other content than its manifest says")
        try:
            if name == ARRAYS:
                arrays = _arrays(data)
            elif name.endswith(".json"):
                texts[name.removesuffix(".json")] = msgspec.json.decode(data)
        except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise ModelError(str(folder), f"{name} is damaged: {error}") from error
    return StoredModel(manifest, arrays, texts)


def _read(folder: Path, name: str, limit_bytes: int) -> bytes:
    try:
        with (folder / name).open("rb") as stream:
            size = os.fstat(
                stream.fileno()
            ).st_size  # reading takes memory for all that it is allowed to read
            data = stream.read(min(size, limit_bytes) + 1)
    except OSError as error:
        raise ModelError(str(folder), f"{name}: {error.strerror or error}") from error
    if len(data) > limit_bytes:
        raise ModelError(str(folder), f"{name} has more than {limit_bytes:,} bytes")
    return data


def _arrays(data: bytes) -> dict[str, Array]:
    """The arrays of an npz; header and size of each are checked before memory is taken for it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > _ARRAYS_LIMIT or sum(member.file_size for member in members) > FILE_LIMIT_BYTES:
            raise ValueError("its arrays exceed the limits")
        return {member.filename.removesuffix(".npy"): _array(archive.read(member)) for member in members}


def _array(data: bytes) -> Array:
    """The array in the bytes of an npy file; read-only."""
    stream = io.BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an array is of an unknown version")
    shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    content = memoryview(data)[stream.tell() :]
    count = 1
    for length in shape:
        count *= length
    if dtype.kind not in _KINDS or count * dtype.itemsize != len(content):
        raise ValueError("an array has another type or size than its header says")
    flat = np.frombuffer(content, dtype) if count else np.empty(0, dtype)
    return flat.reshape(shape, order="F" if fortran else "C")
