"""Images that are cut, changed, of the wrong kind, or made to hurt: told, and bounded."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import tarfile
from pathlib import Path

import pytest

from fakes.images.image_cases import ARM64, IMAGE, LAYERS, MIXED, facts, read_image
from fakes.images.image_files import (
    WRITERS,
    FakeImage,
    Layout,
    Write,
    copy_of,
    json_bytes,
    write_docker25_archive,
    write_docker_archive,
    write_oci_archive,
    write_oci_layout,
)
from images.errors import DamagedImageError, ImageError, ImageReferenceError, SourceUnavailableError

every_writer = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
every_archive = pytest.mark.parametrize("write", list(WRITERS.values())[:-1], ids=list(WRITERS)[:-1])
DIFF_IDS = [f"sha256:{hashlib.sha256(layer).hexdigest()}" for layer in LAYERS]


@every_writer
def test_every_cut_is_told(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "image", MIXED)
    if path.is_dir():
        for blob in sorted(path.glob("blobs/sha256/*")):
            (tmp_path / blob.name).mkdir()
            copy = copy_of(path, tmp_path / blob.name)
            os.truncate(copy / blob.relative_to(path), blob.stat().st_size // 2)
            with pytest.raises(DamagedImageError):
                read_image(copy)
        return
    content = path.read_bytes()
    cut = tmp_path / "cut"
    for length in range(0, len(content.rstrip(b"\0")), 1024 + 17):
        cut.write_bytes(content[:length])
        with pytest.raises(ImageError):
            read_image(cut)


@every_writer
def test_no_changed_byte_goes_unnoticed(tmp_path: Path, write: Write) -> None:
    """A layer is changed where it stands, in each way that it is stored."""
    path = write(tmp_path / "image", FakeImage(layers=[LAYERS[0]], compressions=MIXED.compressions[:1]))
    file = path
    if path.is_dir():
        file = next(blob for blob in path.glob("blobs/sha256/*") if b"1" * 3000 in blob.read_bytes())
    content = file.read_bytes()
    file.write_bytes(content.replace(b"1" * 3000, b"1" * 2999 + b"0"))
    with pytest.raises(DamagedImageError, match=r"layer 1 of 1.*digest"):
        read_image(path)
    if not path.is_dir():
        packed = tmp_path / "packed"
        packed.write_bytes(gzip.compress(file.read_bytes()))
        with pytest.raises(DamagedImageError, match=r"layer 1 of 1.*digest"):
            read_image(packed)


@every_writer
def test_a_configuration_that_was_changed(tmp_path: Path, write: Write) -> None:
    path = write(tmp_path / "image", IMAGE)
    for file in path.glob("blobs/sha256/*") if path.is_dir() else [path]:
        file.write_bytes(file.read_bytes().replace(b"PATH=/bin", b"PATH=/sin"))
    with pytest.raises(DamagedImageError, match="digest"):
        read_image(path)


def test_layers_that_the_configuration_does_not_know(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "image")
    manifest = layout.image(IMAGE)
    document = json.loads((tmp_path / "image/blobs/sha256" / manifest["digest"][7:]).read_bytes())
    layout.finish([layout.manifest(document["config"], document["layers"][:2])])
    with pytest.raises(DamagedImageError, match="has 2 layers, and its configuration speaks of 3"):
        read_image(tmp_path / "image")


@pytest.mark.parametrize(
    ("config_type", "layer_type", "message"),
    [
        ("application/vnd.cncf.helm.config.v1+json", "application/vnd.cncf.helm.chart", "an artifact .*helm"),
        ("application/vnd.oci.empty.v1+json", "text/plain", "an artifact"),
        (
            "application/vnd.oci.image.config.v1+json",
            "application/vnd.oci.image.layer.v1.tar+gzip+encrypted",
            "is encrypted",
        ),
    ],
)
def test_what_is_no_image_that_can_be_read(
    tmp_path: Path, config_type: str, layer_type: str, message: str
) -> None:
    layout = Layout(tmp_path / "image")
    layout.finish([layout.manifest(layout.blob(b"{}", config_type), [layout.blob(b"x", layer_type)])])
    with pytest.raises(ImageReferenceError, match=message):
        read_image(tmp_path / "image")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not readable"),
        (b"[" * 100_000, "not readable"),
        (b"{}", "neither a manifest nor an index"),
        (b'{"schemaVersion":1,"fsLayers":[]}', "version 1"),
        (b'{"manifests":[{"digest":"sha256:..","size":1}]}', "no digest"),
        (b'{"manifests":[{"digest":"md5:00","size":1}]}', "no digest"),
        (b'{"manifests":[{"digest":"sha256:' + b"0" * 64 + b'","size":-1}]}', "not readable"),
        (b'{"manifests":[]}', "holds no image"),
        (b'{"manifests":"' + b"x" * (4 << 20) + b'"}', "more than 4,194,304"),
    ],
    ids=lambda value: value[:40] if isinstance(value, bytes) else None,
)
def test_an_index_that_is_none(tmp_path: Path, content: bytes, message: str) -> None:
    path = write_oci_layout(tmp_path / "image", IMAGE)
    (path / "index.json").write_bytes(content)
    with pytest.raises(ImageError, match=message):
        read_image(path)


def test_indexes_that_nest_too_deep(tmp_path: Path) -> None:
    path = write_oci_layout(tmp_path / "image", IMAGE, nesting=12)
    with pytest.raises(DamagedImageError, match="nest deeper"):
        read_image(path)


def test_an_index_that_lists_itself(tmp_path: Path) -> None:
    """It cannot by its digest; a blob that is not what its name says can, and is refused."""
    path = write_oci_layout(tmp_path / "image", IMAGE, ARM64)
    index = json.loads((path / "index.json").read_bytes())
    digest = index["manifests"][0]["digest"]
    (path / "blobs/sha256" / digest[7:]).write_bytes(json_bytes(index))
    with pytest.raises(DamagedImageError, match="the content has the digest"):
        read_image(path)


def test_many_indexes(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "image")
    layout.finish([layout.index([{**layout.image(IMAGE), "annotations": {"n": str(n)}}]) for n in range(100)])
    with pytest.raises(DamagedImageError, match="more than 64 indexes"):
        read_image(tmp_path / "image")


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    with tarfile.open(path, "w") as archive:
        for name, target in (("a/layer.tar", "../b/layer.tar"), ("b/layer.tar", "../a/layer.tar")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = tarfile.SYMTYPE, target
            archive.addfile(member)
        config = FakeImage(layers=LAYERS[:1]).config_bytes
        document = json_bytes([{"Config": "c.json", "RepoTags": None, "Layers": ["a/layer.tar"]}])
        for name, content in (("c.json", config), ("manifest.json", document)):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    with pytest.raises(DamagedImageError, match="lead nowhere"):
        read_image(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\x89PNG" + bytes(20), "no tar archive"),
        (bytes(20), "no tar archive"),
        (b"\x7fELF" + bytes(1000), "no tar archive"),
        (b"\x1f\x8b\x08" + b"\xff" * 1000, "compression is damaged"),
        (b"\x28\xb5\x2f\xfd" + b"\xff" * 1000, "compression is damaged"),
        (b"\xfd7zXZ\x00" + b"\xff" * 1000, "compression is damaged"),
        (b"BZh9" + b"\xff" * 1000, "compression is damaged"),
        (bytes(10240), "no archive of an image"),
    ],
    ids=["empty", "short", "few zeros", "elf", "gzip", "zstd", "xz", "bzip2", "zeros"],
)
def test_files_that_are_no_archives(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    damaged = DamagedImageError if "damaged" in message else ImageReferenceError
    with pytest.raises(damaged, match=message):
        read_image(path)


def test_blobs_that_are_no_files_are_not_waited_for(tmp_path: Path) -> None:
    path = write_oci_layout(tmp_path / "image", IMAGE)
    for blob in path.glob("blobs/sha256/*"):
        blob.unlink()
        os.mkfifo(blob)
    with pytest.raises(DamagedImageError, match="no regular file"):
        read_image(path)


def test_blobs_that_are_links_are_read(tmp_path: Path) -> None:
    path = write_oci_layout(tmp_path / "image", IMAGE)
    (tmp_path / "store").mkdir()
    for blob in list(path.glob("blobs/sha256/*")):
        blob.symlink_to(blob.rename(tmp_path / "store" / blob.name))
    assert len(read_image(path).layers) == 3


@pytest.mark.parametrize("reference", ["docker-archive", "oci-archive"])
def test_a_kind_that_is_forced(tmp_path: Path, reference: str) -> None:
    path = write_docker25_archive(tmp_path / "image.tar", MIXED)
    assert facts(read_image(f"{reference}:{path}")) == facts(read_image(path))
    other = (write_docker_archive if reference == "oci-archive" else write_oci_archive)(tmp_path / "o", IMAGE)
    with pytest.raises(ImageReferenceError, match="holds no"):
        read_image(f"{reference}:{other}")


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("the superuser may read everything")
    path = write_docker_archive(tmp_path / "image.tar", IMAGE)
    path.chmod(0)
    with pytest.raises(SourceUnavailableError, match="Permission denied"):
        read_image(path)


def test_an_archive_that_expands_without_end_is_left(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tar.gz"
    member = tarfile.TarInfo("layer.tar")
    member.size = 1 << 40
    with gzip.open(path, "wb", compresslevel=6) as file:
        file.write(member.tobuf())
        for _ in range(300):
            file.write(bytes(1 << 20))
    with pytest.raises(DamagedImageError, match="expands to more than 200 times its size"):
        read_image(path)


def test_zeros_without_end_are_no_archive() -> None:
    with pytest.raises(ImageReferenceError, match="no archive of an image"):
        read_image("/dev/zero")


def test_sparse_members_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "image.tar"
    member = tarfile.TarInfo("manifest.json")
    member.type, member.size = tarfile.GNUTYPE_SPARSE, 512
    path.write_bytes(member.tobuf() + bytes(2048))
    with pytest.raises(DamagedImageError, match="sparse"):
        read_image(path)
