"""Random stacks of layers come to what a plain model says, and what umoci unpacks."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.files import FileKind, joined, read_file
from fakes.images.layer_stories import Entry, Tree, packed, random_layers, stacked
from images.layers.overlay import squashed
from images.layers.reading import LayerReader
from images.layers.squashed_root import SquashedRoot
from images.roots.wanted import Wanted

EVERYTHING = (Wanted(suffixes=(b"",)),)


def seen(layers: Sequence[bytes]) -> Tree:
    reader = LayerReader(EVERYTHING)
    root = squashed([reader(str(number), iter([one])) for number, one in enumerate(layers)])
    return below(root, b"")


def below(root: SquashedRoot, directory: bytes) -> Tree:
    tree: Tree = {}
    for child in root.list(directory):
        path, name = joined(directory, child.name), child.name.decode()
        match child.kind:
            case FileKind.DIRECTORY:
                tree[name] = below(root, path)
            case FileKind.SYMLINK:
                tree[name] = f"-> {root.read_link(path).decode()}"
            case _:
                tree[name] = read_file(root, path, 100).decode()
    return tree


@given(st.integers(0, 1 << 64), st.integers(1, 5), st.integers(1, 12))
def test_layers_come_to_what_the_model_says(seed: int, count: int, entries: int) -> None:
    layers = random_layers(random.Random(seed), count, entries)
    assert seen([packed(one) for one in layers]) == stacked(layers)


@pytest.mark.system
@pytest.mark.skipif(shutil.which("umoci") is None, reason="umoci is not installed")
def test_layers_come_to_what_umoci_unpacks(tmp_path: Path) -> None:
    chance = random.Random(7)
    compared = 0
    for number in range(15):
        layers = random_layers(chance, 4, 10)
        blobs = [packed(one) for one in layers]
        place = tmp_path / str(number)
        unpacked = umoci_unpacks(place, blobs)
        assert seen(blobs) == on_disk(unpacked), layers
        compared += sum(map(len, layers))
        shutil.rmtree(place)
    assert compared > 200


def umoci_unpacks(place: Path, layers: Sequence[bytes]) -> Path:
    """The root file system of an OCI layout of these layers."""
    blobs = place / "layout" / "blobs" / "sha256"
    blobs.mkdir(parents=True)

    def put(content: bytes, media_type: str) -> dict[str, object]:
        digest = hashlib.sha256(content).hexdigest()
        (blobs / digest).write_bytes(content)
        return {"mediaType": media_type, "digest": f"sha256:{digest}", "size": len(content)}

    kind = "application/vnd.oci.image"
    descriptors = [put(one, f"{kind}.layer.v1.tar") for one in layers]
    diff_ids = [descriptor["digest"] for descriptor in descriptors]
    config = {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": diff_ids}}
    manifest = {
        "schemaVersion": 2,
        "config": put(json.dumps(config).encode(), f"{kind}.config.v1+json"),
        "layers": descriptors,
    }
    tagged = put(json.dumps(manifest).encode(), f"{kind}.manifest.v1+json")
    tagged["annotations"] = {"org.opencontainers.image.ref.name": "x"}
    (place / "layout" / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [tagged]}))
    (place / "layout" / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    command = [
        "umoci",
        "raw",
        "unpack",
        "--rootless",
        "--image",
        f"{place / 'layout'}:x",
        str(place / "root"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return place / "root"


def on_disk(folder: Path) -> Tree:
    tree: Tree = {}
    for path in folder.iterdir():
        if path.is_symlink():
            tree[path.name] = f"-> {path.readlink()}"
        else:
            tree[path.name] = on_disk(path) if path.is_dir() else path.read_text()
    return tree


def test_the_model_knows_every_kind_of_entry() -> None:
    kinds = {entry.kind for entry in sum(random_layers(random.Random(1), 30, 30), list[Entry]())}
    assert kinds == {"file", "directory", "symlink", "hardlink", "whiteout", "opaque"}
