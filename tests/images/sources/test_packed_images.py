"""The same image out of every kind of file and directory."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import os
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from fakes.images.image_cases import ARM, ARM64, IMAGE, LAYERS, MIXED, facts, read_image
from fakes.images.image_files import (
    WRITERS,
    FakeImage,
    Layout,
    Write,
    json_bytes,
    write_docker_archive,
    write_oci_archive,
    write_oci_layout,
    write_podman_archive,
)
from images.errors import ImageReferenceError

every_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
every_archive = pytest.mark.parametrize("write", list(WRITERS.values())[:-1], ids=list(WRITERS)[:-1])
DIFF_IDS = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in LAYERS]


def expanders() -> dict[str, Callable[[bytes], bytes]]:
    return {
        "gzip": gzip.compress,
        "zstd": zstandard.ZstdCompressor().compress,
        "bzip2": bz2.compress,
        "xz": lzma.compress,
    }


@every_writer
@pytest.mark.parametrize("image", [IMAGE, MIXED], ids=["gzip", "mixed"])
def test_the_same_image(tmp_path: Path, write: Write, image: FakeImage) -> None:
    found = read_image(write(tmp_path / "image", image))
    assert [layer.diff_id for layer in found.layers] == DIFF_IDS
    assert facts(found) == facts(read_image(write_oci_layout(tmp_path / "other", IMAGE)))
    assert found.config.config is not None
    assert found.config.config.env == ("PATH=/bin",)
    assert found.unknowns == ()


@every_archive
def test_a_pipe_is_read_in_one_pass(tmp_path: Path, write: Write) -> None:
    path, pipe = write(tmp_path / "image", MIXED), tmp_path / "pipe"
    os.mkfifo(pipe)
    filling = threading.Thread(target=lambda: pipe.write_bytes(path.read_bytes()))
    filling.start()
    found = read_image(pipe)
    filling.join()
    assert facts(found) == facts(read_image(path))


@every_archive
@pytest.mark.parametrize("compress", expanders().values(), ids=expanders())
def test_an_archive_that_is_compressed(
    tmp_path: Path, write: Write, compress: Callable[[bytes], bytes]
) -> None:
    path = write(tmp_path / "image", MIXED)
    packed = tmp_path / "packed"
    packed.write_bytes(compress(path.read_bytes()))
    assert facts(read_image(packed)) == facts(read_image(path))


def test_standard_input(tmp_path: Path) -> None:
    path = write_podman_archive(tmp_path / "image", IMAGE)
    program = (
        "import sys; sys.path.insert(0, 'tests')\n"
        "from fakes.images.image_cases import read_image\n"
        "print(*(layer.diff_id for layer in read_image('-').layers))"
    )
    with path.open("rb") as file:
        done = subprocess.run(
            [sys.executable, "-c", program], stdin=file, capture_output=True, text=True, check=True
        )
    assert done.stdout.split() == DIFF_IDS


def test_what_is_told_of_the_source(tmp_path: Path) -> None:
    found = {name: read_image(write(tmp_path / name, IMAGE)) for name, write in WRITERS.items()}
    assert {name: image.source for name, image in found.items()} == {
        "docker": "docker-archive",
        "podman": "docker-archive",
        "docker25": "docker-archive",
        "oci-archive": "oci-archive",
        "oci-layout": "oci-layout",
    }
    assert found["docker"].tags == ("example:1",)
    assert found["docker"].manifest_digest is None
    assert found["oci-layout"].tags == ("latest",)
    digest = json.loads((tmp_path / "oci-layout" / "index.json").read_bytes())["manifests"][0]["digest"]
    assert found["oci-layout"].manifest_digest == found["oci-archive"].manifest_digest == digest


@pytest.mark.parametrize("nesting", [0, 1, 3])
@pytest.mark.parametrize("write", [write_oci_layout, write_oci_archive])
def test_the_platform_is_chosen(tmp_path: Path, write: Callable[..., Path], nesting: int) -> None:
    path = write(tmp_path / "image", IMAGE, ARM64, ARM, nesting=nesting, attestations=True)
    assert [layer.diff_id for layer in read_image(path, "linux/arm64").layers] == DIFF_IDS[:1]
    assert [layer.diff_id for layer in read_image(path, "linux/arm/v7").layers] == DIFF_IDS[1:2]
    assert str(read_image(path, "arm").platform) == "linux/arm"
    assert len(read_image(path, "x86_64").layers) == 3
    with pytest.raises(ImageReferenceError, match="linux/riscv64") as caught:
        read_image(path, "linux/riscv64")
    assert caught.value.__notes__ == ["choose by --platform: linux/amd64, linux/arm/v7, linux/arm64/v8"]


@every_writer
def test_the_only_platform_is_taken(tmp_path: Path, write: Write) -> None:
    path, said = write(tmp_path / "image", ARM64), list[str]()
    found = read_image(path, None, said=said)
    assert str(found.platform) == "linux/arm64"
    assert said == [f"{path} is there for linux/arm64 only, which is taken"]
    with pytest.raises(ImageReferenceError, match="not there for linux/amd64"):
        read_image(path, "linux/amd64")


def test_indexes_that_do_not_state_platforms(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "image")
    layout.finish([layout.index([layout.image(IMAGE), layout.image(ARM64)])])
    assert len(read_image(tmp_path / "image", "linux/arm64").layers) == 1
    assert len(read_image(tmp_path / "image", "linux/amd64").layers) == 3


def test_platforms_whose_blobs_are_missing_are_not_offered(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "image")
    here = {**layout.image(ARM64), "platform": ARM64.platform}
    away = {**here, "digest": f"sha256:{'0' * 64}", "platform": IMAGE.platform}
    layout.finish([layout.index([away, here])])
    assert str(read_image(tmp_path / "image", None).platform) == "linux/arm64"


def test_several_images(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "image")
    name = "org.opencontainers.image.ref.name"
    tops = [
        {**layout.image(image), "annotations": {name: tag}} for image, tag in ((IMAGE, "one"), (ARM64, "two"))
    ]
    layout.finish(tops)
    with pytest.raises(ImageReferenceError, match="holds 2 images") as caught:
        read_image(tmp_path / "image", None)
    assert caught.value.__notes__ == ["name one after the path and a colon: one, two"]
    assert len(read_image(f"oci:{tmp_path / 'image'}:one").layers) == 3
    assert len(read_image(f"oci:{tmp_path / 'image'}:two", None).layers) == 1
    assert len(read_image(f"oci:{tmp_path / 'image'}:@{tops[1]['digest']}", None).layers) == 1
    with pytest.raises(ImageReferenceError, match="no image 'three'"):
        read_image(f"oci:{tmp_path / 'image'}:three")


def test_several_images_of_docker_save(tmp_path: Path) -> None:
    path = write_docker_archive(tmp_path / "image.tar", IMAGE, tags=["a.example:5000/x:1", "python:3"])
    other = write_docker_archive(tmp_path / "other.tar", ARM64, tags=["other:1"])
    both = tmp_path / "both.tar"
    documents: list[object] = []
    with tarfile.open(both, "w") as whole:
        for archive in (path, other):
            with tarfile.open(archive) as part:
                for member in part:
                    content = part.extractfile(member)
                    if member.name == "manifest.json" and content is not None:
                        documents += json.loads(content.read())
                    else:
                        whole.addfile(member, content)
        member = tarfile.TarInfo("manifest.json")
        member.size = len(json_bytes(documents))
        whole.addfile(member, io.BytesIO(json_bytes(documents)))
    with pytest.raises(ImageReferenceError, match="holds 2 images"):
        read_image(both)
    for name in ("python:3", "docker.io/library/python:3", "a.example:5000/x:1", "@0"):
        assert len(read_image(f"docker-archive:{both}:{name}").layers) == 3
    assert len(read_image(f"docker-archive:{both}:@1", None).layers) == 1
    assert len(read_image(f"docker-archive:{both}:other:1", None).layers) == 1
    with pytest.raises(ImageReferenceError, match="no image 'none:1'"):
        read_image(f"docker-archive:{both}:none:1")


def test_foreign_layers_are_reported(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "image")
    manifest = layout.image(IMAGE)
    document = json.loads((tmp_path / "image/blobs/sha256" / manifest["digest"][7:]).read_bytes())
    foreign = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"
    away = {"mediaType": foreign, "digest": f"sha256:{'a' * 64}", "size": 5, "urls": ["http://127.0.0.1:9/"]}
    odd = {**document["layers"][2], "mediaType": "application/x-squashfs"}
    layout.finish([layout.manifest(document["config"], [away, document["layers"][1], odd])])
    found = read_image(tmp_path / "image")
    assert [len(layer.entries) for layer in found.layers] == [0, 1, 0]
    assert [layer.diff_id for layer in found.layers] == DIFF_IDS
    assert [unknown.where for unknown in found.unknowns] == [away["digest"], odd["digest"]]
    assert "not distributed" in found.unknowns[0].reason


def test_a_foreign_layer_that_is_here_is_read(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "image")
    image = FakeImage(layers=LAYERS[:1])
    layer = layout.blob(LAYERS[0], "application/vnd.oci.image.layer.nondistributable.v1.tar")
    config = layout.blob(image.config_bytes, "application/vnd.oci.image.config.v1+json")
    layout.finish([layout.manifest(config, [layer])])
    assert len(read_image(tmp_path / "image").layers[0].entries) == 2
