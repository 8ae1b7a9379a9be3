"""Manifests, indexes and configurations that somebody made up: an image, or an error that names it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.images.image_cases import ARM64, IMAGE, read_image
from fakes.images.image_files import (
    DOCKER_LIST,
    DOCKER_MANIFEST,
    OCI_CONFIG,
    OCI_INDEX,
    OCI_LAYER,
    OCI_MANIFEST,
    Layout,
    json_bytes,
    write_docker_archive,
    write_oci_archive,
)
from images.errors import DamagedImageError, ImageError
from images.sources.config_documents import parse_config

pytestmark = pytest.mark.slow

KEYS = (
    *("schemaVersion", "mediaType", "config", "layers", "manifests", "digest", "size", "platform", "os"),
    *("architecture", "variant", "annotations", "artifactType", "urls", "rootfs", "diff_ids", "history"),
    *("Env", "Cmd", "User", "Labels", "created_by", "empty_layer", "Config", "RepoTags", "Layers"),
)
TYPES = (OCI_MANIFEST, OCI_INDEX, OCI_CONFIG, OCI_LAYER, DOCKER_LIST, DOCKER_MANIFEST, "", "text/plain")
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(TYPES)
    | st.text(max_size=20)
    | st.just(f"sha256:{'0' * 64}")
)
DOCUMENTS = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=6)
    ),
    max_leaves=25,
)


def changed(document: Any, path: list[int], value: Any) -> Any:
    """The document with one part, found by walking numbers, replaced."""
    if not path or not isinstance(document, dict | list) or not document:
        return value
    if isinstance(document, dict):
        key = sorted(document)[path[0] % len(document)]
        return {**document, key: changed(document[key], path[1:], value)}
    at = path[0] % len(document)
    return [*document[:at], changed(document[at], path[1:], value), *document[at + 1 :]]


PATHS = st.lists(st.integers(0, 20), min_size=1, max_size=4)


@settings(max_examples=100, deadline=None)
@given(DOCUMENTS, st.sampled_from(["index", "manifest", "config"]), st.sampled_from(TYPES))
def test_any_document_in_any_place(document: Any, place: str, media_type: str) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        layout = Layout(Path(scratch, "image"))
        content = json_bytes(document)
        if place == "config":
            layer = layout.blob(IMAGE.layers[0], OCI_LAYER)
            layout.finish([layout.manifest(layout.blob(content, OCI_CONFIG), [layer])])
        else:
            layout.finish([layout.blob(content, media_type)])
        if place == "index":
            Path(scratch, "image", "index.json").write_bytes(content)
        with pytest.raises(ImageError):
            read_image(Path(scratch, "image"))


@settings(max_examples=100, deadline=None)
@given(PATHS, DOCUMENTS)
def test_a_manifest_with_one_part_exchanged(path: list[int], value: Any) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        layout = Layout(Path(scratch, "image"))
        digest = layout.image(IMAGE)["digest"]
        manifest = json.loads(Path(scratch, "image/blobs/sha256", digest[7:]).read_bytes())
        layout.finish([layout.blob(json_bytes(changed(manifest, path, value)), OCI_MANIFEST)])
        try:
            found = read_image(Path(scratch, "image"))
        except ImageError:
            return
        assert len(found.layers) == len(IMAGE.layers)


@settings(max_examples=100, deadline=None)
@given(PATHS, DOCUMENTS)
def test_an_index_with_one_part_exchanged(path: list[int], value: Any) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        layout = Layout(Path(scratch, "image"))
        entries = [{**layout.image(image), "platform": image.platform} for image in (IMAGE, ARM64)]
        layout.finish([layout.blob(json_bytes(changed({"manifests": entries}, path, value)), OCI_INDEX)])
        try:
            found = read_image(Path(scratch, "image"))
        except ImageError:
            return
        assert len(found.layers) == len(IMAGE.layers)


@settings(max_examples=100, deadline=None)
@given(PATHS, DOCUMENTS)
def test_a_configuration_with_one_part_exchanged(path: list[int], value: Any) -> None:
    """Only what is exchanged is lost, unless it is what the layers are."""
    document = json.loads(IMAGE.config_bytes)
    try:
        found = parse_config(json_bytes(changed(document, path, value)), "image")
    except DamagedImageError:
        assert sorted(document)[path[0] % len(document)] == "rootfs"
        return
    assert sum(unknown.what not in ("config", "history") for unknown in found.unknowns) <= 1
    assert sorted(document)[path[0] % len(document)] == "rootfs" or len(found.config.rootfs.diff_ids) == 3


def test_a_configuration_loses_what_is_malformed_alone() -> None:
    document = json.loads(IMAGE.config_bytes)
    document["config"]["Labels"] = {"a": 1}
    document["history"] = "long"
    found = parse_config(json_bytes(document), "image")
    assert found.config.config is not None
    assert (found.config.config.env, found.config.config.labels) == (("PATH=/bin",), None)
    assert found.config.history is None
    assert [unknown.what for unknown in found.unknowns] == ["config", "Labels", "history"]


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_archives_with_bytes_exchanged(data: st.DataObject) -> None:
    """Headers of the archive among them; digests find what is exchanged in documents and layers."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "image")
        if data.draw(st.booleans()):
            write_docker_archive(path, IMAGE)
        else:
            write_oci_archive(path, IMAGE)
        content = bytearray(path.read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(content) - 1))
            content[at] = data.draw(st.integers(0, 255))
        path.write_bytes(content)
        try:
            found = read_image(path)
        except ImageError:
            return
        assert len(found.layers) == len(IMAGE.layers)
